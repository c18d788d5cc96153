"""What a case says of the service that its alerts watch: `slo`, `traffic` and `batch` of its facts.

facts:
  slo: {target: 99.9, window_days: 30}
  traffic:
    counts: requests                       # what the objective is about: requests (errors) or durations (slowness)
    labels: {job: shop, env: prod}         # of the series that count
    replica: pod                           # label, beside `instance`, that changes when a pod is replaced
    rate: {low: 40, high: 900}             # requests a second, at 02:00 and at 14:00
    split: {label: route, shares: {/cart: 0.7, /pay: 0.3}}
    requests: {metric: http_requests_total, good: {code: "200"}, bad: {code: "503"}}
    durations: {metric: http_request_duration_seconds, within: 0.25, labels: {code: "200"}}
    beside:                                # what does not count, and what it does all the time
      - {labels: {route: /healthz}, rate: 6}
      - {labels: {env: staging}, rate: 5, bad: 0.5}
  batch:
    labels: {job: batchd, env: prod, pipeline: export}
    last_success: batch_last_success_timestamp_seconds
    runs: {metric: batch_runs_total, good: {result: success}, bad: {result: failure}}
    beside: [{env: staging}]               # switched off for days
    alongside: [{labels: {pipeline: import}, period_seconds: 7200, usual_seconds: 900}]   # runs well, all the time
  freshness: {period_seconds: 3600, usual_seconds: 600, limit_seconds: 10800}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter

DAY = 86_400.0

Labels = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Objective:
    """A service level objective: `target` in percent over `window_days`."""

    target: float
    window_days: float = 30

    @property
    def budget(self) -> float:
        """The share of events that may be bad."""
        return 1 - self.target / 100

    @property
    def period(self) -> float:
        """The window in seconds."""
        return self.window_days * DAY


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second at the quietest (02:00) and the busiest time of the day (14:00)."""

    low: float
    high: float

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2


@dataclass(frozen=True, slots=True)
class Split:
    """How requests are spread over the values of a label; the shares sum to 1."""

    label: str
    shares: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Requests:
    """A counter of finished requests. `good` and `bad` are the labels by which it tells them apart."""

    metric: str
    good: Labels
    bad: Labels
    labels: Labels = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Durations:
    """A classic histogram of seconds. A request is good when it took at most `within`, one of the bounds."""

    metric: str
    within: float
    labels: Labels = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Beside:
    """Requests that the objective does not count: `labels` over those of the service, `bad` their share of bad ones."""

    labels: Labels
    rate: float
    bad: float = 0.0


@dataclass(frozen=True, slots=True)
class Traffic:
    """See the module. `lull` is the rate of quiet hours in which a single failure says nothing (0: there are none)."""

    counts: Literal["requests", "durations"]
    labels: Labels
    rate: Rate
    replica: str | None = None
    split: Split | None = None
    requests: Requests | None = None
    durations: Durations | None = None
    beside: tuple[Beside, ...] = ()
    lull: float = 0.0


@dataclass(frozen=True, slots=True)
class Runs:
    """A counter of finished runs, with the labels of good and failed ones."""

    metric: str
    good: Labels
    bad: Labels


@dataclass(frozen=True, slots=True)
class Freshness:
    """A run falls due every `period_seconds`, takes `usual_seconds`; data older than `limit_seconds` breaks the promise."""

    period_seconds: float
    usual_seconds: float
    limit_seconds: float


@dataclass(frozen=True, slots=True)
class Alongside:
    """Another job of the same scheduler: `labels` over those of the job and its own cadence, of which every run succeeds;
    without a cadence it has been paused for days, its metrics stand still."""

    labels: Labels
    period_seconds: float | None = None
    usual_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Batch:
    """A periodic job: the names of its metrics; those that a case does not have are None. `target` names the labels that
    belong to the scheduler itself, `beside` places (labels over its own) where it is switched off, `alongside` other jobs
    of the scheduler."""

    labels: Labels
    last_success: str
    last_start: str | None = None
    running: str | None = None
    last_duration: str | None = None
    runs: Runs | None = None
    target: tuple[str, ...] = ("job", "env")
    beside: tuple[Labels, ...] = ()
    alongside: tuple[Alongside, ...] = ()


@dataclass(frozen=True, slots=True)
class Other:
    """A further metric of the catalogue as it stands on an ordinary day: a gauge's value or a counter's growth a second."""

    name: str
    type: str
    labels: Labels
    usual: float
    buckets: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """All that a simulation needs of a case. `scrape` and `evaluation` are intervals in seconds."""

    objective: Objective | None
    traffic: Traffic | None
    batch: Batch | None
    freshness: Freshness | None
    others: tuple[Other, ...]
    buckets: Mapping[str, tuple[float, ...]]
    scrape: float
    evaluation: float


class NotStated(Exception):
    """The case asks a rule whose facts it does not state: a mistake of the case, never of the answer."""


def service_of(stated: Mapping[str, Any]) -> Service:
    """The service as the facts state it; raises pydantic's `ValidationError` for facts of another shape."""
    metrics: list[Mapping[str, Any]] = list(stated.get("metrics") or [])
    return Service(
        objective=_read(Objective, stated.get("slo")),
        traffic=_read(Traffic, stated.get("traffic")),
        batch=_read(Batch, stated.get("batch")),
        freshness=_read(Freshness, stated.get("freshness")),
        others=tuple(
            Other(
                name=str(metric["name"]),
                type=str(metric["type"]),
                labels=_read(dict[str, str], metric.get("example")) or {},
                usual=float(metric.get("usual") or 0.0),
                buckets=_bounds(metric),
            )
            for metric in metrics
        ),
        buckets={str(metric["name"]): _bounds(metric) for metric in metrics if metric.get("buckets")},
        scrape=float(stated.get("scrape_interval") or 30),
        evaluation=float(stated.get("evaluation_interval") or 60),
    )


def _bounds(metric: Mapping[str, Any]) -> tuple[float, ...]:
    return tuple(sorted(float(bound) for bound in metric.get("buckets") or ()))


def _read(form: Any, given: Any) -> Any:
    return None if given is None else TypeAdapter(form).validate_python(given)
