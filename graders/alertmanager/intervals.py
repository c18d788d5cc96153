"""Time intervals of Alertmanager: when a route is muted or active (Alertmanager's page «Configuration», time_interval)."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from graders.yaml_lines import Unparsable, YamlMap

_WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
_MONTHS = tuple(name.lower() for name in calendar.month_name)  # the first is empty, so January is 1

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """All given fields must hold; within a field any of its ranges. `times` are minutes of the day, the end excluded;
    the other ranges include both ends, weekdays count from Sunday, days below 0 from the month's end."""

    zone: tzinfo
    times: tuple[Range, ...] = ()
    weekdays: tuple[Range, ...] = ()
    days: tuple[Range, ...] = ()
    months: tuple[Range, ...] = ()
    years: tuple[Range, ...] = ()

    def holds(self, instant: datetime) -> bool:
        """Lies the instant (with a time zone) in this interval?"""
        here = instant.astimezone(self.zone)
        last = calendar.monthrange(here.year, here.month)[1]
        days = [(_from_end(first, last), min(_from_end(end, last), last)) for first, end in self.days]
        minute = here.hour * 60 + here.minute
        return (
            (not self.times or any(first <= minute < end for first, end in self.times))
            and _within(here.isoweekday() % 7, self.weekdays)
            and _within(here.day, days)
            and _within(here.month, self.months)
            and _within(here.year, self.years)
        )


def interval_of(node: YamlMap) -> TimeInterval:
    """One entry of `time_intervals`. Raises `Unparsable`."""
    times: list[Any] = node.get("times") or []
    try:
        zone = ZoneInfo(str(node.get("location") or "UTC"))
        return TimeInterval(
            zone,
            tuple((_minutes(one["start_time"]), _minutes(one["end_time"])) for one in times),
            _ranges(node.get("weekdays"), _WEEKDAYS),
            _ranges(node.get("days_of_month"), ()),
            _ranges(node.get("months"), _MONTHS),
            _ranges(node.get("years"), ()),
        )
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise Unparsable(node.line, f"no time interval: {error}") from None


def _ranges(entries: Any, names: Sequence[str]) -> tuple[Range, ...]:
    found: list[Range] = []
    written: list[Any] = entries or []
    for entry in written:
        first, _, end = str(entry).lower().partition(":")
        found.append((_number(first, names), _number(end or first, names)))
    return tuple(found)


def _number(text: str, names: Sequence[str]) -> int:
    word = text.strip()
    return names.index(word) if word in names else int(word)


def _minutes(text: Any) -> int:
    hours, minutes = str(text).split(":")
    return int(hours) * 60 + int(minutes)


def _from_end(day: int, last: int) -> int:
    return day if day > 0 else last + 1 + day


def _within(value: int, ranges: Sequence[Range]) -> bool:
    return not ranges or any(first <= value <= end for first, end in ranges)
