"""Where the entries differ most, case by case; and the rules that failed, with the first places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.runs import Row
from reports.comparison.comparison import Comparison
from reports.page import links
from reports.page.heat_map import Cell, HeatRow
from reports.page.samples import Sample

_SEVERITIES = "CHML"


@dataclass(frozen=True, slots=True)
class Example:
    """A place where a rule failed, as an address, in words, with the tool's message and the entry's name."""

    href: str
    place: str
    message: str
    who: str


@dataclass(frozen=True, slots=True)
class Failure:
    """One rule with how many answers failed it, and the first place that a violation speaks of."""

    rule: str
    severity: str
    constraint: str
    question: str
    count: int
    href: str
    example: Example | None


def case_rows(comparison: Comparison) -> list[HeatRow]:
    """A row a case, the widest spread between entries first."""
    entries = comparison.entries

    def spread(case: str) -> float:
        scores = [entry.cases[case] for entry in entries if case in entry.cases]
        return max(scores) - min(scores)

    cases = {case for entry in entries for case in entry.cases}
    rows: list[HeatRow] = []
    for case in sorted(cases, key=lambda case: (-spread(case), case)):
        cells = [_cell(entry.cases.get(case), number, case) for number, entry in enumerate(entries, start=1)]
        rows.append(HeatRow(case, f"{100 * spread(case):.0f}", links.to_case(case), cells))
    return rows


def _cell(score: float | None, number: int, case: str) -> Cell:
    href = links.to_list(number, case=case)
    if score is None:
        return Cell("", 10, "not judged", href)
    return Cell(f"{100 * score:.0f}", round(10 * score), f"{100 * score:.1f} points", href)


def failures(samples: Sequence[Sample], rules: dict[str, Row], names: Sequence[str]) -> list[Failure]:
    """Failed rules, the heaviest severity first, then the most failed; advisory rules last. Void samples are not counted."""
    counts: Counter[str] = Counter()
    examples: dict[str, Example] = {}
    for sample in samples:
        for finding in sample.failures if not sample.void else ():
            rule = finding["rule"]
            counts[rule] += 1
            if rule not in examples and finding["violations"]:
                examples[rule] = _example(sample, rule, finding["violations"][0], names[sample.entry - 1])

    def order(rule: str) -> tuple[bool, int, int, str]:
        about = rules[rule]
        return bool(about["advisory"]), _SEVERITIES.index(about["severity"]), -counts[rule], rule

    return [
        Failure(
            rule,
            "advisory" if rules[rule]["advisory"] else rules[rule]["severity"],
            rules[rule]["constraint"],
            rules[rule]["question"],
            counts[rule],
            links.to_list(rule=rule),
            examples.get(rule),
        )
        for rule in sorted(counts, key=order)
    ]


def _example(sample: Sample, rule: str, violation: dict[str, Any], who: str) -> Example:
    place = (violation["file"] or sample.id) + (f":{violation['line']}" if violation["line"] else "")
    return Example(links.to_sample(sample.entry, sample.id, rule), place, violation["message"], who)
