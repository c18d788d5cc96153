"""What the engine can't say; promtool may be able to (promtool_timeline.py)."""

from __future__ import annotations


class Unsupported(Exception):
    """The rules use something that is not modelled. `line` is the rule's (0 where no rule is concerned)."""

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {what}" if line else what)
        self.what = what
        self.line = line
