"""The jobs of a bundle as they would run: called workflows with their inputs, matrix legs, composite actions inlined.

A reusable workflow's job read alone says `${{ inputs.environment }}`; only together with its caller is it known
whether it deploys to production.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from posixpath import normpath
from typing import Any

from graders.bundle import Bundle
from graders.github_actions.evaluation import UNKNOWN, Lookup, Unknown, never, substitute, value_of
from graders.github_actions.inlining import MAX_DEPTH, by_folder, inlined, is_local
from graders.github_actions.workflow import CompositeAction, Job, Step, Workflow, mapping, text_of
from graders.yaml_lines import YamlMap

KIND = "github_actions"
ACTION_KIND = "github_composite_action"
_ENVIRONMENT_INPUTS = {
    "environment",
    "env",
    "environment_name",
    "environment-name",
    "stage",
    "target",
    "deploy_env",
}
_WHATEVER = re.compile(r"\b(always|cancelled)\s*\(", re.IGNORECASE)
MAX_INSTANCES = 2000  # from there on one leg of a matrix and one set of inputs stand for all


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """One job as one run would start it.

    `inputs` are the values of the workflow's inputs (`UNKNOWN` where only a run tells), `leg` the matrix leg, `caller`
    the instance of the job that called this workflow. `steps` have composite actions of the bundle inlined.
    """

    workflow: Workflow
    job: Job
    inputs: dict[str, Any]
    leg: dict[str, Any]
    caller: Instance | None
    steps: tuple[Step, ...]

    def lookup(self, step: Step | None = None) -> Lookup:
        """How this job's expressions find their values; with a step, also those of its `env`."""
        return self._lookup(self._scopes(step))

    def environment_variable(self, name: str, step: Step | None = None) -> Any:
        """The value of an environment variable that the step, the job or the workflow sets; else `UNKNOWN`."""
        return self._variable(name, self._scopes(step))

    def _scopes(self, step: Step | None) -> tuple[YamlMap, ...]:
        return (*((step.env,) if step else ()), self.job.env, self.workflow.env)

    def _lookup(self, scopes: tuple[YamlMap, ...]) -> Lookup:
        def find(path: tuple[str, ...]) -> Any:
            root, names = path[0], path[1:]
            if path[:3] == ("github", "event", "inputs"):
                root, names = "inputs", path[3:]
            if root == "inputs" and names:
                return self.inputs.get(names[0], UNKNOWN)
            if root == "matrix" and names:
                return _below(self.leg, names)
            if root == "env" and names:
                return self._variable(names[0], scopes)
            return UNKNOWN

        return find

    def _variable(self, name: str, scopes: tuple[YamlMap, ...]) -> Any:
        for position, scope in enumerate(scopes):
            for key, value in scope.items():
                if key.lower() == name.lower():
                    # An `env` block sees the blocks around it, never its own other names.
                    return value_of(value, self._lookup(scopes[position + 1 :]))
        return UNKNOWN

    def resolve(self, value: Any, step: Step | None = None) -> str:
        """The text with every expression that is known replaced."""
        return substitute(value, self.lookup(step))

    def shell_text(self, text: str, step: Step) -> str:
        """A word of a script with the environment variables put in whose values the workflow states."""

        def put(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            value = self.environment_variable(name, step)
            return value if isinstance(value, str) else self._written(name, step) or match[0]

        return self.resolve(re.sub(r"\$(?:\{(\w+)\}|(\w+))", put, text), step)

    def _written(self, name: str, step: Step) -> str:
        return next((text_of(scope[name]) for scope in self._scopes(step) if name in scope), "")

    def runs(self, condition: Any) -> bool:
        """False only when the condition of the job or of a step is certainly false for this instance."""
        return not never(condition, self.lookup())

    def environment(self) -> Any:
        """The name of the job's environment: a text, None where it has none, `UNKNOWN`."""
        written = self.job.environment
        name = written.get("name") if isinstance(written, dict) else written  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        value = value_of(name, self.lookup())
        return value if isinstance(value, Unknown) else text_of(value) or None

    def chain(self) -> tuple[str, ...]:
        """The job's place: the ids of the calling jobs and its own, from the workflow that was triggered."""
        above = self.caller.chain() if self.caller else (self.workflow.path,)
        return (*above, self.job.id)


def workflows(bundle: Bundle) -> list[Workflow]:
    """The workflows of the bundle that could be parsed."""
    parsed = [bundle.parsed.get(artifact.path) for artifact in bundle.of(KIND)]
    return [each for each in parsed if isinstance(each, Workflow)]


def actions(bundle: Bundle) -> list[CompositeAction]:
    """The composite actions of the bundle that could be parsed."""
    parsed = [bundle.parsed.get(artifact.path) for artifact in bundle.of(ACTION_KIND)]
    return [each for each in parsed if isinstance(each, CompositeAction)]


def called(bundle: Bundle, uses: str) -> Workflow | None:
    """The workflow of the bundle that a local `uses` names."""
    if not is_local(uses):
        return None
    wanted = normpath(uses[2:])
    return next((each for each in workflows(bundle) if normpath(each.path) == wanted), None)


def instances(bundle: Bundle, environment: str = "") -> list[Instance]:
    """Every job of every workflow as it would run (callers of reusable workflows included, with no steps).

    A reusable workflow that another one of the bundle calls is seen through its callers; if it has no other trigger,
    not on its own. `environment` is a value to try for inputs that name an environment and list no options.
    """
    local = by_folder(actions(bundle))
    found: list[Instance] = []
    for workflow in _first(bundle):
        for position, inputs in enumerate(_choices(workflow, environment)):
            if position and len(found) >= MAX_INSTANCES:
                break
            _start(bundle, local, found, workflow, inputs, None, 0)
    return found


def _first(bundle: Bundle) -> list[Workflow]:
    """The workflows that start on their own; one that is only called is among them when nothing that starts calls it."""
    every = workflows(bundle)
    below = {id(each): [called(bundle, job.uses) for job in each.jobs.values()] for each in every}
    targets = {id(target) for each in every for target in below[id(each)] if target}
    first = [each for each in every if id(each) not in targets or set(each.triggers) - {"workflow_call"}]
    reached: set[int] = set()
    waiting = list(first)
    while waiting:
        workflow = waiting.pop()
        if id(workflow) not in reached:
            reached.add(id(workflow))
            waiting += [target for target in below[id(workflow)] if target]
    return [*first, *(each for each in every if id(each) not in reached)]


def _start(
    bundle: Bundle,
    local: dict[str, CompositeAction],
    found: list[Instance],
    workflow: Workflow,
    inputs: dict[str, Any],
    caller: Instance | None,
    depth: int,
) -> None:
    skipped = _skipped(workflow, inputs, caller)
    for job in workflow.jobs.values():
        if job.id.lower() in skipped:
            continue
        for leg in job.legs if len(found) < MAX_INSTANCES else job.legs[:1]:
            bare = Instance(workflow, job, inputs, leg, caller, ())
            if not bare.runs(job.condition):
                continue
            target = called(bundle, job.uses)
            steps = tuple(step for step in inlined(job.steps, local, 0) if bare.runs(step.condition))
            instance = replace(bare, steps=steps)
            found.append(instance)
            if target is not None and depth < MAX_DEPTH:
                given = _call_inputs(target, instance)
                _start(bundle, local, found, target, given, instance, depth + 1)


def _skipped(workflow: Workflow, inputs: dict[str, Any], caller: Instance | None) -> set[str]:
    """The jobs that certainly don't run: their condition is false, or they need such a job and don't ask for `always()`."""
    skipped: set[str] = set()
    while True:
        more = {
            job.id.lower()
            for job in workflow.jobs.values()
            if job.id.lower() not in skipped
            and (
                (skipped & {need.lower() for need in job.needs} and not _WHATEVER.search(str(job.condition)))
                # A job's condition can't refer to its matrix: one leg answers for all.
                or not Instance(workflow, job, inputs, job.legs[0], caller, ()).runs(job.condition)
            )
        }
        if not more:
            return skipped
        skipped |= more


def _call_inputs(target: Workflow, caller: Instance) -> dict[str, Any]:
    values: dict[str, Any] = {}
    given = {key.lower(): value for key, value in caller.job.with_.items()}
    for name, declared in target.call_inputs().items():
        key = name.lower()
        values[key] = (
            value_of(given[key], caller.lookup()) if key in given else mapping(declared).get("default", "")
        )
    return values


def _choices(workflow: Workflow, environment: str) -> list[dict[str, Any]]:
    """The inputs with which a workflow can be started: each option of its choices, else unknown; none for an event."""
    declared = {**workflow.call_inputs(), **workflow.dispatch_inputs()}
    choices: list[dict[str, Any]] = [{}]
    for name, settings in declared.items():
        values = _input_values(name, mapping(settings), environment)
        choices = [{**each, name.lower(): value} for each in choices for value in values][:64]
    if declared and set(workflow.triggers) - {"workflow_call", "workflow_dispatch"}:
        choices.append({name.lower(): "" for name in declared})
    return choices


def _input_values(name: str, settings: YamlMap, environment: str) -> list[Any]:
    options = settings.get("options")
    if isinstance(options, list) and options:
        return [text_of(option) for option in options]  # pyright: ignore[reportUnknownVariableType]
    if settings.get("type") == "boolean":
        return [True, False]
    names_environment = settings.get("type") == "environment" or name.lower() in _ENVIRONMENT_INPUTS
    return [environment, UNKNOWN] if environment and names_environment else [UNKNOWN]


def _below(value: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        if not isinstance(value, dict):
            return UNKNOWN
        value = next((child for key, child in value.items() if str(key).lower() == name), UNKNOWN)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return value  # pyright: ignore[reportUnknownVariableType]
