"""Text of a stranger on a terminal or in Markdown: nothing of it may steer either."""

from __future__ import annotations

import re

# C0 and C1 controls (escape sequences begin with them) and the characters that turn the direction of text.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#!|~$&])")


def for_terminal(text: str) -> str:
    """The text with control characters shown as escapes; line feeds and tabs stay."""
    return _STEERING.sub(lambda match: f"\\x{ord(match.group()):02x}", text)


def for_markdown(text: str) -> str:
    """One line of plain text inside Markdown: markup, HTML and table bars are escaped."""
    return _MARKDOWN.sub(r"\\\1", " ".join(for_terminal(text).split()))
