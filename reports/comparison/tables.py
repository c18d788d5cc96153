"""The tables of a comparison as text, once for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reports.comparison.comparison import Comparison, Difference, Entry
from reports.comparison.differences import told
from reports.comparison.measures import SCORE
from reports.comparison.wording import dollars, interval, p_value, points, rank, signed, span
from reports.statistics.intervals import Interval

_MOST_CASES = 10
# A family of more pairs lists those that can be told apart.
_MOST_PAIRS = 60


@dataclass(frozen=True, slots=True)
class Table:
    """`note` says how to read it. The first column names the row."""

    title: str
    note: str
    headings: list[str]
    rows: list[list[str]]


def tables(comparison: Comparison, briefly: bool = False) -> list[Table]:
    """All tables that have a row, the most decisive first; `briefly` leaves the many tables by constraint out that more
    than two entries have."""
    entries = comparison.entries
    scores = [pair for pair in comparison.differences if pair.family == SCORE]
    others = [pair for pair in comparison.differences if pair.family != SCORE]
    found = [
        _ranks(entries),
        *_differences(scores, len(entries)),
        _intervals("Constraints", [entry.constraints for entry in entries], entries),
        _intervals("Areas", [entry.areas for entry in entries], entries),
        *_differences([] if briefly and len(entries) > 2 else others, len(entries)),
        _tries(entries),
        _stability(comparison),
        _cases(entries),
    ]
    return [table for table in found if table.rows]


def _ranks(entries: Sequence[Entry]) -> Table:
    return Table(
        "Ranks",
        "Points of 100 with the 95 % interval «on work like this»; a rank such as 1–2 is a tie. An answer ships when every "
        "rule of severity C and H passes. Front: no other entry has a better score for less money.",
        ["", "rank", "score", "ships", "$ per 1,000 tasks", "front", "tokens an answer", "p50, p95 seconds"],
        [
            [
                entry.name,
                rank(entry),
                interval(entry.score),
                interval(entry.ship_rate),
                dollars(entry.cost_per_1000),
                "yes" if entry.on_front else "",
                "unknown" if entry.tokens is None else f"{entry.tokens:,.0f}",
                "–" if entry.latency is None else f"{entry.latency[0]:.1f}, {entry.latency[1]:.1f}",
            ]
            for entry in entries
        ],
    )


def _differences(pairs: Sequence[Difference], entries: int) -> Iterator[Table]:
    families = dict.fromkeys(pair.family for pair in pairs)
    for family in families:
        members = [pair for pair in pairs if pair.family == family]
        listed = members if len(members) <= _MOST_PAIRS else [pair for pair in members if told(pair)]
        silent = len(members) - len(listed)
        named = f" {silent} more cannot be told apart." if silent else ""
        many = len({pair.measure for pair in members}) > 1
        yield Table(
            "Differences in score" if family == SCORE else f"Differences: {family}",
            "First − second in points. «Like»: on work like this, the cases are a sample. «Again»: on these cases again, "
            f"noise between epochs only. p is corrected (Holm) over this table of {len(members)}.{named}",
            ["", "difference", "like", "again", "p", "p (Holm)", "clusters", "in words"],
            [
                [
                    pair.measure if many and entries == 2 else f"{pair.first} − {pair.second}",
                    signed(pair.value),
                    span(pair.like),
                    "one epoch" if pair.again is None else span(pair.again),
                    p_value(pair.p),
                    p_value(pair.p_holm),
                    str(pair.clusters),
                    _in_words(pair),
                ]
                for pair in listed
            ],
        )


def _in_words(pair: Difference) -> str:
    if not told(pair):
        return "can't be told apart"
    return f"{pair.first if pair.value > 0 else pair.second} is ahead"


def _intervals(title: str, values: Sequence[Mapping[str, Interval]], entries: Sequence[Entry]) -> Table:
    names = sorted({name for own in values for name in own})
    return Table(
        title,
        "Points with the 95 % interval.",
        ["", *(entry.name for entry in entries)],
        [[name, *(interval(own.get(name)) for own in values)] for name in names],
    )


def _tries(entries: Sequence[Entry]) -> Table:
    sizes = sorted({k for entry in entries for k in entry.pass_at})
    several = [k for k in sizes if k > 1]

    def cell(shares: Mapping[int, float], k: int) -> str:
        return points(shares[k]) if k in shares else "–"

    return Table(
        "Several tries",
        "Of 100 tasks: pass@k has at least one of k answers that ships, pass^k has k that all do.",
        ["", *(f"pass@{k}" for k in sizes), *(f"pass^{k}" for k in several)],
        [
            [
                entry.name,
                *(cell(entry.pass_at, k) for k in sizes),
                *(cell(entry.pass_all, k) for k in several),
            ]
            for entry in entries
        ]
        if sizes
        else [],
    )


def _stability(comparison: Comparison) -> Table:
    return Table(
        "The order under other weightings",
        "Kendall's tau with the order by score: 1 is the same order, −1 the opposite.",
        ["", "order, best first", "tau"],
        [
            [
                other.weighting,
                ", ".join(f"{name} {points(other.scores[name])}" for name in other.order),
                "–" if other.kendall_tau is None else f"{other.kendall_tau:.2f}",
            ]
            for other in comparison.stability
        ],
    )


def _cases(entries: Sequence[Entry]) -> Table:
    """The cases that the entries disagree on most, by the distance of best and worst."""
    cases = {case: [entry.cases.get(case) for entry in entries] for case in entries[0].cases}

    def distance(case: str) -> float:
        known = [score for score in cases[case] if score is not None]
        return max(known) - min(known)

    listed = sorted(cases, key=lambda case: (-distance(case), case))
    if len(entries) > 1:
        listed = [case for case in listed if distance(case) > 0][:_MOST_CASES]
    return Table(
        "Cases they disagree on most" if len(entries) > 1 else "Cases",
        "Points, the mean of a case's epochs.",
        ["", *(entry.name for entry in entries)],
        [
            [case, *("–" if score is None else points(score) for score in cases[case])]
            for case in (listed if len(entries) > 1 else sorted(cases))
        ],
    )
