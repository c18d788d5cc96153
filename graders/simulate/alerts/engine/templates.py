"""Templates in labels of rules, as far as they say the same at all times: `{{ $labels.job }}`.

Source: Prometheus documentation, «Alerting rules», templating.
"""

from __future__ import annotations

import re

from graders.simulate.alerts.engine.labels import Labels
from graders.simulate.alerts.engine.unsupported import Unsupported

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_TRIM = re.compile(r"\s*\{\{-|-\}\}\s*")
_LABEL = re.compile(
    r"""(?:\$labels|\.Labels)\.(\w+)\Z|index\s+(?:\$labels|\.Labels)\s+(?:"([^"\\]*)"|`([^`]*)`)\Z"""
)
_TEXT = re.compile(r'"([^"\\]*)"\Z|`([^`]*)`\Z|/\*.*\*/\Z', re.DOTALL)


def expanded(template: str, labels: Labels) -> str:
    """The text of `template` for an element with `labels`. Raises Unsupported for what depends on its value, and for
    functions."""
    if "{{" not in template:
        return template
    if _TRIM.search(template):
        raise Unsupported(f"the template {template!r} in a label")
    known = dict(labels)

    def value(action: re.Match[str]) -> str:
        if (found := _LABEL.match(action[1])) is not None:
            return known.get(next(name for name in found.groups() if name is not None), "")
        if (found := _TEXT.match(action[1])) is not None:
            return found[1] or found[2] or ""
        raise Unsupported(f"the template {action[0]!r} in a label")

    return _ACTION.sub(value, template)
