"""The series that a service exposes: counters and histograms of each pod, from the rate of requests and of bad ones.

Counters hold whole numbers, as real ones do: sums stay exact, and no rounding can look like a counter that has started
again. They are ten days old at the beginning, so that a rule that reads them raw cannot mistake them for rates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from graders.simulate.alerts.engine.series import Series
from graders.simulate.alerts.service import DAY, Beside, Durations, Labels, Rate, Requests, Service, Traffic

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_AGE = 10 * DAY
_BUSIEST = 14 * 3600.0
# What is not the subject of the objective is nearly always well.
_BACKGROUND = 0.0001
# Of good requests so many stay below the bounds under the threshold; of slow ones so many end within the bound above it.
_QUICK, _LITTLE_SLOW = 0.8, 0.5
# How long requests take on average, in multiples of the threshold.
_GOOD_MEAN, _SLOW_MEAN = 0.3, 2.0


@dataclass(frozen=True, slots=True)
class Pod:
    """One target. `share` is its part of the requests at each instant, `alive` when it exists, `young` says that its
    counters began with it; from step `restart` on they count from 0 again. `bad` is its own share of bad requests."""

    name: str
    share: Floats
    alive: Flags
    young: bool = False
    restart: int | None = None
    bad: Floats | None = None


@dataclass(frozen=True, slots=True)
class World:
    """One scenario, at each instant of the grid: requests a second, the share of bad ones (`parts`: that of single values of
    the split's label; `extra` adds values with a share of the requests), whether scrapes succeed, whether targets are
    known."""

    step: float
    rate: Floats
    bad: Floats
    pods: tuple[Pod, ...]
    scraped: Flags
    listed: Flags
    parts: Mapping[str, Floats] = field(default_factory=dict[str, Floats])
    extra: Mapping[str, float] = field(default_factory=dict[str, float])


def daily(rate: Rate, seconds: Floats) -> Floats:
    """Requests a second at instants given in seconds from midnight: a curve with its top in the early afternoon."""
    return rate.mean + (rate.high - rate.low) / 2 * np.cos(2 * np.pi * (seconds - _BUSIEST) / DAY)


def series_of(service: Service, traffic: Traffic, world: World) -> list[Series]:
    """Every series of the service in this world: requests, durations, `up`, other metrics of the catalogue."""
    known = {one.metric for one in (traffic.requests, traffic.durations) if one is not None}
    found: list[Series] = []
    for pod in world.pods:
        labels = _target(traffic, pod.name)
        seen = pod.alive & world.scraped
        found += _of_pod(service, traffic, world, pod, labels, seen)
        found.append(_up(traffic, labels, np.where(pod.alive & world.listed, seen * 1.0, np.nan)))
        found += catalogue_series(service, known, labels, seen, world.step)
    for place in traffic.beside:
        if _elsewhere(traffic, place):
            found += _of_place(service, traffic, world, place)
    return found


def _of_pod(
    service: Service, traffic: Traffic, world: World, pod: Pod, labels: Labels, seen: Flags
) -> Iterator[Series]:
    split = traffic.split
    for part, share in ({**split.shares, **world.extra} if split else {"": 1.0}).items():
        own = {**labels, split.label: part} if split else labels
        bad = pod.bad if pod.bad is not None else world.parts.get(part, world.bad)
        yield from _cell(service, traffic, world.step, own, world.rate * pod.share * share, bad, pod, seen)
    for place in traffic.beside:
        if not _elsewhere(traffic, place):
            bad = np.full(len(seen), place.bad)
            rate = place.rate * pod.share
            yield from _cell(service, traffic, world.step, {**labels, **place.labels}, rate, bad, pod, seen)


def _elsewhere(traffic: Traffic, place: Beside) -> bool:
    """Are these requests of other targets (staging), and not of the same pods (another route)?"""
    return any(name in traffic.labels for name in place.labels)


def _of_place(service: Service, traffic: Traffic, world: World, place: Beside) -> Iterator[Series]:
    """One target that lives and is scraped all the time."""
    always = np.ones(len(world.rate), bool)
    pod = Pod("elsewhere-0", always * 1.0, always)
    labels = {**_target(traffic, pod.name), **place.labels}
    split = {traffic.split.label: next(iter(traffic.split.shares))} if traffic.split else {}
    rate, bad = always * place.rate, always * place.bad
    yield from _cell(service, traffic, world.step, {**split, **labels}, rate, bad, pod, always)
    yield _up(traffic, labels, always * 1.0)


def _cell(
    service: Service,
    traffic: Traffic,
    step: float,
    labels: Labels,
    rate: Floats,
    bad: Floats,
    pod: Pod,
    seen: Flags,
) -> Iterator[Series]:
    """The series of the requests that share all labels: `rate` a second, of which the share `bad` is bad."""
    quiet = np.full(len(rate), _BACKGROUND)
    counter = _Counter(step, pod, seen)
    if traffic.requests is not None:
        failed = bad if traffic.counts == "requests" else quiet
        yield from _requests(traffic.requests, labels, rate, failed, counter)
    if traffic.durations is not None:
        slow = bad if traffic.counts == "durations" else quiet
        bounds = service.buckets[traffic.durations.metric]
        yield from _durations(traffic.durations, bounds, labels, rate, slow, counter)


def _requests(
    requests: Requests, labels: Labels, rate: Floats, failed: Floats, counter: _Counter
) -> Iterator[Series]:
    own = {**requests.labels, **labels}
    yield _series(requests.metric, {**own, **requests.good}, counter.of(rate * (1 - failed)))
    # A client library creates a counter's series with its first event: a new pod has none for errors at first.
    yield _series(requests.metric, {**own, **requests.bad}, counter.of(rate * failed, appears=True))


def _durations(
    durations: Durations,
    bounds: tuple[float, ...],
    labels: Labels,
    rate: Floats,
    slow: Floats,
    counter: _Counter,
) -> Iterator[Series]:
    own = {**durations.labels, **labels}
    above = [bound for bound in bounds if bound > durations.within]
    everything = counter.of(rate)
    shares = {
        bound: (1 - slow) * (_QUICK if bound < durations.within else 1.0)
        + slow * (0.0 if bound <= durations.within else _LITTLE_SLOW if bound == above[0] else 1.0)
        for bound in bounds
    }
    name = f"{durations.metric}_bucket"
    for bound, share in shares.items():
        yield _series(name, {**own, "le": f"{bound:g}"}, counter.of(rate * share))
    yield _series(name, {**own, "le": "+Inf"}, everything)
    yield _series(f"{durations.metric}_count", own, everything)
    mean = durations.within * (_GOOD_MEAN * (1 - slow) + _SLOW_MEAN * slow)
    yield _series(f"{durations.metric}_sum", own, counter.of(rate * mean, whole=False))


@dataclass(frozen=True, slots=True)
class _Counter:
    """Turns rates into the counters of one pod, as they are scraped."""

    step: float
    pod: Pod
    seen: Flags

    def of(self, rate: Floats, *, appears: bool = False, whole: bool = True) -> Floats:
        """The counter at each scrape; `appears` leaves it out until its first event, when the pod is young."""
        grown = np.cumsum(np.where(self.pod.alive, rate, 0.0)) * self.step
        if not self.pod.young:
            grown += _AGE * float(np.mean(rate))
        values = np.floor(grown) if whole else np.floor(grown * 1024) / 1024
        if self.pod.restart is not None:
            values[self.pod.restart :] -= values[self.pod.restart - 1]
        values[~self.seen] = np.nan
        if appears and self.pod.young:
            values[values == 0] = np.nan
        return values


def catalogue_series(
    service: Service, known: set[str], labels: Labels, seen: Flags, step: float
) -> Iterator[Series]:
    """Metrics of the catalogue that are no subject of the simulation (those not `known`), as on an ordinary day."""
    since = _AGE + np.arange(len(seen)) * step
    for metric in service.others:
        if metric.name not in known and metric.type in ("counter", "gauge"):
            grown = np.floor(since * metric.usual) if metric.type == "counter" else metric.usual
            yield _series(metric.name, {**labels, **metric.labels}, np.where(seen, grown, np.nan))


def _target(traffic: Traffic, name: str) -> dict[str, str]:
    replica = {traffic.replica: name} if traffic.replica else {}
    return {**traffic.labels, "instance": f"{name}:8080", **replica}


def _up(traffic: Traffic, labels: Labels, values: Floats) -> Series:
    """`up` has the labels of the target alone."""
    names = {"job", "instance", *traffic.labels, *([traffic.replica] if traffic.replica else [])}
    return _series("up", {name: value for name, value in labels.items() if name in names}, values)


def _series(name: str, labels: Labels, values: Floats) -> Series:
    return Series({"__name__": name, **labels}, values)
