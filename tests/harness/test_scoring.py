"""The formula of docs/scoring.md, on findings made by hand."""

import pytest

from graders.facts import AppliedRule
from graders.finding import Finding
from graders.kinds import RULES
from graders.rule import Violation
from harness.scoring import score, weight

HERE = (Violation("f", 1, "m"),)


def finding(rule: str, outcome: str, ungated: str | None = None) -> Finding:
    violations = HERE if outcome == "fail" else ()
    return Finding(rule, 1, outcome, ungated or outcome, violations)  # type: ignore[arg-type]


def applied(*rules: str, critical: str | None = None) -> list[AppliedRule]:
    return [AppliedRule(rule, (), "because", critical=rule == critical) for rule in rules]


def test_severities_weigh_8_4_2_1_and_advisory_rules_nothing() -> None:
    assert [weight(rule) for rule in ("SEC-01", "GHA-02", "GHA-15", "GHA-14", "ALR-04", "CTR-01")] == [
        8,
        4,
        2,
        1,
        0,
        0,
    ]


def test_rules_of_one_constraint_share_its_weight() -> None:
    # GHA-10 (H, 4) and GHA-15 (M, 2) serve secret_hygiene, GHA-02 (H, 4) least_privilege.
    found = [finding("GHA-10", "pass"), finding("GHA-15", "fail"), finding("GHA-02", "pass")]
    scores = score(found, applied("GHA-10", "GHA-15", "GHA-02"))
    assert scores.constraints == pytest.approx({"secret_hygiene": 4 / 6, "least_privilege": 1.0})
    assert scores.score == pytest.approx((4 * (4 / 6) + 4 * 1.0) / 8)
    assert scores.equal_constraints == pytest.approx((4 / 6 + 1.0) / 2)
    assert scores.equal_rules == pytest.approx(2 / 3)
    assert not scores.ships or RULES["GHA-15"].severity == "M"


def test_a_failed_medium_rule_still_ships_and_a_failed_high_one_does_not() -> None:
    assert score([finding("GHA-10", "pass"), finding("GHA-15", "fail")], applied("GHA-10", "GHA-15")).ships
    assert not score(
        [finding("GHA-10", "fail"), finding("GHA-15", "pass")], applied("GHA-10", "GHA-15")
    ).ships


def test_a_critical_rule_zeroes_the_case_and_only_the_gated_score() -> None:
    found = [finding("SEC-01", "fail"), finding("GHA-02", "pass")]
    scores = score(found, applied("SEC-01", "GHA-02", critical="SEC-01"))
    assert scores.score == scores.equal_rules == scores.equal_constraints == 0.0
    assert scores.ungated == pytest.approx(4 / 12)


def test_the_ungated_score_forgives_gates() -> None:
    found = [finding("GHA-01", "fail"), finding("GHA-02", "fail", ungated="pass")]
    scores = score(found, applied("GHA-01", "GHA-02"))
    assert scores.score == 0.0
    assert scores.ungated == pytest.approx(4 / 12)


def test_what_does_not_apply_counts_neither_way() -> None:
    found = [finding("GHA-02", "pass"), finding("GHA-10", "not_applicable")]
    scores = score(found, applied("GHA-02", "GHA-10"))
    assert scores.score == 1.0
    assert list(scores.constraints) == ["least_privilege"]


def test_a_grader_error_leaves_the_sample_ungraded_between_its_two_bounds() -> None:
    found = [finding("GHA-02", "pass"), finding("GHA-10", "grader_error")]
    scores = score(found, applied("GHA-02", "GHA-10"))
    assert not scores.graded
    assert (scores.score, scores.at_best) == (0.5, 1.0)


def test_an_advisory_grader_error_voids_nothing() -> None:
    assert score(
        [finding("GHA-02", "pass"), finding("CTR-01", "grader_error")], applied("GHA-02", "CTR-01")
    ).graded


def test_no_rule_no_points() -> None:
    assert score([], []).score == 0.0
