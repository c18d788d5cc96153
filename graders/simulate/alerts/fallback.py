"""What promtool makes of rules that the engine does not support, on a simulated incident.

promtool evaluates every rule at every time, so it gets no more of the history than the rules look back. Where its simulation
could differ from what Prometheus does, or takes too long, there is no verdict: `ToolFailed` says why.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from graders.bundle import ToolFailed
from graders.prometheus.promql import Subquery, walk
from graders.prometheus.rules_file import Entry, RulesFile
from graders.simulate.alerts import promtool_timeline
from graders.simulate.alerts.engine.ordering import order, reads, tasks
from graders.simulate.alerts.engine.series import Grid, Series
from graders.simulate.alerts.engine.templates import prints_value
from graders.simulate.alerts.engine.timeline import Alert, Timeline
from graders.simulate.alerts.engine.unsupported import Unsupported
from graders.simulate.alerts.expectations import HOUR
from graders.simulate.alerts.scenario import Scenario
from graders.simulate.alerts.service import DAY

MOST_SECONDS = 60.0
"""How long promtool may simulate for one answer, all scenarios together."""


@dataclass(slots=True)
class Fallback:
    """promtool for one answer's rules. `interval` is the server's, `history` as in `Setting`."""

    files: Sequence[tuple[str, RulesFile]]
    interval: float
    history: float
    _left: float = field(default=MOST_SECONDS)

    def run(self, scenario: Scenario, since: float) -> Timeline:
        """The alerts of a scenario from `since` (seconds of its grid) on, at its times. Raises ToolFailed."""
        interval = self._one_interval()
        self._refuse(interval)
        begin = needed_from(self.files, interval, self.history, since)
        if begin % scenario.grid.step_seconds:
            begin = 0.0  # samples would stand otherwise to the evaluations
        first = round(begin / scenario.grid.step_seconds)
        grid = Grid(0.0, scenario.grid.step_seconds, scenario.grid.count - first)
        series = [Series(each.labels, each.values[first:]) for each in scenario.series]
        seen = [each for each in series if not np.isnan(each.values).all()]
        found = self._simulated(seen, grid, interval)
        alerts = (
            _from(alert, scenario.grid.start + begin, scenario.grid.start + since) for alert in found.alerts
        )
        return replace(found, alerts=tuple(alerts))

    def _simulated(self, series: Sequence[Series], grid: Grid, interval: float) -> Timeline:
        if self._left < 1:
            raise ToolFailed(f"promtool has simulated for {MOST_SECONDS:g} s")
        began = time.monotonic()
        try:
            return promtool_timeline.run(self.files, series, grid, interval=interval, seconds=self._left)
        finally:
            self._left -= time.monotonic() - began

    @property
    def _entries(self) -> list[Entry]:
        return [entry for _, file in self.files for entry in file.entries()]

    def _one_interval(self) -> float:
        """The interval of all groups, since promtool has only one."""
        groups = [group for _, file in self.files for group in file.groups if group.entries]
        found = {group.interval or self.interval for group in groups}
        if len(found) > 1:
            raise ToolFailed("promtool knows one interval, and the groups have several")
        return found.pop() if found else self.interval

    def _refuse(self, interval: float) -> None:
        """Raises ToolFailed for what promtool simulates in another way than Prometheus."""
        if any(group.limits_or_delays for _, file in self.files for group in file.groups):
            raise ToolFailed("promtool does not know limit and query_offset of a group")
        if any(promtool_timeline.CLOCK.search(entry.text) for entry in self._entries):
            raise ToolFailed("promtool simulates from 1970 on, and the rules ask for the time")
        if interval != self.interval and any(
            isinstance(node, Subquery) and not node.step
            for entry in self._entries
            if entry.expr is not None
            for node in walk(entry.expr)
        ):
            raise ToolFailed(
                "promtool takes the groups' interval for the step of subqueries, not the server's"
            )
        # Each value would be an alert of its own, firing or not before the incident.
        if any(prints_value(text) for entry in self._entries for text in entry.labels.values()):
            raise ToolFailed("a label prints the value")


def needed_from(
    files: Sequence[tuple[str, RulesFile]], interval: float, history: float, since: float
) -> float:
    """From when on (seconds of a scenario's grid) all that matters for the alerts from `since` on is simulated, where every
    group is evaluated every `interval` seconds and the windows look back for `history`."""
    try:
        found = tasks(files, round(interval * 1000))
        order(found, reads(found))
    except Unsupported:
        return 0.0  # rules that read their own results remember everything
    alerts = [task.entry for task in found if task.entry.is_alert]
    warm_up = max((entry.hold + 2 * entry.keep_firing for entry in alerts), default=0.0)
    # Subqueries and evaluations stand at the same instants as with all of the history.
    subqueries = any(isinstance(node, Subquery) for task in found for node in walk(task.expr))
    unit = DAY if subqueries else HOUR
    if unit % interval:
        return 0.0
    return max(0.0, (since - history - warm_up - interval) // unit * unit)


def _from(alert: Alert, begin: float, since: float) -> Alert:
    """The alert at the scenario's times, without those before `since`."""
    times = alert.times + begin
    kept = times >= since
    return replace(alert, times=times[kept], state=alert.state[kept], other=alert.other[kept])
