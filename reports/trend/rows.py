"""The nights of a trend as text: one row a night, and a sentence for each line."""

from __future__ import annotations

from collections.abc import Sequence

from reports.figures import interval, percent
from reports.trend.series import Night, Series

NOT_COMPARABLE = (
    "Where something else changed, the line is broken: the nights before and after are answers to different questions, and "
    "a jump between them says nothing about the model."
)
INTERVALS = (
    "Intervals are 95 %, «on work like this». Whether a night is worse than those before it is for `drydock regress`, "
    "which pairs the cases."
)
CHANGED = "changed since the night before"
_BARS = "▁▂▃▄▅▆▇█"


def cells(night: Night) -> dict[str, str]:
    """Heading -> text of one night."""
    point = night.point
    graded = str(point.expected) if point.graded == point.expected else f"{point.graded} of {point.expected}"
    return {
        "night (UTC)": f"{point.moment:%Y-%m-%d %H:%M}",
        "score": interval(point.score),
        "ship rate": percent(point.ship_rate),
        "cost": "unknown" if point.cost is None else f"${point.cost:.2f}",
        "graded": graded if point.status == "valid" else f"{graded}, {point.status}",
        CHANGED: said(night),
    }


def said(night: Night) -> str:
    """What changed, each kind of thing named once."""
    kinds = dict.fromkeys(change.what for change in night.changes)
    return "; ".join(
        f"{kind}: {', '.join(change.how for change in night.changes if change.what == kind)}"
        for kind in kinds
    )


def sentence(series: Series) -> str:
    """How many nights there are, and the last one beside those that it can be compared with."""
    first, last = series.nights[0], series.nights[-1]
    count = len(series.nights)
    span = f"{first.point.night} to {last.point.night}" if count > 1 else f"{first.point.night}"
    parts = [f"{series.name}: {count} {'night' if count == 1 else 'nights'}, {span}"]
    void = sum(night.point.hollow for night in series.nights)
    if void:
        parts.append(f"{void} of them {'counts' if void == 1 else 'count'} for nothing (more than 1 % void)")
    present = [night for night in series.nights if night.stretch == last.stretch]
    means = [n.point.score.mean for n in present if n.point.score is not None and not n.point.hollow]
    if not means:
        parts.append("no score under the present conditions")
    elif len(means) == 1:
        since = f" since {present[0].point.night} ({said(present[0])})" if last.stretch else ""
        parts.append(f"last score {100 * means[-1]:.1f} points; nothing to compare it with{since}")
    else:
        before = means[:-1]
        others = "the night" if len(before) == 1 else f"the {len(before)} nights"
        parts.append(
            f"last score {100 * means[-1]:.1f} points; {others} before it under the same conditions: "
            + (
                f"{100 * min(before):.1f}"
                if len(before) == 1
                else f"{100 * min(before):.1f} to {100 * max(before):.1f}"
            )
        )
    return "; ".join(parts) + "."


def sparkline(series: Series, everything: Sequence[Series]) -> str:
    """One character a night, low to high over all lines together: `·` no score, `○` invalid, `│` not comparable."""
    means = [night.point.score.mean for one in everything for night in one.nights if night.point.score]
    low, high = min(means, default=0.0), max(means, default=1.0)
    drawn = ""
    for night in series.nights:
        drawn += "│" if night.changes else ""
        score = night.point.score
        if score is None:
            drawn += "·"
        elif night.point.hollow:
            drawn += "○"
        else:
            share = (score.mean - low) / (high - low) if high > low else 0.5
            drawn += _BARS[min(len(_BARS) - 1, int(share * len(_BARS)))]
    return drawn
