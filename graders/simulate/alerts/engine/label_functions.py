"""label_replace and label_join.

Source: Prometheus documentation, «Query functions»; regexp.Expand of Go for `$1` and `${name}`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from graders.simulate.alerts.engine.expressions import compiled
from graders.simulate.alerts.engine.labels import Labels, canonical
from graders.simulate.alerts.engine.unsupported import Unsupported

_REFERENCE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))")
_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")


def replaced(labels: Labels, into: str, replacement: str, source: str, pattern: str) -> Labels:
    """`into` is set to `replacement` where the whole of the label `source` matches `pattern`."""
    _check_name(into)
    known = dict(labels)
    found = compiled(pattern).fullmatch(known.get(source, ""))
    if found is None:
        return labels
    groups: dict[str, str] = {
        str(number): text or "" for number, text in enumerate((found[0], *found.groups()))
    }
    groups.update({name: text or "" for name, text in found.groupdict().items()})

    def expand(reference: re.Match[str]) -> str:
        return "$" if reference[0] == "$$" else groups.get(reference[1] or reference[2], "")

    return canonical({**known, into: _REFERENCE.sub(expand, replacement)})


def joined(labels: Labels, into: str, separator: str, sources: Sequence[str]) -> Labels:
    """`into` is set to the values of the labels `sources` with `separator` between them."""
    _check_name(into)
    known = dict(labels)
    return canonical({**known, into: separator.join(known.get(source, "") for source in sources)})


def _check_name(name: str) -> None:
    if not _NAME.match(name):
        raise Unsupported(f"{name!r} is no label name")
