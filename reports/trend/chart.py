"""The plot: a panel for each line, all on the same scales; line and interval band, broken where the conditions changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from reports.page.svg import COLOURS, themed
from reports.page.visible import visible_line
from reports.trend.series import Night, Series

_WIDTH, _HEIGHT = 660, 130
_LONGEST = 60
_DAYS_NAMED = 10
# Labels of marks stand in two rows; one that has room in neither shows that there is a mark, and the table says which.
_LABEL_ROWS = 2
_CHARACTER, _GAP = 6.0, 8.0


def draw(series: Sequence[Series]) -> str:
    """SVG in the marker colours of `reports.page.svg.COLOURS`. Uses no network and starts no browser."""
    import altair
    import vl_convert

    alt: Any = altair
    x = _time(alt, series)
    y = _score(alt, series)
    panels = [_panel(alt, one, x, y, last=one is series[-1]) for one in series]
    key = alt.TitleParams(_key(series), fontSize=11, fontWeight="normal", color=COLOURS["muted"], offset=14)
    chart = themed(alt.vconcat(*panels, spacing=22, title=key)).configure_title(
        color=COLOURS["ink"], fontSize=12, fontWeight=600, anchor="start", offset=22
    )
    return vl_convert.vegalite_to_svg(chart.to_dict())


def _key(series: Sequence[Series]) -> str:
    nights = [night for one in series for night in one.nights]
    parts = ["Score in points with its 95 % interval."]
    if any(night.changes for night in nights):
        parts.append("Dashed: more than the model changed, the two sides are not comparable.")
    if any(night.point.hollow for night in nights):
        parts.append("Hollow: invalid.")
    return " ".join(parts)


def _time(alt: Any, series: Sequence[Series]) -> Any:
    """The bounds of whole days (UTC) in milliseconds, the scale, and the days that are named."""
    days = [night.point.night for one in series for night in one.nights]
    first, count = min(days), (max(days) - min(days)).days + 1
    midnights = [datetime.combine(first + timedelta(days=n), time(), UTC) for n in range(count + 1)]
    domain = [_milliseconds(midnights[0]), _milliseconds(midnights[-1])]
    named = [_milliseconds(midnight) for midnight in midnights[:: -(-count // _DAYS_NAMED)]]
    return domain, alt.Scale(type="utc", domain=domain, nice=False, padding=12), named


def _score(alt: Any, series: Sequence[Series]) -> Any:
    bounds = [
        100 * bound
        for one in series
        for night in one.nights
        if (score := night.point.score) is not None
        for bound in (score.low, score.high)
    ]
    return alt.Scale(domain=[min(bounds, default=0.0), max(bounds, default=100.0)], nice=True, zero=False)


def _panel(alt: Any, series: Series, nights: Any, scale: Any, last: bool) -> Any:
    domain, time_scale, named = nights
    axis = alt.Axis(format="%-d %b", values=named, labels=last, ticks=last, grid=False, labelOverlap=True)
    x = alt.X("t:T", title=None, scale=time_scale, axis=axis)
    y = alt.Y("score:Q", title="points", scale=scale, axis=alt.Axis(tickCount=4))
    rows = [row for night in series.nights if (row := _row(night, series)) is not None]
    layers: list[Any] = []
    if rows:
        base = alt.Chart(alt.Data(values=rows)).encode(x=x)
        joined, alone = base.transform_filter("datum.line"), base.transform_filter("!datum.line")
        full, hollow = base.transform_filter("!datum.hollow"), base.transform_filter("datum.hollow")
        low = alt.Y("low:Q", title="points", scale=scale)
        colour = COLOURS["accent"]
        layers += [
            joined.mark_area(color=colour, fillOpacity=0.16).encode(y=low, y2="high:Q", detail="stretch:N"),
            alone.mark_rule(color=colour, strokeWidth=1).encode(y=low, y2="high:Q"),
            joined.mark_line(color=colour, strokeWidth=1.6).encode(y=y, detail="stretch:N"),
            full.mark_point(filled=True, size=34, opacity=1, color=colour).encode(y=y),
            hollow.mark_point(filled=False, size=44, opacity=1, strokeWidth=1.4, color=colour).encode(y=y),
        ]
    marks = _marks(series, domain)
    if marks:
        base = alt.Chart(alt.Data(values=marks)).encode(x=x)
        layers.append(base.mark_rule(color=COLOURS["muted"], strokeWidth=1, strokeDash=[4, 3]))
        layers += [
            base.transform_filter(f"datum.row == {row}")
            .mark_text(align="left", dx=-3, dy=-7 - 13 * row, fontSize=11, color=COLOURS["muted"])
            .encode(y=alt.value(0), text="label:N")
            for row in range(_LABEL_ROWS)
        ]
    none = [{"t": _milliseconds(night.point.moment)} for night in series.nights if night.point.score is None]
    if none:
        layers.append(
            alt.Chart(alt.Data(values=none))
            .mark_text(text="no score", fontSize=10, color=COLOURS["muted"], dy=-6)
            .encode(x=x, y=alt.value(_HEIGHT))
        )
    title = visible_line(series.name)
    title = title if len(title) <= _LONGEST else title[: _LONGEST - 1] + "…"
    return alt.layer(*layers).properties(width=_WIDTH, height=_HEIGHT, title=title)


def _row(night: Night, series: Series) -> dict[str, Any] | None:
    point = night.point
    if point.score is None:
        return None
    neighbours = [
        other
        for other in series.nights
        if other.stretch == night.stretch and not other.point.hollow and other.point.score is not None
    ]
    return {
        "t": _milliseconds(point.moment),
        "score": 100 * point.score.mean,
        "low": 100 * point.score.low,
        "high": 100 * point.score.high,
        "stretch": night.stretch,
        "hollow": point.hollow,
        # On the rotating panel each night asks other variants: points, no line.
        "line": not point.hollow and len(neighbours) > 1 and not point.rotating,
    }


def _marks(series: Series, domain: Sequence[float]) -> list[dict[str, Any]]:
    """Half way between the two nights, with what changed; the labels placed so that none covers another."""
    found: list[dict[str, Any]] = []
    for before, after in zip(series.nights, series.nights[1:], strict=False):
        if after.changes:
            middle = before.point.moment + (after.point.moment - before.point.moment) / 2
            kinds = dict.fromkeys(change.what for change in after.changes)
            found.append({"t": _milliseconds(middle), "label": ", ".join(kinds)})
    ends = [float("-inf")] * _LABEL_ROWS
    for mark in found:
        left = (mark["t"] - domain[0]) / (domain[1] - domain[0]) * _WIDTH
        free = [row for row, end in enumerate(ends) if end + _GAP <= left]
        if free:
            ends[free[0]] = left + _CHARACTER * len(mark["label"])
        mark.update({"row": free[0]} if free else {"row": 0, "label": ""})
    return found


def _milliseconds(moment: datetime) -> float:
    return moment.timestamp() * 1000
