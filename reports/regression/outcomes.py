"""A night as test cases and annotations: what CI shows of it."""

from __future__ import annotations

from reports.ci.annotations import Annotation
from reports.ci.outcome import RuleOutcome, failure_text
from reports.regression.cells import Cell, by_weight
from reports.regression.verdict import Regression


def night_outcomes(regression: Regression, known_too: bool) -> list[RuleOutcome]:
    """One test case a rule × case. A failure that the baseline has as well is skipped with that reason, unless
    `known_too`; what the grader moved is a test of its own, so that it is not read as the model's."""
    grader = [
        RuleOutcome(
            "grader", f"{move.rule} {move.where} {move.sample}", "fail", f"{move.old} → {move.new}", move.why
        )
        for move in regression.grader.moves
    ]
    return [*(_outcome(cell, known_too) for cell in regression.cells), *grader]


def night_annotations(regression: Regression) -> list[Annotation]:
    """The verdict, then each new failure; a model's files are not of this repository, so none names a file."""
    model = regression.tonight.model
    found: list[Annotation] = []
    if regression.exit_code:
        found.append(Annotation("error", f"Drydock: {model}", f"{regression.headline}: {regression.reason}"))
    for move in regression.grader.moves:
        found.append(
            Annotation(
                "error",
                "The grader moved",
                f"{move.rule} {move.where} {move.sample}: {move.old} → {move.new}",
            )
        )
    for cell in by_weight(regression.cells):
        if cell.state == "new failure":
            message, _ = failure_text(cell.rule, cell.findings)
            level = "notice" if cell.advisory else "warning"
            found.append(
                Annotation(level, f"{model}: {cell.rule} in {cell.case}", f"{_counts(cell)}: {message}")
            )
    return found


def _outcome(cell: Cell, known_too: bool) -> RuleOutcome:
    match cell.state:
        case "new failure" | "known failure":
            message, detail = failure_text(
                cell.rule, [item for item in cell.findings if item[1]["outcome"] == "fail"]
            )
            if cell.state == "known failure" and not known_too:
                return RuleOutcome(cell.case, cell.rule, "skipped", f"{_counts(cell)}: {message}")
            return RuleOutcome(cell.case, cell.rule, "fail", message, f"{_counts(cell)}\n{detail}")
        case "grader_error":
            return RuleOutcome(cell.case, cell.rule, "error", *failure_text(cell.rule, cell.findings))
        case "not_applicable":
            return RuleOutcome(cell.case, cell.rule, "skipped", "does not apply")
        case _:
            return RuleOutcome(cell.case, cell.rule, "pass")


def _counts(cell: Cell) -> str:
    return (
        f"fails in {cell.tonight[0]} of {cell.tonight[1]} samples tonight, "
        f"in {cell.baseline[0]} of {cell.baseline[1]} before"
    )
