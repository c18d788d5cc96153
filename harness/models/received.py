"""What has come of a reply so far, also when its attempt then fails."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Received:
    """Filled while one attempt is read.

    `usage` is set only if the server reported it. `complete` is set when the whole stream has been read, and
    the chunk with its finish reason is the only one left to be handed over.
    """

    started: float = field(default_factory=time.monotonic)
    pieces: list[str] = field(default_factory=list[str])
    held: list[str] = field(default_factory=list[str])  # came after `pieces`, not yet passed on
    finish_reason: str | None = None
    refusal: bool = False
    model: str | None = None
    usage: Any = None
    accepted: bool = False
    complete: bool = False
    first_token_seconds: float | None = None

    @property
    def text(self) -> str:
        return "".join(self.pieces) + "".join(self.held)

    def note_first_token(self) -> None:
        """To be called whenever text of the answer comes; the first time counts."""
        if self.first_token_seconds is None:
            self.first_token_seconds = time.monotonic() - self.started
