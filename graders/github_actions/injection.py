"""GHA-06: is no text that a stranger writes run as code?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import normpath
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions.inlining import by_folder, is_local
from graders.github_actions.instances import KIND, actions, called, workflows
from graders.github_actions.subjects import is_posix_shell, no_job
from graders.github_actions.taint import Tainted, evaluated_again, exported, written, written_by_line
from graders.github_actions.workflow import CompositeAction, Job, Step, Workflow, text_of
from graders.rule import Violation, rule

# Inputs of actions that are run as code, by action: their own documentation says so.
_CODE_INPUTS = {
    "actions/github-script": ("script",),
    "azure/cli": ("inlinescript",),
    "nick-fields/retry": ("command",),
}
_PASSES = 4  # outputs flow along `needs`; each pass follows them one job further, and calls one level deeper


@rule(
    "GHA-06",
    severity="C",
    constraint="secret_hygiene",
    source="GitHub docs, secure use (script injections); GitHub Security Lab, untrusted input; zizmor template-injection",
    kinds=(KIND,),
)
def runs_no_untrusted_text(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is a title, body, branch name or commit message never put into a script, and never into the runner's environment?

    Followed: `env`, outputs of steps and jobs, inputs of called workflows and composite actions of the answer. Accepted: the
    text in `env` and used as a quoted shell variable, in a comparison, in an action's plain input; commit ids, numbers,
    names of repositories. Wrong: an expression with such a text in `run`, `shell` or an input that is code (github-script),
    also by way of an output or `env.X`; written to GITHUB_ENV or GITHUB_PATH, where a line break sets more; given to
    `eval` or `sh -c`.
    """
    yield from no_job(bundle)
    search = _Search(bundle, by_folder(actions(bundle)))
    for _ in range(_PASSES):
        search.found.clear()
        for workflow in workflows(bundle):
            search.workflow(workflow)
    yield from search.found


@dataclass(slots=True)
class _Search:
    """`outputs` are the tainted ones of jobs, as `needs.JOB.outputs.NAME`, and `inputs` of called workflows, by workflow."""

    bundle: Bundle
    local: dict[str, CompositeAction]
    found: dict[Violation, None] = field(default_factory=dict[Violation, None])
    outputs: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    inputs: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    def workflow(self, workflow: Workflow) -> None:
        """One pass over a workflow: what it runs, and what it hands on."""
        outputs = self.outputs.setdefault(workflow.path, set())
        base = Tainted(outputs | self.inputs.get(workflow.path, set()))
        base = base.with_names(base.binding(workflow.env))
        for job in workflow.jobs.values():
            here = base.with_names(base.binding(job.env))
            here = self.steps(workflow.path, job.id, job.steps, here, 0)
            outputs |= {
                f"needs.{job.id}.outputs.{name}".lower()
                for name, value in job.outputs.items()
                if here.carried(value)
            }
            self._call(workflow, job, here)

    def _call(self, workflow: Workflow, job: Job, here: Tainted) -> None:
        target = called(self.bundle, job.uses)
        if target is None:
            return
        given = {f"inputs.{name}".lower() for name, value in job.with_.items() if here.carried(value)}
        self.inputs.setdefault(target.path, set()).update(given)
        inner = self.outputs.get(target.path, set())
        for name, about in target.call_outputs().items():
            value = about.get("value") if isinstance(about, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            if Tainted({path.replace("needs.", "jobs.", 1) for path in inner}).carried(value):
                self.outputs[workflow.path].add(f"needs.{job.id}.outputs.{name}".lower())

    def steps(self, file: str, job: str, steps: tuple[Step, ...], here: Tainted, depth: int) -> Tainted:
        """Follow the steps in order; returns what is tainted behind the last one."""
        for step in steps:
            inside = here.with_names(here.binding(step.env))
            self._sinks(file, job, step, inside)
            here = Tainted(here.paths | self._handed_on(file, job, step, inside))
            action = self.local.get(normpath(step.uses[2:])) if is_local(step.uses) else None
            if action is not None and depth < _PASSES:
                given = {
                    f"inputs.{name}".lower() for name, value in step.with_.items() if inside.carried(value)
                }
                names = {path for path in inside.paths if path.startswith("env.")}
                self.steps(action.path, job, action.steps, Tainted(given | names), depth + 1)
        return here

    def _sinks(self, file: str, job: str, step: Step, inside: Tainted) -> None:
        code: list[tuple[int, Any]] = [(step.run_line, step.run), (step.line, step.shell)]
        action = step.action
        code += [(step.uses_line, step.input(name)) for name in _CODE_INPUTS.get(action, ())]
        for line, text in code:
            for name in inside.expressions(text):
                self._tell(
                    file, line, f"job `{job}` runs `{name}` as code: put it into `env` and use the variable"
                )
        if step.run and is_posix_shell(step):
            for line, name in evaluated_again(step.run, inside):
                self._tell(file, step.run_line + line - 1, f"job `{job}` lets a shell read ${name} as code")

    def _handed_on(self, file: str, job: str, step: Step, inside: Tainted) -> set[str]:
        handed: set[str] = set()
        if step.action == "actions/github-script" and exported(text_of(step.input("script")), inside):
            self._tell(
                file,
                step.uses_line,
                f"job `{job}` exports a stranger's text to the environment of later steps",
            )
        for line in written(step.run, inside) if is_posix_shell(step) else written_by_line(step.run, inside):
            if not line.tainted:
                continue
            if line.file == "GITHUB_OUTPUT":
                if step.id and line.name:
                    handed.add(f"steps.{step.id}.outputs.{line.name}")
                continue
            if line.name:
                handed.add(f"env.{line.name}")
            message = (
                f"job `{job}` writes a stranger's text to {line.file}: a line break in it sets more variables"
            )
            self._tell(file, step.run_line + line.line - 1, message)
        return handed

    def _tell(self, file: str, line: int, message: str) -> None:
        self.found.setdefault(Violation(file, line, text_of(message)))
