"""What a gate that fails makes of the rest of its run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graders.github_actions.environments import COMMAND_INPUTS, names, runs
from graders.github_actions.roles import Roles
from graders.github_actions.scripts import called, ending
from graders.github_actions.simulated import Simulation
from graders.simulate.shell.ending import Ending
from graders.simulate.workflows.runs import Run, StepRun
from graders.simulate.workflows.world import Fault

_MOST_REPEATS = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A gate's commands, and what deploys to production: commands, and the words that mark it."""

    commands: Sequence[str]
    deploy: Sequence[str]
    marks: Sequence[str]


@dataclass(frozen=True, slots=True)
class Failures:
    """Runs in which a gate's command fails."""

    asked: Asked
    simulated: Simulation
    known: Roles

    def run(self, run: Run, gate: StepRun) -> Run | None:
        """The same run with the gate failing, wherever its job repeats it (a second try, a report of the same check)."""
        faults = [self._fault(run, gate)]
        again: Run | None = None
        for _ in range(_MOST_REPEATS):
            again = self.simulated.run([replace(run.world, faults=tuple(faults))])[0]
            failing = {(fault.job, fault.file, fault.index) for fault in faults}
            repeated = [
                step
                for step in (self.known.speaking(again, self.asked.commands) if again else ())
                if step.job == gate.job
                and step.place not in failing
                and self._subject(step) == self._subject(gate)
            ]
            if again is None or not repeated:
                break
            faults += {step.place: self._fault(again, step) for step in repeated}.values()
        return again

    def cancelled(self, run: Run, gate: StepRun) -> Run | None:
        """The same run with the gate's job ended by its time limit at the gate."""
        fault = Fault(gate.job, gate.file, gate.index, "cancelled")
        return self.simulated.run([replace(run.world, faults=(fault,))])[0]

    def swallows(self, run: Run, gate: StepRun) -> bool:
        """Does the gate's own script end well although its command failed?"""
        return self._fault(run, gate).kind == "success"

    def deploys_itself(self, run: Run, gate: StepRun) -> tuple[bool, bool]:
        """Whether the gate's own script deploys to production before its gate, and after it has failed."""
        found = self._ending(run, gate)
        at = self._reached(found) if found else None
        if found is None or at is None:
            return False, False
        return any(map(self._deploys, found.calls[:at])), any(map(self._deploys, found.calls[at:]))

    def _deploys(self, call: str) -> bool:
        named = any(names(call, mark) for mark in self.asked.marks)
        return named and called(call, self.asked.deploy)

    def _fault(self, run: Run, gate: StepRun) -> Fault:
        """What the gate's step does when its command fails: what Bash says, else a failure of the step."""
        found = self._ending(run, gate)
        if found is None or self._reached(found) is None:
            return Fault(gate.job, gate.file, gate.index)
        kind = "success" if found.code == 0 else "failure"
        return Fault(gate.job, gate.file, gate.index, kind, found.outputs, found.env)

    def _ending(self, run: Run, gate: StepRun) -> Ending | None:
        written = self.known.filled(gate)
        if written is None:
            return None
        return ending(
            written,
            {**run.facts, **gate.env},
            self.known.scripts,
            failing=self.asked.commands,
            watched=self.asked.deploy,
        )

    def _reached(self, found: Ending) -> int | None:
        """The position of the gate's first call; None where the script never comes to it."""
        return next((at for at, call in enumerate(found.calls) if called(call, self.asked.commands)), None)

    def _subject(self, step: StepRun) -> tuple[str, ...]:
        """What a gate checks: its action, or the command and the last word of its call (the image, the target)."""
        told = [*self.known.spoken(step), *(step.inputs.get(name, "") for name in COMMAND_INPUTS)]
        calls = [text for text in told if any(runs(text, each) for each in self.asked.commands)]
        return (step.uses.partition("@")[0], *sorted({text.split()[-1] for text in calls if text.split()}))
