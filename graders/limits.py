"""The linear scan that comes before any parser: an answer is a stranger's data.

The limits are part of the delivery contract (`docs/answers.md`), so a file outside them fails; it is no grader
error. They exist because some parsers crash on what they let through (segmentation faults of C parsers on deep
nesting, alias bombs), see `docs/scoring.md`.
"""

from __future__ import annotations

MAX_BYTES = 256 * 1024
MAX_LINE = 20_000
MAX_NESTING = 64
MAX_ALIASES = 500

_OPEN = frozenset("([{")
_CLOSE = frozenset(")]}")


class OutsideLimits(Exception):
    """The file breaks a stated limit. `line` is 1-based."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def check(text: str) -> None:
    """Scan `text` once; raise `OutsideLimits` at the first limit it breaks.

    Brackets are counted wherever they stand, strings and comments included: a parser's nesting never exceeds that
    count, and no honest file comes near the limit.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise OutsideLimits(1, f"the file is larger than {MAX_BYTES // 1024} kB")
    depth = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > MAX_LINE:
            raise OutsideLimits(number, f"the line is longer than {MAX_LINE} characters")
        for character in line:
            if character in _OPEN:
                depth += 1
                if depth > MAX_NESTING:
                    raise OutsideLimits(number, f"brackets are nested deeper than {MAX_NESTING}")
            elif character in _CLOSE and depth:
                depth -= 1
        if "\x00" in line:
            raise OutsideLimits(number, "the file holds a NUL character")
        if any("\ud800" <= character <= "\udfff" for character in line):
            raise OutsideLimits(number, "the file is not valid UTF-8")
