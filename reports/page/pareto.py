"""Score against cost, with the front that no other entry beats in both."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from reports.comparison.comparison import Comparison
from reports.page.svg import COLOURS, draw
from reports.page.visible import visible_line

# Costs further apart than this are drawn on a logarithmic axis.
_WIDE = 20.0
_MOST_NAMES = 8


def pareto(comparison: Comparison) -> Markup | None:
    """The plot; None when fewer than two entries have both a score and a known cost above 0."""
    rows = [
        {
            # Where names would cover each other, the table below is the key to the numbers.
            "label": visible_line(entry.name)[:40] if len(comparison.entries) <= _MOST_NAMES else str(number),
            "score": 100 * entry.score.mean,
            "low": 100 * entry.score.low,
            "high": 100 * entry.score.high,
            "cost": entry.cost_per_1000,
            "front": entry.on_front,
        }
        for number, entry in enumerate(comparison.entries, start=1)
        if entry.score is not None and entry.cost_per_1000
    ]
    if len(rows) < 2:
        return None
    return draw(_chart(rows), "Score against cost of 1,000 tasks; the table below has the same numbers")


def _chart(rows: list[dict[str, Any]]) -> Any:
    import altair

    alt: Any = altair
    costs = [row["cost"] for row in rows]
    wide = max(costs) / min(costs) > _WIDE
    middle = (max(costs) * min(costs)) ** 0.5 if wide else max(costs) / 2
    rows = [row | {"right": row["cost"] > middle} for row in rows]
    scale = alt.Scale(type="log", nice=False, padding=30) if wide else alt.Scale(zero=True, nice=True)
    axis = alt.Axis(format="~g", tickCount=6, grid=not wide)
    cost = alt.X("cost:Q", title="US dollars for 1,000 tasks", scale=scale, axis=axis)
    score = alt.Y("score:Q", title="Score in points", scale=alt.Scale(zero=False, nice=True))
    base = alt.Chart(alt.Data(values=rows)).encode(x=cost)
    front = base.transform_filter("datum.front")
    others = base.transform_filter("!datum.front")
    line = front.mark_line(color=COLOURS["accent"], strokeWidth=1, interpolate="step-after").encode(
        y=score, order=alt.Order("cost:Q")
    )
    reach = base.mark_rule(color=COLOURS["muted"], strokeWidth=1).encode(
        y=alt.Y("low:Q", title="Score in points"), y2="high:Q"
    )
    best = front.mark_point(filled=True, size=70, opacity=1, color=COLOURS["accent"]).encode(y=score)
    rest = others.mark_point(
        filled=False, size=60, opacity=1, strokeWidth=1.5, color=COLOURS["muted"]
    ).encode(y=score)
    names = [
        base.transform_filter(where)
        .mark_text(align=align, dx=shift, dy=-8, color=COLOURS["ink"])
        .encode(y=score, text="label:N")
        for where, align, shift in (("!datum.right", "left", 8), ("datum.right", "right", -8))
    ]
    return alt.layer(reach, line, best, rest, *names).properties(width=660, height=300)
