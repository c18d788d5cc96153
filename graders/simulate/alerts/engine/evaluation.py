"""The value of an expression at many times at once."""

from __future__ import annotations

import numpy as np

from graders.prometheus.promql import Aggregate, Binary, Call, Expr, Negative, Number, Selector, Text
from graders.simulate.alerts.engine.aggregation import aggregate
from graders.simulate.alerts.engine.bounds import Budget
from graders.simulate.alerts.engine.calls import call
from graders.simulate.alerts.engine.failures import Failure, united
from graders.simulate.alerts.engine.labels import drop
from graders.simulate.alerts.engine.operators import binary
from graders.simulate.alerts.engine.selection import instant
from graders.simulate.alerts.engine.series import Floats, Integers
from graders.simulate.alerts.engine.storage import Storage
from graders.simulate.alerts.engine.unsupported import Unsupported
from graders.simulate.alerts.engine.vector import Scalar, Value, Vector

AFTER_ALL_RULES = 1 << 30
"""The position of a reader that is no rule."""


class Server:
    """What all queries of a run share: storage, settings of the server and the budget.

    `interval` is the evaluation interval in milliseconds (of subqueries without a step); `left_open` says that windows
    do not hold the sample at their start, as from Prometheus 3.
    """

    def __init__(self, storage: Storage, interval: int, left_open: bool) -> None:
        self.storage = storage
        self.interval = interval
        self.left_open = left_open
        self.budget = Budget()


class Evaluator:
    """Evaluates expressions at `times` (milliseconds, shape (K,)).

    At each time all earlier samples are there, and those of that time too, but not those of the rule `reader` and of
    later rules. `depth` counts the subqueries around.
    """

    def __init__(
        self, server: Server, times: Integers, reader: int = AFTER_ALL_RULES, depth: int = 0
    ) -> None:
        self.server = server
        self.times = times
        self.reader = reader
        self.depth = depth
        self._done: dict[Expr, tuple[Value, list[Failure]]] = {}

    def evaluate(self, expr: Expr) -> tuple[Value, list[Failure]]:
        """The value, and where the query fails. What was asked before is remembered."""
        if expr not in self._done:
            failures: list[Failure] = []
            with np.errstate(all="ignore"):
                value = self._value(expr, failures)
            if isinstance(value, Vector):
                self.server.budget.spend(len(value.labels), len(self.times))
            self._done[expr] = (value, failures)
        return self._done[expr]

    def read_by(self, reader: int) -> Evaluator:
        """An evaluator for the rule `reader`, which sees some recordings only one evaluation late."""
        return Evaluator(self.server, self.times, reader)

    def inside(self, times: Integers) -> Evaluator:
        """An evaluator for the inner expression of a subquery, at the times of its steps."""
        return Evaluator(self.server, times, self.reader, self.depth + 1)

    def value(self, expr: Expr, failures: list[Failure]) -> Value:
        """The value of a part of an expression; where it fails is added to `failures`."""
        value, found = self.evaluate(expr)
        failures += found
        return value

    def vector(self, expr: Expr, failures: list[Failure]) -> Vector:
        """The value of a part that must be a vector."""
        value = self.value(expr, failures)
        if not isinstance(value, Vector):
            raise Unsupported("a number where Prometheus wants a vector")
        return value

    def number(self, expr: Expr, failures: list[Failure]) -> Floats:
        """The values, shape (K,), of a part that must be a number."""
        value = self.value(expr, failures)
        if not isinstance(value, Scalar):
            raise Unsupported("a vector where Prometheus wants a number")
        return value.values

    def _value(self, expr: Expr, failures: list[Failure]) -> Value:
        match expr:
            case Number():
                return Scalar(np.full(len(self.times), expr.value))
            case Negative():
                return _negative(self.value(expr.expr, failures), failures)
            case Selector(range=None):
                return instant(self, expr)
            case Call():
                return call(self, expr, failures)
            case Aggregate():
                parameter = None
                if expr.param is not None and not isinstance(expr.param, Text):
                    parameter = self.number(expr.param, failures)
                return aggregate(expr, self.vector(expr.expr, failures), parameter)
            case Binary():
                return binary(
                    expr, self.value(expr.left, failures), self.value(expr.right, failures), failures
                )
            case _:
                raise Unsupported(f"{type(expr).__name__} in this place")


def _negative(value: Value, failures: list[Failure]) -> Value:
    if isinstance(value, Scalar):
        return Scalar(-value.values)
    return united(
        Vector(tuple(drop(labels) for labels in value.labels), -value.values, value.present), failures
    )
