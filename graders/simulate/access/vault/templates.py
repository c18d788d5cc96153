"""Templates in paths: `{{identity.entity.id}}` and the like, replaced by what the token's entity has.

A path with a template that has no value is left out of the token's ACL. Source: sdk/helper/identitytpl.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from graders.simulate.access.unsupported import Unsupported

_TEMPLATE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
# What an entity may have or not; its id and name it always has.
_OPTIONAL = re.compile(r"identity\.(entity\.(metadata|aliases)|groups)\.")
_ALWAYS = frozenset({"identity.entity.id", "identity.entity.name"})


def populate(path: str, identity: Mapping[str, str] | None) -> str | None:
    """The path with its templates replaced; None where one has no value. `identity` maps selectors without the leading
    `identity.` to values; None where a case says nothing of the entity (then a template raises `Unsupported`)."""
    values: list[str] = []
    for selector in _TEMPLATE.findall(path):
        value = _value(selector, identity)
        if value is None:
            return None
        values.append(value)
    rest = iter(values)
    return _TEMPLATE.sub(lambda _: next(rest), path)


def _value(selector: str, identity: Mapping[str, str] | None) -> str | None:
    known = selector in _ALWAYS or _OPTIONAL.match(selector) is not None
    if not known:
        return None
    found = (identity or {}).get(selector.removeprefix("identity."))
    if found is None and (identity is None or selector in _ALWAYS):
        raise Unsupported(f"the case does not say what {{{{{selector}}}}} is for this token")
    return found
