"""What one rule found in one answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from graders.rule import Violation

Outcome = Literal["pass", "fail", "not_applicable", "grader_error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Rule × answer.

    `outcome` is what counts. `ungated` is the outcome before gates: it differs when a gate rule of the same deliverable
    failed (`gated_by` names it). `error` says why the grader could not judge (only with `grader_error`).
    """

    rule: str
    version: int
    outcome: Outcome
    ungated: Outcome
    violations: tuple[Violation, ...] = ()
    gated_by: str | None = None
    error: str | None = None
