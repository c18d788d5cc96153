"""How a line of the terminal view is meant, whatever colours show it."""

from __future__ import annotations

from typing import Literal

Style = Literal["text", "note", "turn", "error", "pass", "quiet"]
Line = tuple[Style, str]
