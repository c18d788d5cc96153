"""The answer's configuration as it was applied to the simulated cloud."""

from __future__ import annotations

from typing import cast

from graders.bundle import Bundle, ToolFailed
from graders.simulate.terraform.outcome import Outcome, Root

TOOL = "terraform-cloud"
"""A rule that reads this names it among its `tools`."""


def roots(bundle: Bundle) -> tuple[Root, ...]:
    """Every root folder of the answer, those with a limit among them. Raises `ToolFailed` when the simulation
    did not run."""
    return cast("tuple[Root, ...]", bundle.report(TOOL).detail or ())


def simulated(bundle: Bundle) -> tuple[Root, ...]:
    """Every root folder of the answer. Raises `ToolFailed` when the simulation did not run, or met a limit of its own in any
    of them: then nothing is said about the answer. A scenario's own `limit` is the caller's to raise (`told`)."""
    found = roots(bundle)
    for root in found:
        if root.limit is not None:
            raise ToolFailed(f"{TOOL}: {root.folder or '.'}: {root.limit}")
    return found


def told(outcome: Outcome) -> Outcome:
    """The outcome of a scenario, unless a limit of the simulation was met: then `ToolFailed`."""
    if outcome.limit is not None:
        raise ToolFailed(f"{TOOL}: {outcome.limit}")
    return outcome
