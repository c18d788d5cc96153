"""Numbers as the reports of a comparison print them: points are score × 100."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.comparison.comparison import Difference, Entry
from reports.statistics.intervals import Interval


def counted(count: int, thing: str) -> str:
    """`1 case`, `16 cases`."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


def points(value: float) -> str:
    """`12`, or `0.4` below one point."""
    scaled = 100 * value
    return f"{scaled:.0f}" if abs(scaled) >= 0.95 or abs(scaled) < 0.05 else f"{scaled:.1f}"


def signed(value: float) -> str:
    """`+12` or `−12`."""
    text = points(abs(value))
    return text if text == "0" else f"{'+' if value > 0 else '−'}{text}"


def span(bounds: tuple[float, float] | None) -> str:
    """`−2 to +5`."""
    return "–" if bounds is None else f"{signed(bounds[0])} to {signed(bounds[1])}"


def p_value(p: float) -> str:
    """`0.012`, never rounded across 0.05."""
    return "<0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def amount(difference: Difference) -> str:
    """How far the one that is ahead is ahead: `6 ± 3 points`, or `6 points (2 to 14)` where the sides are not alike."""
    ahead = difference if difference.value >= 0 else turned(difference)
    low, high = ahead.like
    below, above = points(ahead.value - low), points(high - ahead.value)
    if below == above:
        return f"{points(ahead.value)} ± {above} points"
    return f"{points(ahead.value)} points ({points(low)} to {points(high)})"


def turned(difference: Difference) -> Difference:
    """The same difference as second − first."""
    again = difference.again
    return replace(
        difference,
        first=difference.second,
        second=difference.first,
        value=-difference.value,
        like=(-difference.like[1], -difference.like[0]),
        again=None if again is None else (-again[1], -again[0]),
    )


def interval(value: Interval | None) -> str:
    """`82 [76, 88]` in points."""
    return "–" if value is None else f"{points(value.mean)} [{points(value.low)}, {points(value.high)}]"


def rank(entry: Entry) -> str:
    """`1`, or `1–2` for a tie."""
    best, worst = entry.rank
    return str(best) if best == worst else f"{best}–{worst}"


def dollars(value: float | None) -> str:
    """`$12.30`, or `unknown`."""
    return "unknown" if value is None else f"${value:,.2f}"


def part(cheaper: float, dearer: float) -> str:
    """What the cheaper costs of the dearer: `a quarter`, `37 %`."""
    words = {1 / 2: "half", 1 / 3: "a third", 1 / 4: "a quarter", 1 / 5: "a fifth", 1 / 10: "a tenth"}
    share = cheaper / dearer
    for exact, word in words.items():
        if abs(share / exact - 1) < 0.06:
            return word
    return f"{share:.0%}".replace("%", " %") if share >= 0.01 else "less than 1 %"


def listed(names: Sequence[str]) -> str:
    """`a, b and c`."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
