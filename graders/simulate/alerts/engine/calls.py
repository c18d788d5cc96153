"""Function calls: which arguments each function takes, and what becomes of the labels.

Source: Prometheus documentation, «Query functions».
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from graders.prometheus.promql import Call, Expr, Selector, Text
from graders.simulate.alerts.engine import histogram, range_parameters
from graders.simulate.alerts.engine.absence import absence
from graders.simulate.alerts.engine.failures import Failure, united
from graders.simulate.alerts.engine.functions import CALENDAR, ELEMENTWISE, WITH_NUMBER
from graders.simulate.alerts.engine.label_functions import joined, replaced
from graders.simulate.alerts.engine.labels import Labels, drop
from graders.simulate.alerts.engine.range_functions import FUNCTIONS, KEEPS_NAME, Result
from graders.simulate.alerts.engine.samples import Windows
from graders.simulate.alerts.engine.selection import newest, windows
from graders.simulate.alerts.engine.series import Floats
from graders.simulate.alerts.engine.unsupported import Unsupported
from graders.simulate.alerts.engine.vector import Scalar, Value, Vector, always, stacked

if TYPE_CHECKING:
    from graders.simulate.alerts.engine.evaluation import Evaluator


def call(evaluator: Evaluator, node: Call, failures: list[Failure]) -> Value:
    """The value of a function call."""
    return _Caller(evaluator, failures).value(node.function, node.args)


class _Caller:
    """Calls one function for an evaluator; failures of its arguments are added to `failures`."""

    def __init__(self, evaluator: Evaluator, failures: list[Failure]) -> None:
        self._evaluator = evaluator
        self._failures = failures
        self._seconds: Floats = evaluator.times / 1000

    def value(self, name: str, args: Sequence[Expr]) -> Value:
        if name in FUNCTIONS:
            return self._over(args[0], FUNCTIONS[name], keeps_name=name in KEEPS_NAME)
        if name in ELEMENTWISE:
            return self._mapped(self._vector(args[0]), ELEMENTWISE[name])
        if name in WITH_NUMBER:
            number = self._number(args[1]) if len(args) > 1 else np.ones(len(self._seconds))
            return self._mapped(self._vector(args[0]), lambda values: WITH_NUMBER[name](values, number))
        if name in CALENDAR:
            return self._mapped(self._vector(args[0]) if args else always(self._seconds), CALENDAR[name])
        return self._special(name, args)

    def _special(self, name: str, args: Sequence[Expr]) -> Value:
        match name, *args:
            case "time", *_:
                return Scalar(self._seconds)
            case "pi", *_:
                return Scalar(np.full(len(self._seconds), np.pi))
            case "vector", number:
                return always(self._number(number))
            case "scalar", vector:
                return _scalar(self._vector(vector))
            case "absent", vector:
                return absence(vector, ~self._vector(vector).at_any_row())
            case "absent_over_time", ranged:
                there = np.zeros(len(self._seconds), bool)
                for window in windows(self._evaluator, ranged, self._failures):
                    there |= np.logical_or.reduce(window.count > 0, axis=0)
                return absence(ranged, ~there)
            case "timestamp", vector:
                return self._timestamp(vector)
            case "clamp", vector, low, high:
                return self._clamp(self._vector(vector), self._number(low), self._number(high))
            case "deriv", ranged:
                return self._over(ranged, range_parameters.slope)
            case "predict_linear", ranged, ahead:
                at = self._seconds + self._number(ahead)
                return self._over(ranged, lambda window: range_parameters.predicted(window, at))
            case "quantile_over_time", share, ranged:
                shares = self._number(share)
                return self._over(ranged, lambda window: range_parameters.quantile(window, shares))
            case "histogram_quantile", share, buckets:
                return histogram.quantile(self._number(share), self._vector(buckets))
            case "label_replace", vector, *texts:
                into, replacement, source, pattern = _texts(texts)
                return self._relabelled(
                    vector, lambda labels: replaced(labels, into, replacement, source, pattern)
                )
            case "label_join", vector, *texts:
                into, separator, *sources = _texts(texts)
                return self._relabelled(vector, lambda labels: joined(labels, into, separator, sources))
            case (("sort" | "sort_desc" | "sort_by_label" | "sort_by_label_desc"), vector, *_):
                return self._vector(vector)  # alerts have no order
            case _:
                raise Unsupported(f"the function {name}")

    def _vector(self, expr: Expr) -> Vector:
        return self._evaluator.vector(expr, self._failures)

    def _number(self, expr: Expr) -> Floats:
        return self._evaluator.number(expr, self._failures)

    def _mapped(self, vector: Vector, function: Callable[[Floats], Floats]) -> Vector:
        labels = tuple(drop(each) for each in vector.labels)
        return united(Vector(labels, function(vector.values), vector.present), self._failures)

    def _over(
        self, ranged: Expr, function: Callable[[Windows], Result], *, keeps_name: bool = False
    ) -> Vector:
        parts: list[Vector] = []
        for window in windows(self._evaluator, ranged, self._failures):
            values, present = function(window)
            labels = window.samples.labels
            if not keeps_name:
                labels = tuple(drop(each) for each in labels)
            shape = (len(labels), len(self._seconds))
            parts.append(Vector(labels, np.broadcast_to(values, shape), np.broadcast_to(present, shape)))
        return united(stacked(parts, len(self._seconds)).seen(), self._failures)

    def _timestamp(self, argument: Expr) -> Vector:
        """When the newest sample was written: of anything but a selector, now."""
        if not isinstance(argument, Selector):
            return self._mapped(
                self._vector(argument), lambda values: np.broadcast_to(self._seconds, values.shape)
            )
        parts: list[Vector] = []
        for vector, written in newest(self._evaluator, argument):
            labels = tuple(drop(each) for each in vector.labels)
            parts.append(Vector(labels, np.broadcast_to(written / 1000, vector.values.shape), vector.present))
        return united(stacked(parts, len(self._seconds)), self._failures)

    def _clamp(self, vector: Vector, low: Floats, high: Floats) -> Vector:
        clamped = self._mapped(vector, lambda values: np.maximum(low, np.minimum(high, values)))
        return Vector(clamped.labels, clamped.values, clamped.present & ~(low > high)).seen()

    def _relabelled(self, argument: Expr, new: Callable[[Labels], Labels]) -> Vector:
        vector = self._vector(argument)
        return united(Vector(tuple(map(new, vector.labels)), vector.values, vector.present), self._failures)


def _scalar(vector: Vector) -> Scalar:
    """The value of the only element, NaN where there is not exactly one."""
    only = np.add.reduce(vector.present, axis=0, dtype=np.int64) == 1
    return Scalar(np.where(only, np.add.reduce(np.where(vector.present, vector.values, 0.0), axis=0), np.nan))


def _texts(args: Sequence[Expr]) -> list[str]:
    texts = [arg.value for arg in args if isinstance(arg, Text)]
    if len(texts) != len(args):
        raise Unsupported("a label function whose arguments are no plain texts")
    return texts
