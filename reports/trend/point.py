"""One night of one model: its figures and the conditions under which they came about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from harness.runs import Row, RunError
from reports.regression.nights import read_night
from reports.statistics.intervals import Interval
from reports.status import Status, status_of


@dataclass(frozen=True, slots=True)
class Point:
    """`served` are the names under which the server said it answered. `hollow`: more than 1 % of the samples are void, the
    score decides nothing. `cost` is in US dollars, None where a price is unknown."""

    folder: Path
    about: Row
    moment: datetime
    status: Status
    hollow: bool
    score: Interval | None
    ship_rate: Interval | None
    cost: float | None
    expected: int
    graded: int
    served: frozenset[str]

    @property
    def model(self) -> str:
        return str(self.about["model"]["name"])

    @property
    def rotating(self) -> bool:
        """Its seed is the date of its night: the panel whose variants are other ones every night (docs/nightly.md)."""
        try:
            drawn = datetime.strptime(str(self.about["seed"]), "%Y%m%d").replace(tzinfo=UTC).date()
        except ValueError:
            return False
        return abs(drawn - self.night) <= timedelta(days=1)

    @property
    def night(self) -> date:
        return self.moment.date()

    @property
    def conditions(self) -> str:
        """Equal for two nights whose scores may be compared; on the rotating panel the seed is a condition of none."""
        about = self.about
        parts = [
            settings(about),
            about["persona"],
            about["corpus"]["hash"],
            about["contract"],
            "rotating" if self.rotating else about["seed"],
            about["grader"],
            about["without"],
        ]
        return json.dumps(parts, sort_keys=True)


def settings(about: Row) -> Row:
    """What the model was asked with. The address does not matter: a local server has another port every night."""
    return {key: value for key, value in about["model"].items() if key not in ("name", "api_base")}


def read_point(folder: Path) -> Point:
    """Raises `RunError` for what is no run, or does not say when it started."""
    try:
        night = read_night(folder)
        summary, about = night.summary, night.about
        point = Point(
            folder=folder,
            about=about,
            moment=_moment(night.started),
            status=status_of(summary),
            hollow=summary.invalid,
            score=summary.score,
            ship_rate=summary.ship_rate,
            cost=summary.cost if summary.answers else None,
            expected=summary.expected,
            graded=len(night.grades),
            served=frozenset(
                str(turn["model"]) for row in summary.answers for turn in row["turns"] if turn.get("model")
            ),
        )
        _ = point.model, point.conditions
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise RunError(f"{folder}: is no whole run ({type(error).__name__}: {error})") from None
    return point


def _moment(started: str) -> datetime:
    """In UTC; a time without a zone is taken as UTC. Raises `ValueError`."""
    moment = datetime.fromisoformat(started)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
