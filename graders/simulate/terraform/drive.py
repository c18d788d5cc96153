"""One root folder: applied from nothing, planned again, and planned as the case's scenarios want it."""

from __future__ import annotations

import math
import re
import shutil
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from graders.artifact import Artifact
from graders.sandbox import WORK
from graders.simulate.terraform import layout, reading, state, worker
from graders.simulate.terraform.command import Result, Terraform
from graders.simulate.terraform.limits import judged, judged_import, limit
from graders.simulate.terraform.outcome import Diagnostic, Outcome, Plan, Root
from graders.simulate.terraform.scenario import Scenario, Wanted
from graders.simulate.terraform.sources import Sources, Values, has_backend, is_impure, read, values
from graders.simulate.terraform.state import Applied
from graders.simulate.terraform.workspace import DEFAULT
from graders.terraform.reading.configuration import Configuration
from graders.tools.locate import Installation

# What init finds wrong in a backend block, as opposed to a backend that is not there or gets the rest of its settings later.
_BACKEND_FAULT = re.compile(
    r"Variables not allowed|Unsupported (argument|block|backend)|Function calls not allowed|Invalid backend"
)

# How `plan -detailed-exitcode` says that there is something to do.
_CHANGES = 2


class Stopped(Exception):
    """A step did not succeed: `diagnostics` say why, or `limit` why that tells nothing."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...] = (), limit: str | None = None) -> None:
        super().__init__(limit or "; ".join(one.summary for one in diagnostics))
        self.diagnostics = diagnostics
        self.limit = limit


class Run:
    """The files of one root folder in a cloud of their own."""

    def __init__(
        self, found: Installation, work: Path, session: worker.Session, workspace: str | None
    ) -> None:
        self._terraform = Terraform(found, work, session.sockets, session.providers)
        self._session = session
        self._paths: dict[str, str] = {}
        self._workspace = workspace
        self._state = work
        self.work = work

    def place(self, sources: Sources, configuration: Configuration, values: Values) -> None:
        """Make these the files, in the place of earlier ones; the state stays."""
        self._folder = configuration.root.folder.path
        self._values = values
        self._paths = layout.lay_out(self.work, sources)
        if has_backend(configuration):
            # As delivered, since the override hides what is wrong with the block. Nothing is reached from the box.
            result = self._terraform.run(self._folder, "init", "-input=false", "-json")
            faults = [one for one in self._diagnostics(result) if _BACKEND_FAULT.match(one.summary)]
            if faults:
                raise Stopped(tuple(faults))
            shutil.rmtree(self.work / "data", ignore_errors=True)
        layout.override(self.work, self._folder, sources)
        if self._workspace not in (None, DEFAULT):
            self._state = layout.select(self.work, self._workspace)

    def init(self) -> None:
        self._succeed("init", "-input=false", "-json")

    def validate(self) -> None:
        self._succeed("validate", "-json")

    def plan(self, given: Mapping[str, Any]) -> Plan:
        """A plan with these values of variables."""
        self._plan(given)
        return reading.plan(self._terraform.show(self._folder, "plan"))

    def plan_again(self, given: Mapping[str, Any], *options: str) -> Plan:
        """The same over what is built; one that changes nothing has no document."""
        changes = self._plan(given, "-detailed-exitcode", *options).code == _CHANGES
        return reading.plan(self._terraform.show(self._folder, "plan") if changes else {})

    def _plan(self, given: Mapping[str, Any], *options: str) -> Result:
        file = layout.write_values(self.work, given)
        chosen = [f"-var-file={WORK}/answer/{self._values.file}"] if self._values.file else []
        out = f"-out={WORK}/plan"
        return self._succeed("plan", "-json", "-input=false", out, *chosen, f"-var-file={file}", *options)

    def apply(self) -> tuple[Applied, ...]:
        """Apply the last plan; the resources of the state."""
        self._succeed("apply", "-json", "-input=false", f"{WORK}/plan")
        return state.read(self._state)

    def executed(self) -> tuple[str, ...]:
        return self._terraform.executed()

    def _succeed(self, *command: str) -> Result:
        result = self._terraform.run(self._folder, *command)
        if result.code == 0 or (result.code == _CHANGES and "-detailed-exitcode" in command):
            return result
        reason = limit(result, self._values, evaluated=command[0] in ("plan", "apply"))
        if reason is None and (gaps := self._session.noted().gaps):
            reason = f"the provider asked AWS for {gaps[0][:200]}"
        raise Stopped(self._diagnostics(result), reason)

    def _diagnostics(self, result: Result) -> tuple[Diagnostic, ...]:
        return reading.diagnostics(result, self._folder, self._paths)


def simulate(terraform: Installation, sources: Sources, configuration: Configuration, wanted: Wanted) -> Root:
    """Everything about one root folder. Raises `Unproven` when the simulation itself breaks down."""
    known = values(configuration, wanted.variables, sources)
    found: dict[str, Any] = {
        "folder": configuration.root.folder.path,
        "variables": known.given,
        "guessed": known.guessed,
        "workspace": known.workspace,
    }
    with _run(terraform, sources.types, known.workspace) as (run, session):
        step = "init"
        try:
            run.place(sources, configuration, known)
            run.init()
            step = "plan"
            try:
                first = found["first"] = run.plan(known.given)
            except Stopped:
                # A plan validates, too: only one that fails leaves open which step it was.
                step = "validate"
                run.validate()
                step = "plan"
                raise
            step = "apply"
            found["state"] = run.apply()
        except Stopped as stopped:
            failed = None if stopped.limit else step
            return Root(**found, limit=stopped.limit, failed_at=failed, diagnostics=stopped.diagnostics)
        if is_impure(sources):
            _wait_for_next_second()
        found["second"] = judged(_outcome(run, known.given), session.noted(), sources)
        found["executed"] = run.executed()
        found["scenarios"] = {
            name: _scenario(run, session, first, known, scenario)
            for name, scenario in wanted.scenarios.items()
            if not scenario.before
        }
    for name, scenario in wanted.scenarios.items():
        if scenario.before:
            found["scenarios"][name] = _over(terraform, sources, configuration, known, wanted, scenario)
    return Root(**found)


def _wait_for_next_second() -> None:
    """Terraform's clock functions count whole seconds: two plans in the same one would agree about `timestamp()`."""
    now = time.time()
    time.sleep(math.ceil(now + 0.001) - now)


