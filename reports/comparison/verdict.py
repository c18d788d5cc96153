"""A comparison in sentences: what may be said, and nothing that chance explains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports.comparison.comparison import Comparison, Difference, Entry
from reports.comparison.differences import LEVEL, told
from reports.comparison.measures import CONSTRAINT, SCORE
from reports.comparison.wording import (
    amount,
    counted,
    dollars,
    interval,
    listed,
    p_value,
    part,
    points,
    span,
    turned,
)

# A page that says everything says nothing: the tables have the rest.
_MOST_ENTRIES = 8


def verdict(comparison: Comparison) -> list[str]:
    """The sentences, the decisive one first."""
    entries = comparison.entries
    if len(entries) == 1:
        return _alone(entries[0])
    scores = [pair for pair in comparison.differences if pair.measure == SCORE]
    constraints = [pair for pair in comparison.differences if pair.measure.startswith(CONSTRAINT)]
    sentences = [_pair(scores[0])] if len(entries) == 2 else list(_ranking(entries, scores))
    sentences += _cost(entries)
    sentences += _two_on_constraints(constraints) if len(entries) == 2 else _many_on_constraints(constraints)
    return [*sentences, _power(comparison, scores), *_stability(comparison)]


def _alone(entry: Entry) -> list[str]:
    ships = f"; {entry.ship_rate.mean:.0%} of its answers ship".replace("%", " %") if entry.ship_rate else ""
    cases = f"over {counted(len(entry.cases), 'case')}, {counted(len(entry.grades), 'sample')}"
    return [
        f"{entry.name} scores {interval(entry.score)} points {cases}{ships}.",
        "One run alone: another one is needed to say whether that is much.",
    ]


def _pair(pair: Difference) -> str:
    """One pair in one sentence; its order only where it is told."""
    if pair.value < 0:
        pair = turned(pair)
    if told(pair):
        return f"{pair.first} is ahead of {pair.second} by {amount(pair)} (p {p_value(pair.p_holm)})."
    apart = "score the same" if points(pair.value) == "0" else f"are {points(pair.value)} points apart"
    return (
        f"{pair.first} and {pair.second} can't be told apart: they {apart}, and anything from {span(pair.like)} points fits "
        f"(p {p_value(pair.p_holm)})."
    )


def _ranking(entries: Sequence[Entry], scores: Sequence[Difference]) -> Iterable[str]:
    """Who is first, then for each other entry whom it is behind."""
    first = [entry.name for entry in entries if entry.rank[0] == 1]
    behind: dict[str, list[Difference]] = {entry.name: [] for entry in entries}
    for pair in scores:
        if told(pair):
            ordered = pair if pair.value > 0 else turned(pair)
            behind[ordered.second].append(ordered)
    if len(first) == len(entries):
        yield f"None of {listed(first)} can be told apart by score."
        return
    if len(first) == 1:
        nearest = min(
            (p for pairs in behind.values() for p in pairs if p.first == first[0]), key=lambda p: p.value
        )
        every = (
            len([p for pairs in behind.values() for p in pairs if p.first == first[0]]) == len(entries) - 1
        )
        of = "every other" if every else "others"
        yield (
            f"{first[0]} is ahead of {of}; of {nearest.second}, the nearest of them, by {amount(nearest)} "
            f"(p {p_value(nearest.p_holm)})."
        )
    else:
        yield f"{listed(first)} share the first place: between them nothing can be told."
    others = [entry for entry in entries if entry.rank[0] > 1]
    for entry in others[:_MOST_ENTRIES]:
        most = max(behind[entry.name], key=lambda pair: pair.value)
        tied = [
            other.name
            for other in entries
            if other is not entry and not _apart(entry.name, other.name, scores)
        ]
        also = f"; it can't be told apart from {listed(tied)}" if tied else ""
        yield f"{entry.name} is behind {most.first} by {amount(most)} (p {p_value(most.p_holm)}){also}."
    if len(others) > _MOST_ENTRIES:
        yield f"The table has the other {len(others) - _MOST_ENTRIES}."


def _apart(one: str, other: str, scores: Sequence[Difference]) -> bool:
    return any(told(pair) and {pair.first, pair.second} == {one, other} for pair in scores)


def _cost(entries: Sequence[Entry]) -> Iterable[str]:
    unknown = [entry.name for entry in entries if entry.cost_per_1000 is None]
    if unknown:
        yield f"What {listed(unknown)} {'costs' if len(unknown) == 1 else 'cost'} is unknown."
    priced = {e.name: e.cost_per_1000 for e in entries if e.cost_per_1000 is not None}
    if len(priced) < 2 or not all(priced.values()):
        return
    if len(entries) == 2:
        (cheap, low), (dear, high) = sorted(priced.items(), key=lambda item: item[1])
        yield (
            f"Both cost the same, about {dollars(high)} for 1,000 tasks."
            if low / high > 0.95
            else f"{cheap} costs {part(low, high)} of {dear}: {dollars(low)} against {dollars(high)} for 1,000 tasks."
        )
        return
    front = [f"{entry.name} ({dollars(entry.cost_per_1000)})" for entry in entries if entry.on_front]
    yield f"No other scores higher for less, for 1,000 tasks: {listed(front)}."


def _two_on_constraints(pairs: Sequence[Difference]) -> Iterable[str]:
    """What each constraint gains, as far as it can be told."""
    ahead: dict[str, list[str]] = {}
    silent: list[str] = []
    for pair in sorted(pairs, key=lambda pair: -abs(pair.value)):
        name = pair.measure.removeprefix(CONSTRAINT)
        if told(pair):
            leader = pair.first if pair.value > 0 else pair.second
            ahead.setdefault(leader, []).append(f"{name} by {amount(pair)}")
        else:
            silent.append(name)
    for leader, names in ahead.items():
        yield f"By constraint {leader} is ahead on {listed(names)}."
    if silent:
        yield f"On {listed(silent)} they can't be told apart."


def _many_on_constraints(pairs: Sequence[Difference]) -> Iterable[str]:
    measures = dict.fromkeys(pair.measure for pair in pairs)
    silent = [m for m in measures if not any(told(pair) for pair in pairs if pair.measure == m)]
    if silent:
        yield f"No two can be told apart on {listed([name.removeprefix(CONSTRAINT) for name in silent])}."


def _power(comparison: Comparison, scores: Sequence[Difference]) -> str:
    """What these cases could find out, so that nobody reads «can't be told apart» as «the same»."""
    clusters, cases = scores[0].clusters, len(comparison.entries[0].cases)
    units = (
        counted(cases, "case") if clusters == cases else f"{counted(clusters, 'cluster')} of {cases} cases"
    )
    if comparison.detectable is not None:
        level = f"level {LEVEL:g}" + (f" / {len(scores)} for {len(scores)} pairs" if len(scores) > 1 else "")
        return (
            f"With these {units} a true difference of {points(comparison.detectable)} points is found in four of five such "
            f"comparisons ({level}); a smaller one may be there and stay unseen."
        )
    return f"With these {units} no difference in score can be relied on to be found: more cases are needed."


def _stability(comparison: Comparison) -> Iterable[str]:
    names = [entry.name for entry in comparison.entries]
    changed = [other for other in comparison.stability if other.order != names]
    if not changed:
        yield "The order by score is the same with all rules equal and with all constraints equal."
    for other in changed:
        yield f"With {other.weighting} the order is another: {', '.join(other.order)}."
