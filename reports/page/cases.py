"""Where the entries differ most, case by case; and the rules that failed, with the first places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from harness.runs import Row
from reports.comparison.comparison import Comparison
from reports.page import links
from reports.page.heat_map import Cell, HeatRow
from reports.page.samples import Sample

_SEVERITIES = "CHML"


@dataclass(frozen=True, slots=True)
class Failure:
    """One rule with how many answers failed it, and the first of them."""

    rule: str
    severity: str
    constraint: str
    question: str
    count: int
    href: str
    examples: list[tuple[str, str, str]]


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
    examples: dict[str, list[tuple[str, str, str]]] = {}
    for sample in samples:
        for finding in sample.failures if not sample.void else ():
            rule = finding["rule"]
            counts[rule] += 1
            shown = examples.setdefault(rule, [])
            if len(shown) < 3 and finding["violations"]:
                first = finding["violations"][0]
                place = f"{names[sample.entry - 1]}, {sample.id}" + (f", {first['file']}" if first["file"] else "")
                place += f":{first['line']}" if first["line"] else ""
                shown.append((links.to_sample(sample.entry, sample.id) + f"&rule={rule}", place, first["message"]))

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
            examples[rule],
        )
        for rule in sorted(counts, key=order)
    ]
