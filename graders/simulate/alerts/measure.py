"""What the rules made of a scenario: who was told, when, how often, and when it ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from graders import trace
from graders.simulate.alerts.scenario import Scenario
from graders.simulate.alerts.traffic import Flags, Floats

Level = Literal["page", "ticket"]

# An alert that fires so long before the incident has nothing to do with it.
BEFORE = 600.0
# What is drawn of the time before it, and the earliest time of which anything is told.
SHOWN_BEFORE = 1800.0


@dataclass(frozen=True, slots=True)
class Firing:
    """One alert with one set of labels, as long as it fires: `flags` at each instant `seconds` of the grid. `file` and
    `line` are those of its rule. Where a label prints the value, `other` says when it becomes another alert."""

    alert: str
    level: Level
    file: str
    line: int
    seconds: Floats
    flags: Flags
    other: Flags


@dataclass(frozen=True, slots=True)
class Outcome:
    """A scenario with the alerts that fired in it."""

    scenario: Scenario
    firings: tuple[Firing, ...]

    def first(self, level: Level) -> float | None:
        """Seconds from the beginning of the incident to the first alert of this level that was not firing before."""
        starts = [self._onset(firing) for firing in self._of(level)]
        return min((start for start in starts if start is not None), default=None)

    def told(self) -> float | None:
        """The same for a page or a ticket, whichever comes first."""
        found = [start for start in (self.first("page"), self.first("ticket")) if start is not None]
        return min(found, default=None)

    def noise(self, *levels: Level) -> list[Firing]:
        """Alerts of these levels that fire at any time from shortly before the incident to the end of the simulation."""
        return [
            firing
            for firing in self.firings
            if firing.level in levels
            and bool(np.any(firing.flags & (firing.seconds >= self.scenario.start - BEFORE)))
        ]

    def began(self, level: Level) -> list[Firing]:
        """Alerts of this level that began to fire while the incident lasted."""
        lasted = self.scenario.end - self.scenario.start
        return [
            firing
            for firing in self._of(level)
            if (onset := self._onset(firing)) is not None and onset <= lasted
        ]

    def followed(self, level: Level) -> list[Firing]:
        """Alerts of this level that began to fire with the incident or at any time after it."""
        return [firing for firing in self._of(level) if self._onset(firing) is not None]

    def distinct(self, firing: Firing) -> int:
        """How many alerts, told apart by their labels, an alert is that began while the incident lasted."""
        lasted = (firing.seconds >= self.scenario.start) & (firing.seconds <= self.scenario.end)
        on = firing.flags & lasted
        goes_on = on[1:] & on[:-1]
        return 1 + int(np.count_nonzero(goes_on & firing.other[1:]))

    def clears_after(self, firing: Firing) -> float | None:
        """Seconds from the end of the incident until the alert stays silent; None when it fires to the end of all."""
        on = firing.seconds[firing.flags]
        if not len(on):
            return 0.0
        step = float(firing.seconds[1] - firing.seconds[0])
        last = float(on[-1])
        return None if last >= float(firing.seconds[-1]) else max(0.0, last + step - self.scenario.end)

    def _of(self, level: Level) -> Iterable[Firing]:
        return (firing for firing in self.firings if firing.level == level)

    def _onset(self, firing: Firing) -> float | None:
        before = (firing.seconds >= self.scenario.start - BEFORE) & (firing.seconds < self.scenario.start)
        if bool(np.any(firing.flags & before)):
            return None
        on = firing.seconds[firing.flags & (firing.seconds >= self.scenario.start)]
        return float(on[0]) - self.scenario.start if len(on) else None

    def timeline(self, due: float | None = None, level: str = "page") -> trace.Timeline:
        """For reports: the share of bad events, the incident, each page and ticket, and until when one was due."""
        scenario, grid = self.scenario, self.scenario.grid
        first = max(0, int((scenario.start - SHOWN_BEFORE) / grid.step_seconds))
        begin = first * grid.step_seconds
        spans = [trace.Span("incident", "incident", scenario.start - begin, scenario.end - begin)]
        if due is not None:
            spans.append(
                trace.Span(f"{level} due", "expected", scenario.start - begin, scenario.start - begin + due)
            )
        for firing in self.firings:
            for start, end in _stretches(firing):
                if end is None or end > begin:
                    spans.append(
                        trace.Span(
                            firing.alert,
                            firing.level,
                            max(0.0, start - begin),
                            None if end is None else end - begin,
                        )
                    )
        values = [float(value) for value in scenario.truth[first:]]
        return trace.timeline(scenario.title, grid.step_seconds, [(scenario.truth_name, values)], spans)


def _stretches(firing: Firing) -> list[tuple[float, float | None]]:
    """From when until when it fires; the last one may have no end."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], firing.flags, [False]]).astype(int)))
    times = firing.seconds
    return [
        (float(times[start]), float(times[end]) if end < len(times) else None)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]
