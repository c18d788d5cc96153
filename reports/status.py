"""Whether a run's score decides anything yet."""

from __future__ import annotations

from typing import Literal

from reports.summary import Summary

Status = Literal["valid", "invalid", "unfinished", "no grades"]


def status_of(summary: Summary) -> Status:
    """`no grades`: no sample has a verdict; `unfinished`: some were not asked or not graded yet; `invalid`: all were, and
    more than 1 % of them are ungraded or unanswered."""
    if not any(row["graded"] for row in summary.grades):
        return "no grades"
    if summary.expected - len(summary.grades) - summary.unanswered > 0:
        return "unfinished"
    return "invalid" if summary.invalid else "valid"