def _outcome(run: Run, given: Mapping[str, Any], *options: str) -> Outcome:
    try:
        return Outcome(run.plan_again(given, *options))
    except Stopped as stopped:
        return Outcome(None, stopped.diagnostics, stopped.limit)


def _scenario(run: Run, session: worker.Session, first: Plan, known: Values, scenario: Scenario) -> Outcome:
    asked = {*scenario.variables, *([scenario.remove_first] if scenario.remove_first else [])}
    unknown = sorted(asked - known.declared)
    if unknown:
        return Outcome(None, (Diagnostic("error", "No such variable", f"there is no variable {unknown[0]}"),))
    given = {**known.given, **scenario.variables}
    if scenario.remove_first:
        name = scenario.remove_first
        given[name] = _without_first(given.get(name, first.document["variables"][name].get("value")))
    session.drift(scenario.drift)
    try:
        return _outcome(run, given, *(["-destroy"] if scenario.destroy else []))
    finally:
        session.drift({})


def _over(
    terraform: Installation,
    sources: Sources,
    configuration: Configuration,
    known: Values,
    wanted: Wanted,
    scenario: Scenario,
) -> Outcome:
    """The answer planned over what the scenario's own files have built. They stand in the answer's root folder."""
    before = read([Artifact(path, "terraform", text) for path, text in scenario.before.items()])
    if len(before.configurations) != 1:
        return Outcome(limit="the case's prior files are not one root folder")
    with _run(terraform, sources.types | before.types, known.workspace) as (run, _):
        earlier = before.configurations[0]
        try:
            passed = values(earlier, wanted.variables, before)
            run.place(before, earlier, passed)
            run.init()
            run.plan(passed.given)
            built = run.apply()
        except Stopped as stopped:
            return Outcome(limit=f"the case's prior files cannot be applied: {stopped}")
        try:
            run.place(sources, configuration, known)
            run.init()
        except Stopped as stopped:
            return Outcome(None, stopped.diagnostics, stopped.limit)
        over = _outcome(run, known.given, *(["-destroy"] if scenario.destroy else []))
        return judged_import(over, built)


def _without_first(value: Any) -> Any:
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {key: member for key, member in members.items() if key != min(members)}
    return cast("list[Any]", value)[1:] if isinstance(value, list) else value


@contextmanager
def _run(
    terraform: Installation, types: frozenset[str], workspace: str | None
) -> Generator[tuple[Run, worker.Session]]:
    with (
        tempfile.TemporaryDirectory(prefix="terraform-", ignore_cleanup_errors=True) as work,
        worker.session({*types}) as session,
    ):
        yield Run(terraform, Path(work), session, workspace), session
