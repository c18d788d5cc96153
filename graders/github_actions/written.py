"""The step of a workflow or composite action from which a step of a simulated run comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graders.github_actions.workflow import Step, default_of, mapping, step_at
from graders.simulate.workflows.runs import StepRun
from graders.yaml_lines import YamlMap


def written_step(repository: Mapping[str, Any], step: StepRun) -> Step | None:
    """The step as it is written; None for a call of a workflow of another repository."""
    if step.index is None:
        return None
    file: Any = repository.get(step.file)
    if not isinstance(file, YamlMap):
        return None
    shell, directory = default_of(file, "shell"), default_of(file, "working-directory")
    steps = mapping(file.get("runs")).get("steps")
    if steps is None:
        job = mapping(mapping(file.get("jobs")).get(step.job.rpartition("/")[2]))
        steps = job.get("steps")
        shell = default_of(job, "shell") or shell
        directory = default_of(job, "working-directory") or directory
    return step_at(steps, step.index, shell, directory)


def filled_step(repository: Mapping[str, Any], step: StepRun) -> Step | None:
    """The step with what the run filled in; None for a call of a workflow of another repository."""
    found = written_step(repository, step)
    if found is None:
        return None
    return replace(found, run=step.script, with_=_as_map(step.inputs), env=_as_map(step.env))


def _as_map(values: Mapping[str, str]) -> YamlMap:
    found = YamlMap(1)
    found.update(values)
    return found
