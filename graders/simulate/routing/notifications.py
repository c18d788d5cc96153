"""What Alertmanager does with a set of firing alerts at an instant.

Semantics: Alertmanager's page «Configuration» (route, inhibit_rule, time_interval); routes agree with
`amtool config routes test` by test. Waiting, repeating and sending are not modelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from graders.alertmanager.configuration import Configuration, Destination, Inhibition, Route
from graders.alertmanager.matchers import all_match

Labels = Mapping[str, str]
State = Literal["notify", "muted", "inhibited"]

# An ordinary working hour, where a case gives no instant: Wednesday noon.
NOON = datetime(2026, 1, 7, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Notice:
    """One alert at one route: whether `receiver` hears of it, and in which group. `because` names the line of the
    inhibition or the time interval that keeps it quiet."""

    alert: Labels
    receiver: str
    line: int
    state: State
    group: tuple[tuple[str, str], ...]
    because: str = ""

    def trace(self) -> dict[str, Any]:
        """For reports: plain values."""
        return {
            "alert": dict(self.alert),
            "receiver": self.receiver,
            "line": self.line,
            "state": self.state,
            "because": self.because,
        }


def notices(configuration: Configuration, firing: Sequence[Labels], at: datetime = NOON) -> list[Notice]:
    """A notice for each alert and each route that takes it, in their order. All alerts of `firing` fire at once."""
    found: list[Notice] = []
    for alert in firing:
        blame = _inhibited(configuration.inhibitions, alert, firing)
        for route in routes_of(configuration.route, alert):
            muted = _muted(configuration, route, at)
            state: State = "inhibited" if blame else "muted" if muted else "notify"
            because = f"the inhibition in line {blame.line}" if blame else muted
            found.append(
                Notice(alert, route.receiver or "", route.line, state, _group(route, alert), because)
            )
    return found


def routes_of(node: Route, alert: Labels) -> list[Route]:
    """The routes that take an alert, receiver and grouping filled in from above.

    Depth first: the first child that matches wins, unless it says `continue`; then later siblings are asked too. Where
    no child matches the node itself takes the alert. Receiver and grouping are inherited, time intervals are not.
    """
    if not all_match(node.matchers, alert):
        return []
    taken: list[Route] = []
    for child in node.routes:
        whole = replace(
            child,
            receiver=child.receiver or node.receiver,
            group_by=node.group_by if child.group_by is None else child.group_by,
        )
        below = routes_of(whole, alert)
        taken += below
        if below and not child.goes_on:
            break
    return taken or [node]


def destinations(configuration: Configuration, notice: Notice) -> tuple[Destination, ...]:
    """Where a notice goes: nowhere when it is kept quiet or its receiver has no destination."""
    return configuration.receivers.get(notice.receiver, ()) if notice.state == "notify" else ()


def _inhibited(
    inhibitions: Sequence[Inhibition], alert: Labels, firing: Sequence[Labels]
) -> Inhibition | None:
    """The inhibition that keeps the alert quiet. A source that is itself muted or inhibited still inhibits; an alert
    that matches both sides is not inhibited by another one that does."""
    for inhibition in inhibitions:
        if not all_match(inhibition.target, alert):
            continue
        both = all_match(inhibition.source, alert)
        for source in _sources(inhibition, alert, firing):
            if not (both and all_match(inhibition.target, source)):
                return inhibition
    return None


def _sources(inhibition: Inhibition, alert: Labels, firing: Sequence[Labels]) -> Iterator[Labels]:
    """A label that is missing on both sides is equal."""
    for source in firing:
        if all_match(inhibition.source, source) and all(
            source.get(label, "") == alert.get(label, "") for label in inhibition.equal
        ):
            yield source


def _muted(configuration: Configuration, route: Route, at: datetime) -> str:
    """Why the route is quiet at this instant; empty when it is not."""

    def on(name: str) -> bool:
        return any(interval.holds(at) for interval in configuration.intervals.get(name, ()))

    muting = next((name for name in route.mute if on(name)), None)
    if muting is not None:
        return f"the interval {muting} mutes the route"
    if route.active and not any(on(name) for name in route.active):
        return f"the route is active only in {', '.join(route.active)}"
    return ""


def _group(route: Route, alert: Labels) -> tuple[tuple[str, str], ...]:
    labels = route.group_by or ()
    return (
        tuple(sorted(alert.items()))
        if "..." in labels
        else tuple((one, alert.get(one, "")) for one in sorted(labels))
    )
