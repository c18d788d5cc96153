"""Three answers: true, false, and None where the files or the case do not decide it (Kleene's logic)."""

from __future__ import annotations

from collections.abc import Iterable

Truth = bool | None


def both(parts: Iterable[Truth]) -> Truth:
    """False when any part is false, else unknown when any is, else true (also of nothing)."""
    answer: Truth = True
    for part in parts:
        if part is False:
            return False
        if part is None:
            answer = None
    return answer


def either(parts: Iterable[Truth]) -> Truth:
    """True when any part is true, else unknown when any is, else false (also of nothing)."""
    answer: Truth = False
    for part in parts:
        if part is True:
            return True
        if part is None:
            answer = None
    return answer


def negated(part: Truth) -> Truth:
    return None if part is None else not part
