"""From findings to scores: the formula of docs/scoring.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from graders.facts import AppliedRule
from graders.finding import Finding
from graders.kinds import RULES

SEVERITY_WEIGHT = {"C": 8.0, "H": 4.0, "M": 2.0, "L": 1.0}
Weighting = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one answer, each from 0 to 1.

    `score` counts gates and critical rules, `ungated` neither. `constraints[c]` is the share of constraint c, `weights[c]`
    its weight. `equal_rules` and `equal_constraints` are the score under two other weightings, for a ranking's
    stability. `ships` says whether every rule of severity C and H passes. `graded` is False when a rule of weight
    above 0 could not be judged: then the score counts for nothing, and `at_best` is what it would be had each such
    rule passed (at worst is `score`, where they count as failed).
    """

    score: float
    ungated: float
    constraints: dict[str, float]
    weights: dict[str, float]
    equal_rules: float
    equal_constraints: float
    ships: bool
    graded: bool
    at_best: float


def weight(rule: str) -> float:
    """C 8, H 4, M 2, L 1; an advisory rule weighs nothing."""
    return 0.0 if RULES[rule].advisory else SEVERITY_WEIGHT[RULES[rule].severity]


def score(findings: Sequence[Finding], applied: Sequence[AppliedRule]) -> Scores:
    """Within a constraint the weighted share of its rules that pass; over constraints their mean, each weighing as much
    as its heaviest rule in this case; zero when a critical rule fails."""
    final = {finding.rule: finding.outcome for finding in findings}
    before_gates = {finding.rule: finding.ungated for finding in findings}
    optimist = {rule: "pass" if outcome == "grader_error" else outcome for rule, outcome in final.items()}
    critical = [rule.id for rule in applied if rule.critical]
    shares, weights = _by_constraint(final, weight)
    return Scores(
        score=_total(final, critical, weight),
        ungated=_total(before_gates, [], weight),
        constraints=shares,
        weights=weights,
        equal_rules=_total(final, critical, lambda rule: 1.0 if weight(rule) else 0.0, pooled=True),
        equal_constraints=_total(final, critical, weight, equal=True),
        ships=all(
            outcome in ("pass", "not_applicable")
            for rule, outcome in final.items()
            if weight(rule) and RULES[rule].severity in ("C", "H")
        ),
        graded=not any(outcome == "grader_error" for rule, outcome in final.items() if weight(rule)),
        at_best=_total(optimist, critical, weight),
    )


def _total(
    outcomes: dict[str, Any], critical: list[str], weigh: Weighting, equal: bool = False, pooled: bool = False
) -> float:
    if any(outcomes.get(rule) == "fail" for rule in critical):
        return 0.0
    if pooled:
        counted = [
            (weigh(rule), outcome) for rule, outcome in outcomes.items() if outcome != "not_applicable"
        ]
        total = sum(heavy for heavy, _ in counted)
        return sum(heavy for heavy, outcome in counted if outcome == "pass") / total if total else 0.0
    shares, weights = _by_constraint(outcomes, weigh)
    if equal:
        weights = dict.fromkeys(weights, 1.0)
    total = sum(weights.values())
    return sum(shares[name] * weights[name] for name in shares) / total if total else 0.0


def _by_constraint(outcomes: dict[str, Any], weigh: Weighting) -> tuple[dict[str, float], dict[str, float]]:
    rules: dict[str, list[tuple[float, bool]]] = {}
    for rule, outcome in outcomes.items():
        if outcome != "not_applicable" and weigh(rule):
            rules.setdefault(RULES[rule].constraint, []).append((weigh(rule), outcome == "pass"))
    shares = {
        name: sum(heavy for heavy, passed in members if passed) / sum(heavy for heavy, _ in members)
        for name, members in sorted(rules.items())
    }
    return shares, {name: max(heavy for heavy, _ in rules[name]) for name in shares}
