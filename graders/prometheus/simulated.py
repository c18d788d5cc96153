"""The alert rules of an answer on the simulated incidents of its case."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from graders import alertmanager
from graders.alertmanager.configuration import Configuration
from graders.artifact import Artifact
from graders.bundle import Bundle, ToolFailed
from graders.facts import Facts
from graders.prometheus import rules_file, windows
from graders.prometheus.promql import selectors
from graders.prometheus.reading import KIND, Reading
from graders.prometheus.rules_file import Entry, RulesFile
from graders.rule import Violation
from graders.simulate.alerts import scenarios
from graders.simulate.alerts.engine import rules as engine
from graders.simulate.alerts.engine.timeline import Timeline
from graders.simulate.alerts.engine.unsupported import Unsupported
from graders.simulate.alerts.fallback import Fallback
from graders.simulate.alerts.levels import Level, Levels, levels_of
from graders.simulate.alerts.measure import SHOWN_BEFORE, Firing, Outcome
from graders.simulate.alerts.scenario import Scenario, Setting
from graders.simulate.alerts.service import service_of
from graders.yaml_lines import Unparsable


@dataclass(slots=True)
class Simulation:
    """The rules of one answer, tried on a scenario when a rule first asks for it. `alerts` are all alerts with the
    level that their own labels give them, file and line; templates in labels are filled in only when they fire."""

    setting: Setting
    files: tuple[tuple[str, RulesFile], ...]
    levels: Levels
    alerts: tuple[tuple[str, Entry, Level | None], ...]
    _known: dict[str, Outcome] = field(default_factory=dict[str, Outcome])
    _fallback: Fallback = field(init=False)

    def __post_init__(self) -> None:
        self._fallback = Fallback(self.files, self.setting.service.evaluation, self.setting.history)

    def outcome(self, name: str) -> Outcome:
        """What happens in the scenario of this name. Raises `NotStated` where the case lacks a fact that it needs, and
        `ToolFailed` for rules that neither the engine nor promtool can simulate."""
        if name not in self._known:
            scenario = scenarios.SCENARIOS[name](self.setting)
            self._known[name] = Outcome(scenario, tuple(self._firings(scenario)))
        return self._known[name]

    def _firings(self, scenario: Scenario) -> Iterator[Firing]:
        grid = scenario.grid
        for alert in self._timeline(scenario).fired():
            level = self.levels.level(dict(alert.labels))
            if level is not None:
                seconds = alert.times - grid.start
                name, line = alert.entry.name, alert.entry.expr_line
                yield Firing(name, level, alert.file, line, seconds, alert.firing, alert.other)

    def _timeline(self, scenario: Scenario) -> Timeline:
        interval, since = self.setting.service.evaluation, scenario.start - SHOWN_BEFORE
        try:
            return engine.run(self.files, scenario.series, scenario.grid, interval=interval, since=since)
        except Unsupported as unsupported:
            try:
                return self._fallback.run(scenario, since)
            except ToolFailed as failed:
                raise ToolFailed(f"not simulated: {unsupported}; and not by promtool: {failed}") from None

    def has(self, level: Level) -> bool:
        """Is there any alert of this level?"""
        return any(found == level for _, _, found in self.alerts)

    def violation(
        self,
        message: str,
        outcome: Outcome,
        *,
        firing: Firing | None = None,
        due: float | None = None,
        level: Level = "page",
    ) -> Violation:
        """What went wrong in a scenario, at the alert that fired, or at the first alert that should have."""
        title = outcome.scenario.title
        trace = outcome.timeline(due, level)
        if firing is not None:
            return Violation(firing.file, firing.line, f"{firing.alert}: {message} ({title})", trace)
        ranked = sorted(self.alerts, key=lambda alert: alert[2] != level)
        file, line = (ranked[0][0], ranked[0][1].expr_line) if ranked else ("", None)
        return Violation(file, line, f"{message} ({title})", trace)


def minutes(seconds: float) -> str:
    """A span in words."""
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def simulation(bundle: Bundle, facts: Facts) -> Simulation:
    """The simulation of an answer's rule files (and of its Alertmanager tree, where it has one)."""
    artifacts = tuple(bundle.of(KIND, alertmanager.KIND))
    return _simulation(artifacts, json.dumps(facts.stated, sort_keys=True, default=str))


# Every rule of one answer asks in turn; the answers of a batch follow each other.
@lru_cache(maxsize=4)
def _simulation(artifacts: tuple[Artifact, ...], stated_json: str) -> Simulation:
    parsed = dict(_parsed(artifacts))
    stated: dict[str, Any] = json.loads(stated_json)
    reading = Reading(Bundle(artifacts, parsed=parsed), Facts(stated=stated))
    service = service_of(stated)
    levels = levels_of(stated, [one for one in parsed.values() if isinstance(one, Configuration)])
    alerts = list(reading.alerts())
    exprs = [alert.expr for alert in alerts]
    return Simulation(
        setting=Setting(service, windows.history(exprs), windows.step(exprs, service.scrape)),
        files=tuple(_needed(reading.files)),
        levels=levels,
        alerts=tuple(
            (alert.path, alert.entry, levels.level({"alertname": alert.entry.name, **alert.entry.labels}))
            for alert in alerts
        ),
    )


def _parsed(artifacts: Sequence[Artifact]) -> Iterator[tuple[str, Any]]:
    for artifact in artifacts:
        parse = rules_file.parse if artifact.kind == KIND else alertmanager.parse
        try:
            yield artifact.path, parse(artifact)
        except Unparsable:
            continue


def _needed(files: Sequence[tuple[str, RulesFile]]) -> Iterator[tuple[str, RulesFile]]:
    """The files without recordings that no alert reads: a budget over a month, kept for a dashboard, costs a month."""
    entries = [entry for _, file in files for entry in file.entries()]
    wanted = _names_read(entry for entry in entries if entry.is_alert)
    while True:
        more = wanted | _names_read(entry for entry in entries if not entry.is_alert and entry.name in wanted)
        if more == wanted:
            break
        wanted = more
    for path, file in files:
        groups = (
            replace(group, entries=tuple(e for e in group.entries if e.is_alert or wanted & {None, e.name}))
            for group in file.groups
        )
        yield path, replace(file, groups=tuple(groups))


def _names_read(entries: Iterable[Entry]) -> frozenset[str | None]:
    """The names of all series that these rules read, None for a selector without one."""
    return frozenset(
        selector.name for entry in entries if entry.expr is not None for selector in selectors(entry.expr)
    )
