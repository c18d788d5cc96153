"""The ACL of one token: its policies merged, and the decision on a request.

First the path that has priority is found, then what all policies say of *that same path* counts: a deny on a shorter path
does not reach a longer one. Source: vault/acl.go, NewACL and AllowOperation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graders.simulate.access.unsupported import Unsupported
from graders.simulate.access.vault.mounts import needs_sudo
from graders.simulate.access.vault.patterns import is_exact, matches, priority
from graders.simulate.access.vault.policy import Parameters, PathRule, Policy
from graders.simulate.access.vault.requests import Request
from graders.simulate.access.vault.templates import populate

_WITH_PARAMETERS = frozenset({"read", "create", "update", "patch"})


@dataclass(frozen=True, slots=True)
class Entry:
    """All that the policies of a token say of one path."""

    path: str
    rules: tuple[PathRule, ...]

    @property
    def capabilities(self) -> frozenset[str]:
        named = frozenset[str]().union(*(rule.capabilities for rule in self.rules))
        return frozenset({"deny"}) if "deny" in named else named

    def granting(self, capability: str) -> PathRule:
        """The first rule that names the capability, else the first."""
        return next((rule for rule in self.rules if capability in rule.capabilities), self.rules[0])


@dataclass(frozen=True, slots=True)
class Decision:
    """`entry` decided; None where no path matches. `why` says why it is denied."""

    allowed: bool
    entry: Entry | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Acl:
    """`entries` by path."""

    entries: Mapping[str, Entry]

    def find(self, request: Request) -> Entry | None:
        """The entry that decides. A list tries its path without the last slash too, and first."""
        shorter = request.path.removesuffix("/") if request.operation == "list" else request.path
        for path in (request.path, shorter):
            if path in self.entries and is_exact(path):
                return self.entries[path]
        for path in dict.fromkeys((shorter, request.path)):
            found = [one for one in self.entries if not is_exact(one) and matches(one, path)]
            if found:
                return self.entries[max(found, key=priority)]
        return None

    def decide(self, request: Request) -> Decision:
        """Raises `Unsupported` where the decision rests on what is not modelled."""
        entry = self.find(request)
        if entry is None:
            return Decision(False, None, "no path of its policies matches")
        if request.operation not in entry.capabilities:
            held = ", ".join(sorted(entry.capabilities)) or "nothing"
            return Decision(False, entry, f'path "{entry.path}" decides and gives {held}')
        for rule in entry.rules:
            if rule.enterprise:
                raise Unsupported(f'path "{entry.path}": {rule.enterprise} is not modelled')
        if needs_sudo(request) and "sudo" not in entry.capabilities:
            return Decision(False, entry, "the endpoint asks for sudo")
        why = _wrapping(entry, request) or (
            _parameters(entry, request) if request.operation in _WITH_PARAMETERS else ""
        )
        return Decision(not why, entry, why and f'path "{entry.path}" {why}')


def merged(policies: Iterable[Policy], identity: Mapping[str, str] | None = None) -> Acl:
    """The ACL of a token with these policies, its templates replaced (see `templates.populate`)."""
    entries: dict[str, Entry] = {}
    for policy in policies:
        for rule in policy.rules:
            path = populate(rule.path, identity)
            if path is not None:
                before = entries[path].rules if path in entries else ()
                entries[path] = Entry(path, (*before, rule))
    return Acl(entries)


def _wrapping(entry: Entry, request: Request) -> str:
    """Of several limits the lowest counts, of the least TTL as well as of the most."""
    least = min((rule.least_wrapping for rule in entry.rules if rule.least_wrapping), default=0.0)
    most = min((rule.most_wrapping for rule in entry.rules if rule.most_wrapping), default=0.0)
    asked = request.wrap_ttl
    if (least or most) and asked is None:
        return "asks for a wrapped response"
    if asked is not None and ((most and asked > most) or asked < least or (most and most < least)):
        return (
            f"takes a wrapping TTL from {least:g} s to {most:g} s" if most else f"takes {least:g} s or more"
        )
    return ""


def _parameters(entry: Entry, request: Request) -> str:
    data = {name.lower(): value for name, value in request.data.items()}
    for name in sorted(name for rule in entry.rules for name in rule.required):
        if name.lower() not in data:
            return f"requires the parameter {name}"
    if not data:
        return ""
    denied = _together(rule.denied for rule in entry.rules)
    allowed = _together(rule.allowed for rule in entry.rules)
    if "*" in denied:
        return "denies every parameter"
    for name, value in data.items():
        if name in denied and (
            not denied[name] or any(_same(value, one, denied[name]) for one in _parts(value))
        ):
            return f"denies the parameter {name}"
    for name, value in data.items() if set(allowed) - {"*"} else ():
        if name not in allowed and "*" not in allowed:
            return f"does not allow the parameter {name}"
        values = allowed.get(name)
        if values and not (_in(value, values) or all(_in(one, values) for one in _parts(value))):
            return f"does not allow this value of {name}"
    return ""


def _together(parts: Iterable[Parameters]) -> dict[str, tuple[Any, ...]]:
    """An empty list (any value) overrides the values of another rule."""
    merged: dict[str, tuple[Any, ...]] = {}
    for part in parts:
        for name, values in part.items():
            open_ = not values or (name in merged and not merged[name])
            merged[name] = () if open_ else (*merged.get(name, ()), *values)
    return merged


def _parts(value: Any) -> list[Any]:
    """A list's elements, or what a text separates by commas: both are compared one by one as well."""
    if isinstance(value, list):
        return list(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return [value]


def _same(value: Any, part: Any, values: tuple[Any, ...]) -> bool:
    return _in(value, values) or _in(part, values)


def _in(value: Any, values: tuple[Any, ...]) -> bool:
    return any(_equal(one, value) for one in values)


def _equal(pattern: Any, value: Any) -> bool:
    """Texts may have a glob at either end; anything else is compared as it is."""
    if not (isinstance(pattern, str) and isinstance(value, str)):
        return type(pattern) is type(value) and pattern == value
    if len(pattern) < 2:
        return pattern == value
    starts, ends = pattern.startswith("*"), pattern.endswith("*")
    if starts and ends:
        return pattern[1:-1] in value
    if starts:
        return value.endswith(pattern[1:])
    return value.startswith(pattern[:-1]) if ends else pattern == value
