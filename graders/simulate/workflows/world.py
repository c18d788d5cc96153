"""A world: one event, and what goes wrong in the run that it starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Fault:
    """The step `index` of the list of steps in `file` fails in `job` (in every leg of its matrix); with `index` None
    whatever step of the job comes first. `cancelled` is what a time limit does to a job; with `success` the step goes on.
    `outputs` and `env` are what its script then writes, and nothing else; None where that is not known."""

    job: str
    file: str = ""
    index: int | None = None
    kind: Literal["success", "failure", "cancelled"] = "failure"
    outputs: tuple[tuple[str, str], ...] | None = None
    env: tuple[tuple[str, str], ...] = ()

    def request(self) -> dict[str, Any]:
        """As the simulator reads it."""
        return {
            "job": self.job,
            "file": self.file,
            "index": self.index,
            "kind": self.kind,
            "outputs": None if self.outputs is None else dict(self.outputs),
            "env": dict(self.env),
        }


@dataclass(frozen=True, slots=True)
class World:
    """`workflow` is a path. `fork`: the event comes from a stranger's fork. `outputs` are values of job and step outputs
    by name that only a run could tell. `said` is the text of a comment or
    the name of a label, `schedule` the line that is due. `rejects` are environments whose reviewers say no.
    `again` is a second run of the same event: another commit, person, run and request. `repository` is what the
    repository is called, where the answer says it (OWNER/NAME)."""

    workflow: str
    event: str
    ref: str = "refs/heads/main"
    fork: bool = False
    action: str = ""
    merged: bool = False
    conclusion: str = "success"
    run_event: str = "push"
    head: str = ""
    said: str = ""
    schedule: str = ""
    inputs: tuple[tuple[str, Any], ...] = ()
    outputs: tuple[tuple[str, str], ...] = ()
    paths: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    rejects: tuple[str, ...] = ()
    cancelled: bool = False
    again: bool = False
    repository: str = ""

    def request(self) -> dict[str, Any]:
        """As the simulator reads it."""
        return {
            "workflow": self.workflow,
            "event": self.event,
            "ref": self.ref,
            "fork": self.fork,
            "action": self.action or None,
            "merged": self.merged,
            "conclusion": self.conclusion,
            "runEvent": self.run_event,
            "head": self.head or None,
            "said": self.said or None,
            "schedule": self.schedule or None,
            "inputs": dict(self.inputs),
            "outputs": dict(self.outputs),
            "paths": list(self.paths) or None,
            "faults": [fault.request() for fault in self.faults],
            "rejects": list(self.rejects),
            "cancelled": self.cancelled,
            "again": self.again,
            "repository": self.repository or None,
        }

    def words(self) -> str:
        """For messages: `push to main`, `pull request of a fork`."""
        name = self.ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
        inputs = ", ".join(f"{key}={value}" for key, value in self.inputs if value not in ("", False))
        return {
            "push": f"a push to {name}" if "tags" not in self.ref else f"the tag {name}",
            "pull_request": f"a pull request {'of a fork' if self.fork else 'of this repository'}"
            + (f" ({self.action})" if self.action == "closed" else ""),
            "pull_request_target": "a pull request of a fork (pull_request_target)",
            "workflow_run": f"a finished run ({self.conclusion}{', of a fork' if self.fork else ''})",
            "workflow_dispatch": f"a manual start on {name}" + (f" with {inputs}" if inputs else ""),
            "schedule": "the schedule",
            "release": "a published release",
        }.get(self.event, self.event)
