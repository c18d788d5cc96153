"""What the steps of a simulated run are for: which deploy to production, which are a gate, which roll back.

A case names its commands. A step speaks them in its script, in a script of the answer that it starts, as the command given
to an action, or by an action's name; options may stand between a command's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from posixpath import normpath
from typing import Any

from graders.bundle import Bundle
from graders.github_actions import shell
from graders.github_actions.environments import COMMAND_INPUTS, names, runs, spoken_by
from graders.github_actions.simulated import Simulation
from graders.github_actions.workflow import Step, text_of
from graders.github_actions.worlds import NAMED_VERSION
from graders.github_actions.written import filled_step, written_step
from graders.simulate.workflows.runs import Run, StepRun

_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_CHECKOUT = re.compile(r"git (?:\S+ )*?(?:checkout|switch|reset)\b")
_EXIT = re.compile(r"^exit\b", re.MULTILINE)
_STARTERS = {"bash", "sh", "source", ".", "python", "python3"}


@dataclass(frozen=True, slots=True)
class SimulatedPlace:
    """A step whose expressions are filled in already; its environment fills shell variables."""

    env: Mapping[str, str]

    def resolve(self, value: Any, step: Step | None = None) -> str:
        """The text as it is."""
        return text_of(value)

    def shell_text(self, text: str, step: Step) -> str:
        """The text with the environment's variables put in."""
        return _VARIABLE.sub(lambda found: self.env.get(found[1] or found[2], found[0]), text)


@dataclass(frozen=True, slots=True)
class Roles:
    """The steps of the runs of one answer by what the case's commands make of them."""

    simulated: Simulation
    scripts: Mapping[str, str]
    _spoken: dict[object, tuple[str, ...]] = field(default_factory=dict[object, tuple[str, ...]])

    def speaking(self, run: Run, commands: Sequence[str]) -> list[StepRun]:
        """The steps of a run that run one of the commands."""
        return [step for step in run.steps if self._speaks(step, list(commands))]

    def deploying(self, run: Run, commands: Sequence[str], marks: Sequence[str]) -> list[StepRun]:
        """The steps that deploy to what one of the marks names: in the job's path, the environment, the step's own words."""
        return [step for step in self.speaking(run, commands) if self._mentions(step, marks)]

    def line(self, step: StepRun) -> int | None:
        """The line of a step in its file."""
        written = self.written(step)
        return written.line if written else None

    def filled(self, step: StepRun) -> Step | None:
        """The step with what the run filled in; None for a call of a workflow of another repository."""
        return filled_step(self.simulated.repository, step)

    def written(self, step: StepRun) -> Step | None:
        """The step as it is written; None for a call of a workflow of another repository."""
        return written_step(self.simulated.repository, step)

    def spoken(self, step: StepRun) -> tuple[str, ...]:
        """Every command that the step runs, as text; printed ones are left out."""
        key = (step.place, step.script, tuple(step.env.items()))
        if key not in self._spoken:
            self._spoken[key] = tuple(self._read(step))
        return self._spoken[key]

    def _read(self, step: StepRun) -> Iterator[str]:
        written = self.filled(step)
        if written is None:
            yield step.uses
            return
        place = SimulatedPlace(step.env)
        # Behind an `exit` at the start of a line nothing runs.
        written = replace(written, run=_EXIT.split(written.run)[0])
        for text, printed in spoken_by(place, written):
            if not printed:
                yield text
                yield from self._in_script(text, place, written)

    def script_of(self, text: str) -> str | None:
        """The script of the answer that a command starts; None for any other command."""
        words = text.split()
        while words and (words[0] in _STARTERS or words[0].startswith("-")):
            words.pop(0)
        return self.scripts.get(normpath(words[0])) if words else None

    def _in_script(self, text: str, place: SimulatedPlace, written: Step) -> Iterator[str]:
        script = self.script_of(text)
        if script is not None:
            for command, _ in shell.commands(shell.parse(script)):
                if command.name not in ("echo", "printf", "cat"):
                    yield place.shell_text(" ".join(command.texts), written)

    def _speaks(self, step: StepRun, commands: list[str]) -> bool:
        told = [*self.spoken(step), *(step.inputs.get(name, "") for name in COMMAND_INPUTS)]
        return any(command in step.uses or any(runs(text, command) for text in told) for command in commands)

    def _mentions(self, step: StepRun, marks: Sequence[str]) -> bool:
        told = [*step.job.split("/"), step.name, step.environment or "", *step.inputs.values()]
        told += [str(value) for value in step.leg.values()]
        told += self.spoken(step)
        return any(names(text, mark) for text in told for mark in marks)


def roles(bundle: Bundle, simulated: Simulation) -> Roles:
    """The roles of an answer's steps; `scripts` are the shell scripts that the answer delivers."""
    scripts = {normpath(artifact.path): artifact.text for artifact in bundle.of("bash")}
    return Roles(simulated, scripts)


def redeploying(simulated: Simulation, known: Roles) -> set[tuple[str, str, int | None]]:
    """The places of steps that take the version which a person names at a manual start."""
    starts = [run for run in simulated.clean if run.world.event == "workflow_dispatch"]
    return {step.place for run in starts for step in _taking_the_named(run, known)}


def _taking_the_named(run: Run, known: Roles) -> Iterator[StepRun]:
    """The steps that are given the named version, and those of a job that has checked it out, unless they name the
    commit of the run itself."""
    checked_out: set[str] = set()
    for step in run.steps:
        spoken = known.spoken(step)
        # A variable that the script does not name is there for the programs that it starts.
        handed = [value for name, value in step.env.items() if name not in step.script]
        given = any(NAMED_VERSION in text for text in (*spoken, *step.inputs.values()))
        own = any(run.commit in text or "GITHUB_SHA" in text for text in (*spoken, *step.inputs.values()))
        taken = step.job in checked_out or any(NAMED_VERSION in value for value in handed)
        if given or (taken and not own):
            yield step
        if NAMED_VERSION in step.inputs.get("ref", "") and step.uses.startswith("actions/checkout@"):
            checked_out.add(step.job)
        if any(NAMED_VERSION in text and _CHECKOUT.match(text) for text in spoken):
            checked_out.add(step.job)
