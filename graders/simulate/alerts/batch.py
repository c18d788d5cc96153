"""A periodic job: its runs, good, failed, dropped or hanging, and the metrics that its scheduler keeps of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from graders.simulate.alerts.engine.series import Grid, Series
from graders.simulate.alerts.expectations import HOUR
from graders.simulate.alerts.scenario import MIDNIGHT, Scenario, Setting
from graders.simulate.alerts.service import DAY, Batch
from graders.simulate.alerts.traffic import Flags, Floats, catalogue_series

# The scheduler's counters are as old as its process.
_RUNS_BEFORE = 300
# Where a job does not run any more (a switched-off staging, a pause), its last success is so long ago.
_LONG_AGO = 5 * DAY


@dataclass(frozen=True, slots=True)
class _Run:
    """A run that falls due at `due` (seconds of the grid); a hanging one has no end."""

    due: float
    end: float
    good: bool


# The labels of a job, and its metrics' values.
_Job = tuple[Mapping[str, str], dict[str, Floats]]


def ordinary_runs(setting: Setting) -> Scenario:
    _, freshness = setting.batch
    length = max(2 * DAY, 6 * freshness.period_seconds)
    return _scenario(setting, "days on which every run succeeds", length, lambda run: run, tail=0.0)


def run_fails(setting: Setting) -> Scenario:
    """One run fails, the next one repairs it."""
    _, freshness = setting.batch
    first = _first_due(setting)
    return _scenario(
        setting,
        "one run fails, the next one succeeds",
        freshness.period_seconds,
        lambda run: _Run(run.due, run.end, good=run.due != first),
        tail=2 * freshness.period_seconds,
    )


def run_dropped(setting: Setting) -> Scenario:
    """One run is never started, the next one repairs it."""
    _, freshness = setting.batch
    first = _first_due(setting)
    return _scenario(
        setting,
        "one run is never started, the next one succeeds",
        freshness.period_seconds,
        lambda run: None if run.due == first else run,
        tail=2 * freshness.period_seconds,
    )


def runs_fail(setting: Setting) -> Scenario:
    """From now on every run fails."""
    _, freshness = setting.batch
    first = _first_due(setting)
    return _scenario(
        setting,
        "every run fails from now on",
        freshness.limit_seconds + freshness.period_seconds,
        lambda run: _Run(run.due, run.end, good=run.due < first),
        tail=0.0,
    )


def run_hangs(setting: Setting) -> Scenario:
    """A run starts and never ends; those that fall due meanwhile are dropped."""
    _, freshness = setting.batch
    first = _first_due(setting)

    def change(run: _Run) -> _Run | None:
        return run if run.due < first else _Run(run.due, math.inf, good=False) if run.due == first else None

    return _scenario(
        setting,
        "a run hangs, and no other is started",
        freshness.limit_seconds + freshness.period_seconds,
        change,
        tail=0.0,
    )


def runs_stop(setting: Setting) -> Scenario:
    """The schedule is lost: no run is started any more, so none fails."""
    _, freshness = setting.batch
    first = _first_due(setting)
    return _scenario(
        setting,
        "no run is started any more",
        freshness.limit_seconds + freshness.period_seconds,
        lambda run: run if run.due < first else None,
        tail=0.0,
    )


def leader_changes(setting: Setting) -> Scenario:
    """Another process exposes the metrics: gauges are restored, counters begin at 0."""
    title = "the scheduler's leader changes: gauges are restored, counters begin at 0 under another instance"
    return _scenario(setting, title, HOUR, lambda run: run, handed_over=True)


def metrics_gone(setting: Setting) -> Scenario:
    """Nothing is exposed any more."""
    _, freshness = setting.batch
    title = "the scheduler is gone: none of its series is left, `up` neither"
    length = freshness.limit_seconds + freshness.period_seconds
    return _scenario(setting, title, length, lambda run: run, gone=True, tail=0.0)


def _first_due(setting: Setting) -> float:
    """When the first run of the incident falls due."""
    _, freshness = setting.batch
    return math.ceil(setting.start / freshness.period_seconds) * freshness.period_seconds


def _scenario(
    setting: Setting,
    title: str,
    duration: float,
    change: Callable[[_Run], _Run | None],
    *,
    tail: float = 3 * HOUR,
    handed_over: bool = False,
    gone: bool = False,
) -> Scenario:
    """Runs at every multiple of the period, each as `change` makes it (None: it is never started)."""
    batch, freshness = setting.batch
    period, usual = freshness.period_seconds, freshness.usual_seconds
    start = _first_due(setting)
    count = math.ceil((start + duration + tail) / setting.step) + 1
    seconds = np.arange(count, dtype=np.float64) * setting.step
    runs = [run for plan in _planned(period, usual, seconds) if (run := change(plan)) is not None]
    before = seconds < start
    always = np.ones(count, bool)
    values = _values(batch, runs, seconds)
    jobs = [(batch.labels, values)]
    for other in batch.alongside:
        well = (
            list(_planned(other.period_seconds, other.usual_seconds, seconds))
            if other.period_seconds is not None
            else [_Run(-_LONG_AGO, other.usual_seconds - _LONG_AGO, True)]
        )
        jobs.append(({**batch.labels, **other.labels}, _values(batch, well, seconds)))
    series: list[Series] = []
    if gone:
        series += _exposed(setting, batch, "batchd-0", jobs, before, 0)
    elif handed_over:
        series += _exposed(setting, batch, "batchd-0", jobs, before, 0)
        series += _exposed(setting, batch, "batchd-1", jobs, ~before, int(np.argmin(before)))
    else:
        series += _exposed(setting, batch, "batchd-0", jobs, always, 0)
    for place in batch.beside:
        series += _switched_off(batch, {**batch.labels, **place, "instance": "elsewhere-0:8080"}, always)
    grid = Grid(MIDNIGHT, setting.step, count)
    age = seconds + MIDNIGHT - values[batch.last_success]
    return Scenario(
        title, grid, start, start + duration, age / freshness.limit_seconds, tuple(series), "age / promise"
    )


def _planned(period: float, usual: float, seconds: Floats) -> Iterator[_Run]:
    """The runs of a job that goes well, from one before the grid to its end."""
    for number in range(-1, int(seconds[-1] // period) + 1):
        yield _Run(number * period, number * period + usual, True)


def _values(batch: Batch, runs: list[_Run], seconds: Floats) -> dict[str, Floats]:
    """Each metric by its name (those of the runs' counter by their result) at each instant."""
    ended = [run for run in runs if run.end <= seconds[-1]]
    found = {batch.last_success: _last(seconds, [(run.end, run.end + MIDNIGHT) for run in ended if run.good])}
    if batch.last_start:
        found[batch.last_start] = _last(seconds, [(run.due, run.due + MIDNIGHT) for run in runs])
    if batch.running:
        going = np.zeros(len(seconds))
        for run in runs:
            going[(seconds >= run.due) & (seconds < run.end)] = 1
        found[batch.running] = going
    if batch.last_duration:
        found[batch.last_duration] = _last(seconds, [(run.end, run.end - run.due) for run in ended])
    for good in (True, False):
        ends = np.array([run.end for run in ended if run.good == good])
        found["good" if good else "bad"] = _RUNS_BEFORE + np.searchsorted(ends, seconds, "right").astype(
            float
        )
    return found


def _last(seconds: Floats, events: list[tuple[float, float]]) -> Floats:
    """At each instant the value of the last event (time, value)."""
    times, values = np.array([time for time, _ in events]), np.array([value for _, value in events])
    return values[np.maximum(np.searchsorted(times, seconds, "right") - 1, 0)]


def _exposed(
    setting: Setting, batch: Batch, name: str, jobs: list[_Job], seen: Flags, since: int
) -> list[Series]:
    """The series of one process of the scheduler, of each job's labels and values; its counters begin at step `since`."""
    instance = {"instance": f"{name}:8080"}
    found: list[Series] = []
    for own_labels, values in jobs:
        labels = {**own_labels, **instance}
        for metric, series in values.items():
            if metric in ("good", "bad"):
                continue
            found.append(_series(metric, labels, np.where(seen, series, np.nan)))
        if batch.runs:
            for result, own in (("good", batch.runs.good), ("bad", batch.runs.bad)):
                counted = values[result] - (values[result][since] if since else 0)
                found.append(_series(batch.runs.metric, {**labels, **own}, np.where(seen, counted, np.nan)))
    labels, values = {**batch.labels, **instance}, jobs[0][1]
    known = {*values, *([batch.runs.metric] if batch.runs else [])}
    found += catalogue_series(setting.service, known, labels, seen, setting.step)
    target = {key: labels[key] for key in batch.target if key in labels} | {"instance": labels["instance"]}
    found.append(_series("up", target, np.where(seen, 1.0, np.nan)))
    return found


def _switched_off(batch: Batch, labels: dict[str, str], seen: Flags) -> list[Series]:
    """A place where the scheduler still answers, but the job has not run for days."""
    old = np.full(len(seen), float(MIDNIGHT) - _LONG_AGO)
    zero = np.zeros(len(seen))
    names = {batch.last_success: old, batch.last_start: old, batch.running: zero, batch.last_duration: zero}
    found = [_series(name, labels, values) for name, values in names.items() if name]
    if batch.runs:
        found += [
            _series(batch.runs.metric, {**labels, **own}, zero) for own in (batch.runs.good, batch.runs.bad)
        ]
    return found


def _series(name: str, labels: dict[str, str], values: Floats) -> Series:
    return Series({"__name__": name, **labels}, values)
