"""Rule × case: what broke tonight, what was broken before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness.runs import Row
from reports.regression.strata import variant_of

State = Literal["new failure", "known failure", "mended", "pass", "not_applicable", "grader_error"]
_SEVERITY_ORDER = "CHML"


@dataclass(frozen=True, slots=True)
class Cell:
    """One rule in one case. Counts are of samples that the rule judged: (failed, judged).

    A `new failure` fails tonight in at least one sample and failed in none of the baseline; a `known failure` failed
    there too; `mended` failed in every baseline sample and in none tonight. `findings` are tonight's failed or errored
    ones, as (sample, finding).
    """

    rule: str
    case: str
    severity: str
    constraint: str
    advisory: bool
    state: State
    tonight: tuple[int, int]
    baseline: tuple[int, int]
    findings: tuple[tuple[str, dict[str, Any]], ...]


def cells(tonight: Sequence[Row], nights: Iterable[Sequence[Row]]) -> list[Cell]:
    """Every rule × case of tonight's samples, over the variants that both sides have, by case and rule."""
    earlier = [row for night in nights for row in night]
    shared = {variant_of(row) for row in tonight} & {variant_of(row) for row in earlier}
    before: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in earlier:
        if variant_of(row) in shared:
            for finding in row["findings"]:
                before[row["case"], finding["rule"]].append(finding["outcome"])
    now: defaultdict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for row in tonight:
        if variant_of(row) in shared:
            for finding in row["findings"]:
                now[row["case"], finding["rule"]].append((row["sample"], finding))
    return [_cell(case, rule, found, before[case, rule]) for (case, rule), found in sorted(now.items())]


def by_weight(items: Iterable[Cell]) -> list[Cell]:
    """The heaviest severity first, advisory rules last."""
    return sorted(items, key=lambda c: (c.advisory, _SEVERITY_ORDER.index(c.severity), c.rule, c.case))


def _cell(case: str, rule: str, found: list[tuple[str, dict[str, Any]]], earlier: list[str]) -> Cell:
    outcomes = [finding["outcome"] for _, finding in found]
    tonight = outcomes.count("fail"), outcomes.count("fail") + outcomes.count("pass")
    baseline = earlier.count("fail"), earlier.count("fail") + earlier.count("pass")
    first = found[0][1]
    return Cell(
        rule=rule,
        case=case,
        severity=first["severity"],
        constraint=first["constraint"],
        advisory=first["advisory"],
        state=_state(outcomes, tonight, baseline),
        tonight=tonight,
        baseline=baseline,
        findings=tuple(item for item in found if item[1]["outcome"] in ("fail", "grader_error")),
    )


def _state(outcomes: list[str], tonight: tuple[int, int], baseline: tuple[int, int]) -> State:
    if tonight[0]:
        return "known failure" if baseline[0] else "new failure"
    if "grader_error" in outcomes:
        return "grader_error"
    if not tonight[1]:
        return "not_applicable"
    return "mended" if baseline[1] and baseline[0] == baseline[1] else "pass"
