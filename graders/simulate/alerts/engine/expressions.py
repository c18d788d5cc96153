"""Regular expressions as Prometheus compiles them (RE2)."""

from __future__ import annotations

from functools import cache
from typing import Any

import re2

from graders.simulate.alerts.engine.unsupported import Unsupported

_RE2: Any = re2  # it has no types
_QUIET: Any = _RE2.Options()
_QUIET.log_errors = False


@cache
def compiled(text: str) -> Any:
    """The compiled expression. Raises Unsupported for one that RE2 does not know (promtool then says the same)."""
    try:
        return _RE2.compile(text, _QUIET)
    except _RE2.error as error:
        raise Unsupported(f"the regular expression {text!r}: {error}") from None
