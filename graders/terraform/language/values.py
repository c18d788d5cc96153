"""What an expression is worth when only the files are known: a plain value, or what is not known and why.

Plain values are str, int, float, bool, None, list and dict with text keys; an `Unknown` may stand at any place
inside. A dict with the key `REST` has other keys that are not known.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

# Values larger than this are not followed: an answer may double a list in each of its locals.
MAX_NODES = 20_000
MAX_TEXT = 50_000
REST = "${…}"
# No honest value is nested deeper; functions that recurse into one rely on it.
MAX_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only an apply, the caller or the cloud decides. `about` names what it hangs on."""

    about: str = "a value that is not in the files"


# A list with this item has other items that are not known.
MORE = Unknown("more items, which the files do not decide")
# A key or an index that is not there: Terraform would stop, or `try` would go on.
MISSING = Unknown("missing")


@dataclass(frozen=True, slots=True)
class Partial:
    """Text of which some parts are unknown, in their order."""

    parts: tuple[str | Unknown, ...]


@dataclass(frozen=True, slots=True)
class Encoded:
    """The result of `jsonencode` or of a policy document: the text itself is not needed, the value is."""

    value: Any


def is_known(value: Any) -> bool:
    """Is there nothing unknown at any depth?"""
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Unknown | Partial):
            return False
        if isinstance(current, Encoded):
            waiting.append(current.value)
        elif isinstance(current, list):
            waiting.extend(cast(list[Any], current))
        elif isinstance(current, dict):
            waiting.extend(cast(dict[str, Any], current).values())
    return True


def bounded(value: Any) -> Any:
    """The value itself, or `Unknown` when it is larger than MAX_NODES, MAX_TEXT or MAX_DEPTH allow."""
    waiting: list[tuple[Any, int]] = [(value, 0)]
    nodes, size = 0, 0
    while waiting:
        current, depth = waiting.pop()
        nodes += 1
        if isinstance(current, str):
            size += len(current)
        elif isinstance(current, Partial):
            nodes += len(current.parts)
            size += sum(len(part) for part in current.parts if isinstance(part, str))
        elif isinstance(current, Encoded):
            waiting.append((current.value, depth + 1))
        elif isinstance(current, list):
            waiting.extend((item, depth + 1) for item in cast(list[Any], current))
        elif isinstance(current, dict):
            waiting.extend((item, depth + 1) for item in cast(dict[str, Any], current).values())
        if nodes + len(waiting) > MAX_NODES or size > MAX_TEXT * 4 or depth > MAX_DEPTH:
            return Unknown("a value too large to follow")
    return value


def as_list(value: Any) -> list[Any]:
    """The items of a list; anything else has none."""
    return cast(list[Any], value) if isinstance(value, list) else []


def as_map(value: Any) -> dict[str, Any]:
    """The entries of a map; anything else has none."""
    return cast(dict[str, Any], value) if isinstance(value, dict) else {}


def as_number(value: Any) -> float | None:
    """A number, also when written as text (Terraform converts), else None."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e15 else None
    if isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return None
        return number if abs(number) < 1e15 else None
    return None


def as_bool(value: Any) -> bool | None:
    """A boolean, also when written as text (Terraform converts), else None."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def as_text(value: Any) -> str | None:
    """Text, or what Terraform makes of a number or boolean; None for anything else or unknown."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if abs(value) >= 1e15:
            return str(value) if isinstance(value, float) or abs(value) < 10**100 else None
        return str(int(value)) if float(value).is_integer() else str(value)
    if isinstance(value, Encoded) and is_known(value.value):
        return json.dumps(plain(value.value), separators=(",", ":"))
    return None


def plain(value: Any) -> Any:
    """The value with each `Encoded` inside replaced by its text."""
    if isinstance(value, Encoded):
        return as_text(value)
    if isinstance(value, list):
        return [plain(item) for item in cast(list[Any], value)]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in cast(dict[str, Any], value).items()}
    return value


def joined(parts: list[Any]) -> Any:
    """Text made of these parts: str when all are known, else `Partial`; `Unknown` when it grows too long."""
    found: list[str | Unknown] = []
    for part in parts:
        text = as_text(part)
        if text is not None:
            found.append(text)
        elif isinstance(part, Partial):
            found.extend(part.parts)
        else:
            found.append(part if isinstance(part, Unknown) else Unknown())
    if len(found) > 500 or sum(len(part) for part in found if isinstance(part, str)) > MAX_TEXT:
        return Unknown("a text too long to follow")
    if all(isinstance(part, str) for part in found):
        return "".join(cast(list[str], found))
    return Partial(tuple(found))
