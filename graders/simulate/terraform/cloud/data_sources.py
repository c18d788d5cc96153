"""What data sources find (data_sources.toml)."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

_TABLES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("data_sources.toml").read_text())
PURE: frozenset[str] = frozenset(_TABLES["pure"])
"""Computed by the provider alone, so that nothing is invented."""
FOUND: dict[str, dict[str, str | list[str]]] = _TABLES["found"]
"""Attributes by type, in the notation of the file."""
