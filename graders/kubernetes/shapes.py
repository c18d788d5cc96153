"""Parsed YAML may hold any type at any place: these give the wanted shape, or its empty form."""

from __future__ import annotations

from typing import Any, cast


def mapping(value: Any) -> dict[str, Any]:
    """`value` when it is a mapping, else an empty one."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """`value` when it is a list, else an empty one."""
    return cast("list[Any]", value) if isinstance(value, list) else []


def text(value: Any) -> str:
    """`value` when it is text, else ""."""
    return value if isinstance(value, str) else ""


def integer(value: Any) -> int | None:
    """`value` when it is a whole number (True is none), else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def labels(value: Any) -> dict[str, str]:
    """The entries of a label map that the API server would take: text to text."""
    return {key: item for key, item in mapping(value).items() if isinstance(item, str)}


def stated(value: Any) -> int | None:
    """A whole number that a case states, also as text (a placeholder filled in among other text)."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else integer(value)
