"""Numbers or percentages (intstr.IntOrString), rounded as the API's own controllers round them.

Source: apimachinery `intstr.GetScaledValueFromIntOrPercent(value, total, roundUp)`. The disruption controller
(`disruption.go`, getExpectedPodCount) passes roundUp=true for minAvailable and for maxUnavailable alike.
"""

from __future__ import annotations

import re
from typing import Any

_PERCENT = re.compile(r"[0-9]{1,6}%")


def scaled(value: Any, total: int, *, round_up: bool) -> int | None:
    """How many of `total` a number (itself) or a percentage text ("25%") means; None when it is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _PERCENT.fullmatch(value):
        product = int(value[:-1]) * total
        return -(-product // 100) if round_up else product // 100
    return None
