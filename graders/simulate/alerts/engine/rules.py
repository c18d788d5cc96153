"""Runs recording and alerting rules over simulated series, each rule over its whole timeline at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from graders.prometheus import promql
from graders.prometheus.rules_file import RulesFile
from graders.simulate.alerts.engine.alert_states import State, States, others, restless_states, states
from graders.simulate.alerts.engine.beginnings import beginnings, settled, warm_up
from graders.simulate.alerts.engine.evaluation import Evaluator, Server
from graders.simulate.alerts.engine.failures import failed, united
from graders.simulate.alerts.engine.labels import NAME, Labels, canonical, drop
from graders.simulate.alerts.engine.ordering import ALERTS, ALERTS_FOR_STATE, Task, order, reads, tasks
from graders.simulate.alerts.engine.series import Floats, Grid, Integers, Series, Truths
from graders.simulate.alerts.engine.storage import Block, Storage, milliseconds
from graders.simulate.alerts.engine.templates import expanded, prints_value
from graders.simulate.alerts.engine.timeline import Alert, Breakdown, Timeline
from graders.simulate.alerts.engine.unsupported import Unsupported
from graders.simulate.alerts.engine.vector import Scalar, Vector, always

_SAME_AFTER = "vector contains metrics with the same labelset after applying rule labels"


def run(
    files: Sequence[tuple[str, RulesFile]],
    series: Sequence[Series],
    grid: Grid,
    *,
    interval: float = 60.0,
    left_open: bool = False,
    since: float | None = None,
) -> Timeline:
    """What the rules of `files` (path and parsed file, as `Reading.files`) do over the time of `grid`.

    With `since` (seconds of the grid) only alerts from then on are asked, and no rule is evaluated before it matters for
    them; `ask` and the breakdowns then tell of these evaluations alone.

    A group without an interval is evaluated every `interval` seconds, from the grid's start on. `left_open`: windows as
    from Prometheus 3. Raises Unsupported for what is not modelled; promtool may then know (promtool_timeline.py).
    """
    found = tasks(files, milliseconds(interval))
    needs = reads(found)
    ordered = order(found, needs)
    all_of_it = [-math.inf] * len(found)

    def evaluated(first: Sequence[float]) -> Timeline:
        return _timeline(found, needs, ordered, first, series, grid, milliseconds(interval), left_open)

    if since is None:
        return evaluated(all_of_it)
    first = beginnings(found, ordered, milliseconds(grid.start + since), milliseconds(interval))
    try:
        return evaluated(first)
    except _Unsettled:
        return evaluated(all_of_it)


class _Unsettled(Exception):
    """What an alert does from some time on hangs on what it did before its first evaluation."""


def _timeline(
    found: Sequence[Task],
    needs: Sequence[set[int]],
    ordered: Sequence[int],
    first: Sequence[float],
    series: Sequence[Series],
    grid: Grid,
    interval: int,
    left_open: bool,
) -> Timeline:
    """Each task evaluated from its `first` time on. Raises `_Unsettled`."""
    storage = Storage([_scraped(series, grid)])
    server = Server(storage, interval, left_open)
    evaluators: dict[tuple[int, int], Evaluator] = {}
    alerts: dict[int, list[Alert]] = {}
    breakdowns: dict[int, list[Breakdown]] = {}
    for position in ordered:
        task = found[position]
        times = _evaluations(grid, task.interval, first[position])
        key = (task.interval, len(times))
        if key not in evaluators:
            evaluators[key] = Evaluator(server, times)
        evaluator = evaluators[key]
        if any(other >= position for other in needs[position]):
            evaluator = evaluator.read_by(position)
        try:
            outcome = _Outcome(task, position, evaluator)
        except Unsupported as unsupported:
            raise Unsupported(unsupported.what, unsupported.line or task.entry.expr_line) from None
        cut_short = times[0] > milliseconds(grid.start)
        if cut_short and not outcome.settled(first[position] + warm_up(task.entry, task.interval)):
            raise _Unsettled
        for block in outcome.blocks:
            storage.add(block)
        alerts[position], breakdowns[position] = outcome.alerts, outcome.breakdowns

    def ask(text: str) -> tuple[Series, ...]:
        value, failures = Evaluator(server, grid.milliseconds).evaluate(promql.parse(text))
        vector = always(value.values) if isinstance(value, Scalar) else value
        there = vector.present & ~failed(failures, grid.count)
        values = np.where(there, vector.values, np.nan)
        return tuple(Series(dict(labels), row) for labels, row in zip(vector.labels, values, strict=True))

    return Timeline(
        tuple(alert for position in sorted(alerts) for alert in alerts[position]),
        tuple(breakdown for position in sorted(breakdowns) for breakdown in breakdowns[position]),
        ask,
    )


def _scraped(series: Sequence[Series], grid: Grid) -> Block:
    if not series:
        return Block((), grid.milliseconds, np.zeros((0, grid.count)), np.zeros((0, grid.count), bool))
    values = np.array([each.values for each in series], np.float64)
    labels = [canonical(each.labels) for each in series]
    if len(set(labels)) != len(labels):
        raise ValueError("two series of the simulation have the same labels")
    return Block(labels, grid.milliseconds, values, ~np.isnan(values))


def _evaluations(grid: Grid, interval: int, first: float) -> Integers:
    """The times of evaluation from `first` (milliseconds) on; two at least, where there are as many."""
    start, end = milliseconds(grid.start), milliseconds(grid.end)
    times = np.arange(start, end + 1, interval, dtype=np.int64)
    return times[min(int(np.searchsorted(times, first)), max(0, len(times) - 2)) :]


class _Outcome:
    """What one rule writes, and the states of its alerts."""

    def __init__(self, task: Task, position: int, evaluator: Evaluator) -> None:
        self.blocks: list[Block] = []
        self.alerts: list[Alert] = []
        self._task = task
        self._position = position
        self._active: tuple[Integers, Truths] | None = None
        value, failures = evaluator.evaluate(task.expr)
        failures = list(failures)
        vector = always(value.values) if isinstance(value, Scalar) else value
        labels = tuple(self._labels(each) for each in vector.labels)
        vector = united(Vector(labels, vector.values, vector.present), failures, _SAME_AFTER).seen()
        times = evaluator.times
        self.breakdowns = [
            Breakdown(task.file, task.entry, failure.message, times[failure.when] / 1000)
            for failure in failures
        ]
        # A failed evaluation writes nothing, not even a staleness marker.
        worked = ~failed(failures, len(times))
        vector = Vector(vector.labels, vector.values[:, worked], vector.present[:, worked])
        if not task.entry.is_alert:
            self._write(task.entry.name, vector.labels, times[worked], vector)
        elif worked.any():
            self._alert(vector, times, times[worked], np.maximum(np.cumsum(worked) - 1, 0))

    def settled(self, by: float) -> bool:
        """Whether none of its alerts hangs, at that time (milliseconds), on what was before the first evaluation."""
        if self._active is None:
            return True
        worked, present = self._active
        return all(settled(there, worked, self._task.entry, by) for there in present)

    def _labels(self, labels: Labels) -> Labels:
        entry = self._task.entry
        if not entry.is_alert:
            return canonical({**dict(drop(labels)), **entry.labels})
        given = {name: expanded(text, labels) for name, text in entry.labels.items()}
        return canonical({**dict(drop(labels)), **given, "alertname": entry.name})

    def _alert(self, vector: Vector, times: Integers, worked: Integers, latest: Integers) -> None:
        """`worked` are the evaluations that did, `latest` says which of them is the newest one at each of `times`."""
        entry = self._task.entry
        self._active = (worked, vector.present)
        hold, keep = milliseconds(entry.hold), milliseconds(entry.keep_firing)
        if any(map(prints_value, entry.labels.values())):
            rows = list(zip(vector.present, vector.values, strict=True))
            histories = [restless_states(there, values, worked, hold, keep) for there, values in rows]
            changes = [others(there, values) for there, values in rows]
        else:
            histories = [states(there, worked, hold, keep) for there in vector.present]
            changes = [np.zeros(len(worked), bool) for _ in histories]
        evaluated = np.isin(times, worked, assume_unique=True)
        for labels, state, other in zip(vector.labels, histories, changes, strict=True):
            self.alerts.append(
                Alert(self._task.file, entry, labels, times / 1000, state[latest], other[latest] & evaluated)
            )
        if not histories:
            return
        table = np.array(histories)
        ones = np.ones(table.shape)
        for state, word in ((State.PENDING, "pending"), (State.FIRING, "firing")):
            rows = [canonical({**dict(labels), "alertstate": word}) for labels in vector.labels]
            self._write(ALERTS, rows, worked, Vector(tuple(rows), ones, table == state))
        self._write(
            ALERTS_FOR_STATE, vector.labels, worked, Vector(vector.labels, _since(table, worked), table > 0)
        )

    def _write(self, name: str, labels: Sequence[Labels], times: Integers, vector: Vector) -> None:
        rows = [canonical({**dict(each), NAME: name}) for each in labels]
        self.blocks.append(Block(rows, times, vector.values, vector.present, self._position))


def _since(table: States, times: Integers) -> Floats:
    """Since when (seconds) each alert has been pending or firing, shape as `table`."""
    active = table > 0
    begins = active & ~np.concatenate([np.zeros((len(active), 1), bool), active[:, :-1]], axis=1)
    return np.maximum.accumulate(np.where(begins, times / 1000, -np.inf), axis=1)
