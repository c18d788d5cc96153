"""A scenario: what happens to the service and when, and the series that Prometheus gets of it.

Each scenario is a simulation of its own: an outage stays in a window of three days, and would spoil the next one. Before it
lies a healthy time as long as the longest window of the rules, so that all their windows are full.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from graders.simulate.alerts.engine.series import Grid, Series
from graders.simulate.alerts.expectations import HOUR
from graders.simulate.alerts.service import DAY, Batch, Freshness, NotStated, Objective, Service, Traffic
from graders.simulate.alerts.traffic import Flags, Floats, Pod, World, daily, series_of

# Monday 2026-01-05, midnight UTC. Incidents begin at ten in the morning.
MIDNIGHT = 1_767_571_200
_BEGIN_OF_WORK = 10 * HOUR
# On a good day a tenth of the budget is used.
_HEALTHY = 0.1
TAIL = 3 * HOUR
# Shares of the pods in the requests. More than two only where alerts are counted: each costs as much as the others.
PODS = (0.6, 0.4)
MORE_PODS = (0.5, 0.3, 0.2)


@dataclass(frozen=True, slots=True)
class Scenario:
    """`title` says what happens, `start` and `end` when, in seconds of the grid; `truth` is what reports draw of it at each
    instant (the share of bad events), `series` what Prometheus gets."""

    title: str
    grid: Grid
    start: float
    end: float
    truth: Floats
    series: tuple[Series, ...]
    truth_name: str = "share of bad events"


@dataclass(frozen=True, slots=True)
class Setting:
    """What the scenarios of one answer have in common: the service, seconds of history and between two samples."""

    service: Service
    history: float
    step: float

    @property
    def objective(self) -> Objective:
        if self.service.objective is None:
            raise NotStated("facts: slo is missing")
        return self.service.objective

    @property
    def traffic(self) -> Traffic:
        if self.service.traffic is None:
            raise NotStated("facts: traffic is missing")
        return self.service.traffic

    @property
    def is_batch(self) -> bool:
        """Is it a periodic job and no service with traffic?"""
        return self.service.batch is not None and self.service.traffic is None

    @property
    def batch(self) -> tuple[Batch, Freshness]:
        if self.service.batch is None or self.service.freshness is None:
            raise NotStated("facts: batch or freshness is missing")
        return self.service.batch, self.service.freshness

    @property
    def start(self) -> float:
        """When an incident begins: after the history, at ten in the morning."""
        return math.ceil(self.history / DAY) * DAY + _BEGIN_OF_WORK

    @property
    def evening(self) -> float:
        """When an incident begins outside office hours: at half past seven, when there are about as many requests as on
        average, so that the budget burns as fast as the ratio says."""
        return self.start + 9.5 * HOUR


def happening(
    setting: Setting,
    title: str,
    duration: float,
    change: Callable[[World, Flags], World],
    tail: float = TAIL,
    healthy: float = _HEALTHY,
    pods: tuple[float, ...] = PODS,
    start: float | None = None,
) -> Scenario:
    """A world that is well, with `change` applied to it; the flags say where the incident is."""
    traffic = setting.traffic
    start = setting.start if start is None else start
    duration = math.ceil(duration / setting.step) * setting.step
    count = math.ceil((start + duration + tail) / setting.step) + 1
    grid = Grid(MIDNIGHT, setting.step, count)
    seconds = np.arange(count, dtype=np.float64) * setting.step
    during = (seconds >= start) & (seconds < start + duration)
    always = np.ones(count, bool)
    world = World(
        step=setting.step,
        rate=daily(traffic.rate, seconds),
        bad=np.full(count, healthy * setting.objective.budget),
        pods=tuple(Pod(f"first-{number}", always * share, always) for number, share in enumerate(pods)),
        scraped=always,
        listed=always,
    )
    world = change(world, during)
    series = series_of(setting.service, traffic, world)
    return Scenario(title, grid, start, start + duration, _overall(world, traffic), tuple(series))


def _overall(world: World, traffic: Traffic) -> Floats:
    """The share of bad requests of the whole service."""
    shares = {**traffic.split.shares, **world.extra} if traffic.split else {"": 1.0}
    bad, everything = np.zeros(len(world.rate)), np.zeros(len(world.rate))
    for pod in world.pods:
        for part, share in shares.items():
            requests = pod.share * share * pod.alive
            own = pod.bad if pod.bad is not None else world.parts.get(part, world.bad)
            bad += requests * own
            everything += requests
    return np.where(
        (everything > 0) & (world.rate > 0), bad / np.where(everything > 0, everything, 1), np.nan
    )
