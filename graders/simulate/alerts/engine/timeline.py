"""What rules did over time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from graders.prometheus.rules_file import Entry
from graders.simulate.alerts.engine.alert_states import State, States
from graders.simulate.alerts.engine.labels import Labels
from graders.simulate.alerts.engine.series import Floats, Series, Truths


@dataclass(frozen=True, slots=True)
class Alert:
    """One alerting rule with one label set that was pending or firing at some time.

    `entry` is the rule (line, annotations) in `file`, `labels` those of the alert as Alertmanager gets them, with
    `alertname`. `state` (values of State) has one entry for each of `times` (seconds), the evaluations of its group, and so
    has `other`: whether its labels print another value than the time before, which makes it another alert.
    """

    file: str
    entry: Entry
    labels: Labels
    times: Floats
    state: States
    other: Truths

    @property
    def firing(self) -> Truths:
        """At which of `times` it fires."""
        return self.state == State.FIRING


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A rule whose query fails: what Prometheus says, and at which times (seconds). The rule then writes nothing, and its
    alerts stay what they were."""

    file: str
    entry: Entry
    message: str
    times: Floats


@dataclass(frozen=True, slots=True)
class Timeline:
    """`alerts` in the order of their rules; `ask` evaluates an expression at the scrapes of the grid, after all rules."""

    alerts: tuple[Alert, ...]
    breakdowns: tuple[Breakdown, ...]
    ask: Callable[[str], tuple[Series, ...]]

    def evaluate(self, expr: str) -> tuple[Series, ...]:
        """The values of `expr` at all scrapes of the grid, NaN where it has none; a number is one series without labels.

        Raises `promql.BadExpression` and Unsupported.
        """
        return self.ask(expr)

    def series(self, name: str) -> tuple[Series, ...]:
        """The series `name`, recorded or given, at all scrapes of the grid."""
        return self.ask(name)

    def fired(self) -> tuple[Alert, ...]:
        """The alerts that fire at any time."""
        return tuple(alert for alert in self.alerts if bool(np.any(alert.firing)))
