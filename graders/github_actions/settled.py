"""Scripts that decide by themselves how they end: `exit 1`, `[ "$RESULT" = success ]`, what they write for later steps.

Such a script calls no program and reads no file, and all values that it uses are known; so running it tells what GitHub
would see. Of every other script the simulation assumes that it succeeds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graders.github_actions.scripts import ending, unknown_variables
from graders.github_actions.written import filled_step
from graders.simulate.workflows.runs import Run, StepRun
from graders.simulate.workflows.world import Fault

# A script without one of these ends well and writes what it says: the simulator reads that by itself.
_DECIDES = re.compile(r"\b(?:exit|test|false|return|grep|jq|case)\b|\[|\$\{\w+[^\w}]")
_OPEN_VALUE = re.compile(r"\([^()]* of a run\)")
_LONGEST = 4000
_ALLS_GREEN = "re-actors/alls-green@"


def settle(repository: Mapping[str, Any], runs: Sequence[Run | None], known: dict[str, Fault | None]) -> bool:
    """Add to `known` how the scripts of these runs end, by `StepRun.key`; None for one that does not decide by itself. Says
    whether any was added that changes a run."""
    changed = False
    for run in runs:
        for step in run.steps if run else ():
            if run and step.index is not None and step.key not in known:
                known[step.key] = _settled(repository, run, step)
                changed = changed or known[step.key] is not None
    return changed


def _settled(repository: Mapping[str, Any], run: Run, step: StepRun) -> Fault | None:
    if step.uses.startswith(_ALLS_GREEN):
        return _all_green(step)
    if not _DECIDES.search(step.script) or len(step.script) > _LONGEST or "" in step.open:
        return None
    env = {**run.facts, **step.env}
    used = {name: value for name, value in env.items() if name in step.script}
    if any(name in step.open or _OPEN_VALUE.search(value) for name, value in used.items()):
        return None
    written = filled_step(repository, step)
    if written is None or _OPEN_VALUE.search(step.script) or unknown_variables(step.script, used):
        return None
    found = ending(written, used, {})
    if found is None or found.code is None or found.calls or found.missed:
        return None
    return Fault(
        step.job, step.file, step.index, "failure" if found.code else "success", found.outputs, found.env
    )


def _all_green(step: StepRun) -> Fault | None:
    """The action fails unless all jobs that it is given succeeded, or were skipped or failed where that is allowed.

    Source: README of re-actors/alls-green.
    """
    try:
        jobs = json.loads(step.inputs.get("jobs", ""))
    except ValueError:
        return None
    if not isinstance(jobs, dict):
        return None
    results: dict[str, str] = {str(name): str(each.get("result")) for name, each in jobs.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType, reportUnknownMemberType]
    may = {"skipped": set(_names(step, "allowed-skips")), "failure": set(_names(step, "allowed-failures"))}
    good = all(
        result == "success" or name in may.get(result, ()) or name in may["failure"]
        for name, result in results.items()
    )
    return Fault(step.job, step.file, step.index, "success" if good else "failure", ())


def _names(step: StepRun, name: str) -> Iterator[str]:
    text = step.inputs.get(name, "")
    try:
        listed: Any = json.loads(text)
    except ValueError:
        listed = re.split(r"[\s,]+", text)
    yield from (str(each) for each in listed if each) if isinstance(listed, list) else ()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
