"""Text of a stranger on a page: what can't be seen, or would turn or cut the text around it, is shown by its number."""

from __future__ import annotations

import re
from typing import Any, cast

# C0 and C1 controls, soft hyphen, marks and overrides of direction, line and paragraph separators, characters of no
# width (the joiners stay: scripts and emoji need them), halves of surrogate pairs, and the invisible tag characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    """The text with every unseen character as `⟨U+202E⟩`; tabs and line feeds stay. The result is valid Unicode."""
    return _UNSEEN.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)


def visible_line(text: str) -> str:
    """The same on one line, for names and commands."""
    return visible(text).replace("\n", "⟨U+000A⟩").replace("\t", "⟨U+0009⟩")


def visible_data(value: Any) -> Any:
    """JSON data with every string in it, keys too, made visible."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        table = cast("dict[Any, Any]", value)
        return {visible(str(key)): visible_data(item) for key, item in table.items()}
    if isinstance(value, list | tuple):
        return [visible_data(item) for item in cast("list[Any]", value)]
    return value
