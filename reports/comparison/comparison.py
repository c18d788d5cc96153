"""What a comparison of runs is: the figures that every report of it prints, computed once (docs/comparing.md)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness.runs import Row
from reports.statistics.intervals import Interval


@dataclass(frozen=True, slots=True)
class Entry:
    """One column: a run, cut down to the variants that all runs share.

    `name` is unique in the comparison: the model's name, with persona, temperature or a number added only where needed.
    `grades` are the graded rows, `answers` the rows of all shared samples. Scores are from 0 to 1. `rules` maps a rule
    to (passed, judged), `cases` a case to its mean score. `pass_at[k]` is pass@k and `pass_all[k]` pass^k of shipping,
    only for k that every variant has samples for. `cost_per_1000` is in dollars for 1,000 samples, `tokens` are those
    written for one answer, `latency` is p50 and p95 in seconds. `on_front`: no other entry has a better score for less
    money. `rank` is the best and the worst rank that the Holm-corrected differences leave open: (1, 2) is a tie.
    """

    name: str
    folder: Path
    about: Row
    grades: list[Row]
    answers: list[Row]
    score: Interval | None
    ship_rate: Interval | None
    constraints: dict[str, Interval]
    areas: dict[str, Interval]
    rules: dict[str, tuple[int, int]]
    cases: dict[str, float]
    pass_at: dict[int, float]
    pass_all: dict[int, float]
    cost_per_1000: float | None
    tokens: float | None
    latency: tuple[float, float] | None
    on_front: bool
    rank: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """`value` is first − second, in score units.

    `measure` is "score" or "constraint NAME". `like` is the 95 % interval «on work like this»: the cases
    are a sample of such cases. `again` is the one «on these cases again»: noise between epochs only; None with one
    epoch. `p` belongs to the question of `like`; `p_holm` is corrected over the `family`. `clusters` is how many there are.
    """

    first: str
    second: str
    measure: str
    value: float
    like: tuple[float, float]
    again: tuple[float, float] | None
    p: float
    p_holm: float
    family: str
    clusters: int


@dataclass(frozen=True, slots=True)
class Stability:
    """The ranking under another weighting: each entry's score, the order (best first), and Kendall's tau with the order by
    score (1: the same; None where it is undefined, as with one entry)."""

    weighting: str
    scores: dict[str, float]
    order: list[str]
    kendall_tau: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """`entries` are in the order of their score, best first. `detectable` is the smallest difference that these cases can
    detect at 80 % power, for a typical pair. `notes` say what was joined or left out and why, `verdict` are sentences."""

    entries: list[Entry]
    differences: list[Difference]
    stability: list[Stability]
    detectable: float | None
    notes: list[str]
    verdict: list[str]
