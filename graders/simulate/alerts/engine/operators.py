"""Binary operators between numbers and vectors: arithmetic, comparison, and/or/unless, with vector matching.

Source: Prometheus documentation, «Operators»; VectorBinop in promql/engine.go for what is an error and which labels
a result has.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from graders.prometheus.promql import COMPARISONS, SET_OPERATORS, Binary
from graders.simulate.alerts.engine.failures import Failure, united
from graders.simulate.alerts.engine.labels import Labels, canonical, drop, keep
from graders.simulate.alerts.engine.series import Floats, Truths
from graders.simulate.alerts.engine.unsupported import Unsupported
from graders.simulate.alerts.engine.vector import Scalar, Value, Vector

_ARITHMETIC: dict[str, Callable[[Floats, Floats], Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
    "^": np.power,
    "atan2": np.arctan2,
}
_COMPARISON: dict[str, Callable[[Any, Any], Truths]] = {
    "==": np.equal,
    "!=": np.not_equal,
    ">": np.greater,
    "<": np.less,
    ">=": np.greater_equal,
    "<=": np.less_equal,
}
_MANY = "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
_GROUPED = "multiple matches for labels: grouping labels must ensure unique matches"
_DUPLICATE = "found duplicate series for the match group, many-to-many matching not allowed"


def binary(node: Binary, left: Value, right: Value, failures: list[Failure]) -> Value:
    """The value of `node`; where it fails is added to `failures`."""
    if node.fills:
        raise Unsupported("fill")
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        return Scalar(_number(node.op, left.values, right.values))
    if isinstance(left, Vector) and isinstance(right, Vector):
        if node.op in SET_OPERATORS:
            return united(_set_operation(node, left, right), failures)
        return _matched(node, left, right, failures)
    return united(_with_number(node, left, right), failures)


def _number(op: str, left: Floats, right: Floats) -> Floats:
    if op in COMPARISONS:
        return _COMPARISON[op](left, right).astype(float)
    if op not in _ARITHMETIC:
        raise Unsupported(f"the operator {op}")
    return _ARITHMETIC[op](left, right)


def _with_number(node: Binary, left: Value, right: Value) -> Vector:
    vector = left if isinstance(left, Vector) else right
    assert isinstance(vector, Vector)
    if node.op in COMPARISONS and not node.returns_bool:
        holds = _COMPARISON[node.op](left.values, right.values)
        return Vector(vector.labels, vector.values, vector.present & holds).seen()
    result = _number(node.op, left.values, right.values)
    return Vector(tuple(drop(labels) for labels in vector.labels), result, vector.present)


def _signature(node: Binary, labels: Labels) -> Labels:
    """What must be equal for two elements to match."""
    return keep(labels, node.on) if node.on is not None else drop(labels, node.ignoring or ())


def _by_signature(node: Binary, vector: Vector) -> dict[Labels, list[int]]:
    groups: dict[Labels, list[int]] = {}
    for row, labels in enumerate(vector.labels):
        groups.setdefault(_signature(node, labels), []).append(row)
    return groups


def _set_operation(node: Binary, left: Vector, right: Vector) -> Vector:
    here, other = (left, right) if node.op != "or" else (right, left)
    groups = {key: other.present[rows].any(axis=0) for key, rows in _by_signature(node, other).items()}
    nowhere = np.zeros(other.present.shape[1], bool)
    matched = np.array([groups.get(_signature(node, labels), nowhere) for labels in here.labels], dtype=bool)
    matched = matched.reshape(here.present.shape)
    if node.op == "and":
        return Vector(here.labels, here.values, here.present & matched).seen()
    rest = Vector(here.labels, here.values, here.present & ~matched).seen()
    if node.op == "unless":
        return rest
    return Vector(
        left.labels + rest.labels,
        np.concatenate([left.values, rest.values]),
        np.concatenate([left.present, rest.present]),
    )


def _matched(node: Binary, left: Vector, right: Vector, failures: list[Failure]) -> Vector:
    """One element for each match. The «one» side is the right one, unless group_right says otherwise."""
    many, one = (right, left) if node.many == "right" else (left, right)
    groups = _by_signature(node, one)
    works = np.ones(one.present.shape[1], bool)
    for rows in groups.values():
        if len(rows) > 1 and (twice := one.present[rows].sum(axis=0) > 1).any():
            failures.append(Failure(_DUPLICATE, twice))
            works &= ~twice
    pairs = [
        (row, partner)
        for row, labels in enumerate(many.labels)
        for partner in groups.get(_signature(node, labels), ())
        if bool((many.present[row] & one.present[partner]).any())
    ]
    of_many, of_one = [row for row, _ in pairs], [row for _, row in pairs]
    present = many.present[of_many] & one.present[of_one] & works
    a, b = many.values[of_many], one.values[of_one]
    if node.many == "right":
        a, b = b, a
    if node.op in COMPARISONS and not node.returns_bool:
        values = a
        present &= _COMPARISON[node.op](a, b)
    else:
        values = _number(node.op, a, b)
    if node.many is None and (twice := _twice(node, many, of_many, present)).any():
        failures.append(Failure(_MANY, twice))
        present &= ~twice
    labels = tuple(_result_labels(node, many.labels[row], one.labels[partner]) for row, partner in pairs)
    return united(Vector(labels, values, present), failures, _GROUPED).seen()


def _twice(node: Binary, many: Vector, rows: list[int], present: Truths) -> Truths:
    """When an element of the one side gives two results (K,); without group_left it may give one only."""
    groups: dict[Labels, list[int]] = {}
    for number, row in enumerate(rows):
        groups.setdefault(_signature(node, many.labels[row]), []).append(number)
    twice = np.zeros(present.shape[1], bool)
    for numbers in groups.values():
        if len(numbers) > 1:
            twice |= present[numbers].sum(axis=0) > 1
    return twice


def _result_labels(node: Binary, labels: Labels, partner: Labels) -> Labels:
    """Those of the many side; one to one only those that match. group_left and group_right add some of the one side."""
    if node.op not in COMPARISONS or node.returns_bool:
        labels = drop(labels)
    if node.many is None:
        if node.on is not None:
            return keep(labels, node.on)
        return tuple(pair for pair in labels if pair[0] not in (node.ignoring or ()))
    if not node.include:
        return labels
    known, given = dict(labels), dict(partner)
    return canonical({**known, **{name: given.get(name, "") for name in node.include}})
