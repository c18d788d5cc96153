"""The workflows of an answer as GitHub would run them, in every world that is worth trying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.github_actions.composite_action import parse as parse_action
from graders.github_actions.instances import ACTION_KIND, KIND
from graders.github_actions.settled import settle
from graders.github_actions.workflow import Workflow, parse_workflow
from graders.github_actions.worlds import worlds
from graders.simulate.workflows import runs
from graders.simulate.workflows.runs import Run
from graders.simulate.workflows.world import Fault, World
from graders.yaml_lines import Unparsable

# Each round can open the way to one more job whose scripts decide.
_MOST_ROUNDS = 8


@dataclass(slots=True)
class Simulation:
    """`repository` maps paths to parsed YAML; `workflows` are those that could be parsed, by path; `clean` are the runs of
    all worlds in which nothing goes wrong."""

    repository: dict[str, Any]
    workflows: dict[str, Workflow]
    clean: tuple[Run, ...] = ()
    _known: dict[World, Run | None] = field(default_factory=dict[World, Run | None])
    _scripts: dict[str, Fault | None] = field(default_factory=dict[str, Fault | None])

    def run(self, tried: Sequence[World]) -> list[Run | None]:
        """The runs of these worlds, None where the event starts nothing. Each is simulated once."""
        missing = [world for world in dict.fromkeys(tried) if world not in self._known]
        if missing:
            self._known |= zip(missing, self._simulated(missing), strict=True)
        return [self._known[world] for world in tried]

    def _simulated(self, worlds: Sequence[World]) -> list[Run | None]:
        """The runs, once more each time that a script in them was found to decide by itself how it ends."""
        found: list[Run | None] = []
        for _ in range(_MOST_ROUNDS):
            ended = {key: each for key, each in self._scripts.items() if each is not None}
            found = runs.simulate(self.repository, worlds, ended)
            if not settle(self.repository, found, self._scripts):
                break
        return found


def simulation(bundle: Bundle) -> Simulation:
    """The simulation of an answer's workflows and local actions. Raises `ToolFailed` when the simulator can't be had."""
    return _simulation(tuple(bundle.of(KIND, ACTION_KIND)))


# Every rule of one answer asks in turn; the answers of a batch follow each other.
@lru_cache(maxsize=4)
def _simulation(artifacts: tuple[Artifact, ...]) -> Simulation:
    found = Simulation({}, {})
    for artifact in artifacts:
        try:
            if artifact.kind == KIND:
                workflow = parse_workflow(artifact)
                found.workflows[workflow.path] = workflow
                found.repository[workflow.path] = workflow.raw
            else:
                found.repository[artifact.path] = parse_action(artifact).raw
        except Unparsable:
            continue
    tried = [world for workflow in found.workflows.values() for world in worlds(workflow, found.repository)]
    found.clean = tuple(run for run in found.run(tried) if run is not None)
    return found
