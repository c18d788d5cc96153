"""What set-up could not do."""

from __future__ import annotations


class SetupProblem(Exception):
    """One line that says what could not be done and why; set-up reports it and goes on with the next step."""
