"""Templates in labels of rules: `{{ $labels.job }}`, and those that print the value, which stand as they are written.

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
# Prints the value, in whatever form: `{{ $value | humanize }}`, `{{ printf "%.2f" .Value }}`.
_VALUE = re.compile(r"""(?:printf\s+(?:"[^"\\]*"|`[^`]*`)\s+)?(?:\$value|\.Value)(?:\s*\|[^{}]*)?\Z""")


def prints_value(template: str) -> bool:
    """Does the text change with the value? Each other text is another alert then, which has to wait for itself."""
    return any(_VALUE.match(action) for action in _ACTION.findall(template))


def expanded(template: str, labels: Labels) -> str:
    """The text of `template` for an element with `labels`; an action that prints the value stays as it is. Raises
    Unsupported for conditions and functions."""
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
        if _VALUE.match(action[1]):
            return action[0]
        raise Unsupported(f"the template {action[0]!r} in a label")

    return _ACTION.sub(value, template)
