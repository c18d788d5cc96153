"""A position in the text of an HCL file, and the steps that every part of its grammar takes."""

from __future__ import annotations

import bisect
import re

from graders.yaml_lines import Unparsable

IDENTIFIER = re.compile(r"[^\W\d][\w-]*")
_SPACE = re.compile(r"(?:[ \t\r]|/\*.*?\*/)+", re.S)
_SPACE_LINES = re.compile(r"(?:[ \t\r\n]|/\*.*?\*/|(?:\#|//)[^\n]*)+", re.S)
_COMMENT = re.compile(r"(?:\#|//)[^\n]*")


class Scanner:
    """A position in a text that ends at `end`. `lines` says whether line ends are space (in brackets)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at: int = 0
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.end: int = len(text)

    def line(self, at: int | None = None) -> int:
        """The 1-based line of an offset (default: the present one)."""
        return bisect.bisect_right(self._line_starts, self.at if at is None else at)

    def fail(self, message: str) -> Unparsable:
        return Unparsable(self.line(), message)

    def space(self, lines: bool) -> None:
        """Skip blanks and comments; line ends and the comments that run to them only if `lines`."""
        pattern = _SPACE_LINES if lines else _SPACE
        match = pattern.match(self.text, self.at, self.end)
        if match:
            self.at = match.end()

    def line_comment(self) -> None:
        match = _COMMENT.match(self.text, self.at, self.end)
        if match:
            self.at = match.end()

    def take(self, token: str) -> bool:
        if self.text.startswith(token, self.at, self.end):
            self.at += len(token)
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.take(token):
            raise self.fail(f"expected {token!r}")

    def identifier(self) -> str | None:
        match = IDENTIFIER.match(self.text, self.at, self.end)
        if match is None:
            return None
        self.at = match.end()
        return match.group()
