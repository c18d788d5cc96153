"""A policy as Vault reads it when it is written; what it refuses then is `Unparsable`.

Source: vault/policy.go of Vault (keys, capabilities, the old `policy = "write"`, wildcards, wrapping TTLs), sdk/helper/
identitytpl for templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from graders.simulate.access.vault.hcl1 import Body, Item, Value, parse
from graders.yaml_lines import Unparsable

CAPABILITIES = frozenset(
    {"create", "read", "update", "patch", "delete", "list", "sudo", "deny", "subscribe", "recover"}
)
_OLD = {
    "deny": ("deny",),
    "read": ("read", "list"),
    "write": ("create", "read", "update", "delete", "list"),
    "sudo": ("create", "read", "update", "delete", "list", "sudo"),
}
# Features of Vault Enterprise: read, and `Unsupported` where a decision rests on them.
_ENTERPRISE = ("mfa_methods", "control_group")
_KEYS = frozenset(
    {"comment", "policy", "capabilities", "allowed_parameters", "denied_parameters", "required_parameters"}
    | {"min_wrapping_ttl", "max_wrapping_ttl", "subscribe_event_types", *_ENTERPRISE}
)
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)")

Parameters = Mapping[str, tuple[Any, ...]]  # by name in lower case; no values: any value


@dataclass(frozen=True, slots=True)
class PathRule:
    """One `path` of a policy. TTLs are in seconds, 0 for none; `enterprise` names what is not modelled of it."""

    path: str
    capabilities: frozenset[str]
    allowed: Parameters
    denied: Parameters
    required: frozenset[str]
    least_wrapping: float
    most_wrapping: float
    enterprise: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Policy:
    """`name` is that of its file without suffix, which is how policies are written from a folder."""

    name: str
    file: str
    rules: tuple[PathRule, ...]


def read_policy(text: str, path: str) -> Policy:
    """Raises `Unparsable` for what Vault refuses."""
    rules: list[PathRule] = []
    for item in parse(text).items:
        if item.keys == ("name",):
            continue
        if item.keys[0] != "path":
            raise Unparsable(item.line, f'a policy holds "path" and "name", not "{item.keys[0]}"')
        if len(item.keys) != 2 or not isinstance(item.value, Body):
            raise Unparsable(item.line, 'expected `path "…" { … }`')
        rules.append(_rule(item, item.value, path))
    return Policy(PurePosixPath(path).stem, path, tuple(rules))


def _rule(item: Item, body: Body, file: str) -> PathRule:
    path = item.keys[1].removeprefix("/")
    if "+*" in path:
        raise Unparsable(item.line, f'path "{path}": "+*" is refused')
    if re.sub(r"\{\{[^{}]*\}\}", "", path).count("{{") or path.count("{{") != path.count("}}"):
        raise Unparsable(item.line, f'path "{path}": a template is not closed')
    fields: dict[str, Value] = {}
    for inner in body.items:
        if inner.keys[0] not in _KEYS:
            raise Unparsable(inner.line, f'path "{path}": Vault knows no "{inner.keys[0]}"')
        fields[inner.keys[0]] = inner.value
    least = _seconds(fields.get("min_wrapping_ttl"), item.line)
    most = _seconds(fields.get("max_wrapping_ttl"), item.line)
    if most and most < least:
        raise Unparsable(item.line, f'path "{path}": max_wrapping_ttl is below min_wrapping_ttl')
    return PathRule(
        path=path,
        capabilities=_capabilities(fields, path, item.line),
        allowed=_parameters(fields.get("allowed_parameters"), item.line),
        denied=_parameters(fields.get("denied_parameters"), item.line),
        required=frozenset(_texts(fields.get("required_parameters"), item.line)),
        least_wrapping=least,
        most_wrapping=most,
        enterprise=next((key for key in _ENTERPRISE if fields.get(key)), ""),
        file=file,
        line=item.line,
    )


def _capabilities(fields: Mapping[str, Value], path: str, line: int) -> frozenset[str]:
    """A deny leaves no other."""
    named = list(_texts(fields.get("capabilities"), line))
    old = fields.get("policy")
    if isinstance(old, str) and old:
        if old not in _OLD:
            raise Unparsable(line, f'path "{path}": invalid policy "{old}"')
        named += _OLD[old]
    for name in named:
        if name == "deny":
            break
        if name not in CAPABILITIES:
            raise Unparsable(line, f'path "{path}": invalid capability "{name}"')
    return frozenset({"deny"}) if "deny" in named else frozenset(named)


def _parameters(value: Value, line: int) -> Parameters:
    if value is None:
        return {}
    if not isinstance(value, Body):
        raise Unparsable(line, "allowed_parameters and denied_parameters map names to lists")
    return {item.keys[0].lower(): tuple(map(_plain, _items(item.value))) for item in value.items}


def _items(value: Value) -> tuple[Value, ...]:
    """A single value stands for a list of one."""
    return value if isinstance(value, tuple) else (value,)


def _plain(value: Value) -> Any:
    if isinstance(value, Body):
        return {item.keys[0]: _plain(item.value) for item in value.items}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _texts(value: Value, line: int) -> Iterator[str]:
    for item in _items(value) if value is not None else ():
        if not isinstance(item, str):
            raise Unparsable(line, "expected a list of texts")
        yield item


def _seconds(value: Value, line: int) -> float:
    """Seconds as a number, as digits, or as Go writes durations; days with `d`."""
    if value is None:
        return 0.0
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        if re.fullmatch(r"\d+d?", value):
            return float(value.removesuffix("d")) * (86_400 if value.endswith("d") else 1)
        if value and re.fullmatch(f"(?:{_PART.pattern})+", value):
            return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(value))
    raise Unparsable(line, f"no duration: {value}")
