"""Every run below a folder, in the order of nights."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harness.runs import RUN, RunError
from reports.trend.point import Point, read_point
from reports.trend.series import Series, series_of


@dataclass(frozen=True, slots=True)
class Trend:
    """`notes`: what was left out, and what is odd about what was not."""

    series: list[Series]
    notes: list[str]


def read_trend(place: Path, models: Sequence[str] = ()) -> Trend:
    """The trend of all runs below `place`, or of these models alone.

    What cannot be read is named in the notes. Raises `RunError` when nothing is left, or a model has no run here.
    """
    if not place.is_dir():
        raise RunError(f"{place}: there is no such folder; `ls runs` shows what is there")
    points: list[Point] = []
    notes: list[str] = []
    for file in sorted(place.rglob(RUN)):
        try:
            points.append(read_point(file.parent))
        except RunError as error:
            notes += [f"left out: {line}" for line in str(error).splitlines()]
    if not points:
        raise RunError("\n".join([f"{place}: there is no run in it or below that can be read", *notes]))
    points = _of_models(points, models, place)
    once, copies = _without_copies(points)
    notes += copies
    notes += _odd(once)
    return Trend(series_of(once), notes)


def _of_models(points: list[Point], models: Sequence[str], place: Path) -> list[Point]:
    known = sorted({point.model for point in points})
    for model in models:
        if model not in known:
            near = difflib.get_close_matches(model, known, n=3) or known[:5]
            raise RunError(f"{place}: has no run of the model {model!r}; there is {', '.join(near)}")
    return [point for point in points if not models or point.model in models]


def _without_copies(points: Sequence[Point]) -> tuple[list[Point], list[str]]:
    """A run that lies in several places is one night. Of its states the one with most grades counts."""
    by_run: dict[str, list[Point]] = {}
    for point in points:
        by_run.setdefault(_same_answers(point), []).append(point)
    kept: list[Point] = []
    notes: list[str] = []
    for copies in by_run.values():
        best = max(copies, key=lambda point: point.graded)
        kept.append(best)
        notes += [
            f"left out: {point.folder} is the same run as {best.folder}"
            + (f", with {point.graded} of its {best.graded} grades" if point.graded < best.graded else "")
            for point in copies
            if point is not best
        ]
    return kept, notes


def _same_answers(point: Point) -> str:
    about = point.about
    parts = [about[key] for key in ("started", "model", "persona", "contract", "seed", "samples")]
    return json.dumps([*parts, about["corpus"]["hash"]], sort_keys=True)


def _odd(points: Iterable[Point]) -> Iterable[str]:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    for point in points:
        if point.moment > tomorrow:
            yield (
                f"{point.folder}: says that it started at {point.moment:%Y-%m-%d %H:%M} UTC, which is still to come: "
                "a clock was wrong"
            )
        if point.status == "no grades":
            yield f"{point.folder}: has no graded sample, so this night has no score"
