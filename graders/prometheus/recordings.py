"""Recording rules put in the place of their names, so that an alert is judged by what it really reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import reduce

from graders.prometheus.promql import Aggregate, Binary, Call, Expr, Negative, Recorded, Selector, Subquery
from graders.prometheus.rules_file import Entry

# Bounds of one resolved expression: what is larger stays a name (`Recordings.too_large`, which ALR-01
# reports).
MAX_NODES = 2_000
MAX_DEPTH = 200


@dataclass(frozen=True, slots=True)
class _Resolved:
    expr: Expr
    nodes: int
    depth: int


class Recordings:
    """The recording rules of one bundle by the name that they record."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._rules: dict[str, list[Entry]] = {}
        for entry in entries:
            if not entry.is_alert and entry.expr is not None:
                self._rules.setdefault(entry.name, []).append(entry)
        self._done: dict[tuple[str, tuple[int, ...]], _Resolved] = {}
        self._open: set[str] = set()
        self.too_large: set[str] = set()

    def names(self) -> frozenset[str]:
        return frozenset(self._rules)

    def resolve(self, expr: Expr) -> Expr:
        """`expr` with each recorded name replaced, all the way down. A name that needs itself stays a name
        inside."""
        return self._resolve(expr).expr

    def _resolve(self, expr: Expr) -> _Resolved:
        match expr:
            case Selector():
                return self._selector(expr)
            case Subquery() | Negative():
                inner = self._resolve(expr.expr)
                return _above(replace(expr, expr=inner.expr), inner)
            case Call():
                args = list(map(self._resolve, expr.args))
                return _above(replace(expr, args=tuple(a.expr for a in args)), *args)
            case Aggregate():
                inner = self._resolve(expr.expr)
                return _above(replace(expr, expr=inner.expr), inner)
            case Binary():
                left, right = self._resolve(expr.left), self._resolve(expr.right)
                return _above(replace(expr, left=left.expr, right=right.expr), left, right)
            case _:
                return _Resolved(expr, 1, 1)

    def _selector(self, selector: Selector) -> _Resolved:
        name = selector.name
        if name is None or name not in self._rules or name in self._open:
            return _Resolved(selector, 1, 1)
        chosen = tuple(i for i, entry in enumerate(self._rules[name]) if _can_match(entry, selector))
        recorded = self._recorded(name, chosen or tuple(range(len(self._rules[name]))))
        if recorded.nodes > MAX_NODES or recorded.depth > MAX_DEPTH:
            self.too_large.add(name)
            return _Resolved(selector, 1, 1)
        labels = {pair for entry in self._rules[name] for pair in entry.labels.items()}
        return _above(Recorded(selector, recorded.expr, tuple(sorted(labels))), recorded)

    def _recorded(self, name: str, chosen: tuple[int, ...]) -> _Resolved:
        if (name, chosen) not in self._done:
            self._open.add(name)
            entries = [self._rules[name][i] for i in chosen]
            parts = [self._resolve(entry.expr) for entry in entries if entry.expr is not None]
            self._open.discard(name)
            # Several rules may record one name (one for each handler): together they are a union.
            self._done[name, chosen] = reduce(lambda a, b: _above(Binary("or", a.expr, b.expr), a, b), parts)
        return self._done[name, chosen]


def _can_match(entry: Entry, selector: Selector) -> bool:
    """Can the series of this recording be among the selected (`x{window="5m"}` is not what adds `window: 1h`)?"""
    return all(
        entry.labels.get(matcher.label, matcher.value) == matcher.value
        for matcher in selector.matchers
        if matcher.op == "="
    )


def _above(expr: Expr, *parts: _Resolved) -> _Resolved:
    return _Resolved(expr, 1 + sum(p.nodes for p in parts), 1 + max((p.depth for p in parts), default=0))
