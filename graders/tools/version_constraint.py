"""Terraform's version constraints for providers: `>= 5.0, != 5.3.0`, `~> 5.80`.

The rules are those of Terraform's documentation, "Version Constraints": conditions joined by commas all hold;
`~>` lets only the rightmost component that is given grow.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

_CONDITION = re.compile(
    r"\s*(=|!=|>=|<=|>|<|~>)?\s*v?(\d+(?:\.\d+){0,2})(-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?\s*"
)
# A pre-release comes before its release.
_Version = tuple[int, int, int, int]
_COMPARE: dict[str, Callable[[_Version, _Version], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def allows(constraint: str, version: str) -> bool:
    """Whether `version` (a release, `5.100.0`) meets `constraint`; ValueError when that is no constraint."""
    given = _padded(version, None)
    return all(_holds(condition, given) for condition in constraint.split(","))


def _holds(condition: str, given: _Version) -> bool:
    match = _CONDITION.fullmatch(condition)
    if match is None:
        raise ValueError(f"no version constraint: {condition!r}")
    sign, number, prerelease = match[1] or "=", match[2], match[3]
    wanted = _padded(number, prerelease)
    if sign != "~>":
        return _COMPARE[sign](given, wanted)
    fixed = max(1, number.count("."))
    return given >= wanted and given[:fixed] == wanted[:fixed]


def _padded(number: str, prerelease: str | None) -> _Version:
    major, minor, patch = [*map(int, number.split(".")), 0, 0][:3]
    return major, minor, patch, -1 if prerelease else 0
