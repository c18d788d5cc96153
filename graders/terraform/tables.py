"""What the rules know of resource types, read from `types.toml` and `taggable_types.txt`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """One top-level table of `types.toml`."""
    text = Path(__file__).with_name("types.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)[name]


@cache
def taggable_types() -> frozenset[str]:
    """The resource types of the AWS provider that have a `tags` argument."""
    text = Path(__file__).with_name("taggable_types.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))
