"""A policy document as statements.

What IAM itself refuses (a statement without action, an unknown element, no principal in a trust policy) is `Refused`:
nothing of such a document comes into force, and the apply fails.
Source: IAM User Guide, "Grammar of the IAM JSON policy language".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from graders.simulate.access.iam.conditions import Condition, condition
from graders.simulate.access.iam.patterns import UNKNOWN

Kind = Literal["identity", "resource", "trust"]

_CURRENT = "2012-10-17"
_VERSIONS = (_CURRENT, "2008-10-17")
_DOCUMENT = frozenset({"Version", "Id", "Statement"})
_STATEMENT = frozenset(
    {
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
    }
)
_PRINCIPALS = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})


class Refused(Exception):
    """IAM does not take this document."""


@dataclass(frozen=True, slots=True)
class Statement:
    """`actions` and `resources` are patterns; with `not_actions` … the statement is about all others. `principals` are
    (kind, name); none where the element is absent. `variables`: the document's version knows `${…}`."""

    label: str
    allows: bool
    actions: tuple[str, ...]
    not_actions: bool
    resources: tuple[str, ...]
    not_resources: bool
    principals: tuple[tuple[str, str], ...] | None
    not_principals: bool
    conditions: tuple[Condition, ...]
    variables: bool


@dataclass(frozen=True, slots=True)
class Document:
    """The statements of one policy. `name`, `file` and `line` say where it stands, for reports."""

    statements: tuple[Statement, ...]
    name: str = ""
    file: str = ""
    line: int | None = None


def document(given: Any, kind: Kind, name: str = "", file: str = "", line: int | None = None) -> Document:
    """The document of a JSON value. Raises `Refused`."""
    if not isinstance(given, dict):
        raise Refused("no JSON object")
    body = cast(dict[str, Any], given)
    _known(body, _DOCUMENT, "the document")
    version = body.get("Version", "2008-10-17")
    if version not in _VERSIONS:
        raise Refused(f"IAM does not know the version {version}")
    items = body.get("Statement")
    listed = cast(list[Any], items) if isinstance(items, list) else [items]
    if not listed:
        raise Refused("no statement")
    made = (_statement(item, number, kind, version == _CURRENT) for number, item in enumerate(listed, 1))
    return Document(tuple(made), name, file, line)


def _statement(given: Any, number: int, kind: Kind, variables: bool) -> Statement:
    if not isinstance(given, dict):
        raise Refused(f"statement {number} is no object")
    body = cast(dict[str, Any], given)
    label = f"statement {body['Sid']}" if body.get("Sid") else f"statement {number}"
    _known(body, _STATEMENT, label)
    if body.get("Effect") not in ("Allow", "Deny"):
        raise Refused(f"{label} has neither the effect Allow nor Deny")
    actions, not_actions = _one_of(body, "Action", "NotAction", label)
    if actions is None:
        raise Refused(f"{label} has no Action")
    for action in actions:
        if action != "*" and ":" not in action and UNKNOWN not in action:
            raise Refused(f"{label} has the action {action}, which names no service")
    resources, not_resources = _one_of(body, "Resource", "NotResource", label)
    if kind == "identity" and resources is None:
        raise Refused(f"{label} has no Resource")
    if kind == "trust" and resources is not None:
        raise Refused(f"{label} of a trust policy has a Resource")
    principals, not_principals = _principals(body, label)
    if kind == "identity" and principals is not None:
        raise Refused(f"{label} has a Principal, which a policy of a role has not")
    if kind != "identity" and principals is None:
        raise Refused(f"{label} has no Principal")
    return Statement(
        label,
        body["Effect"] == "Allow",
        actions,
        not_actions,
        ("*",) if resources is None else resources,
        not_resources,
        principals,
        not_principals,
        tuple(_conditions(body.get("Condition"), label)),
        variables,
    )


def _known(body: dict[str, Any], words: frozenset[str], where: str) -> None:
    strange = sorted(set(body) - words)
    if strange:
        raise Refused(f"{where} has the element {strange[0]}, which IAM does not know")


def _one_of(body: dict[str, Any], plain: str, other: str, label: str) -> tuple[tuple[str, ...] | None, bool]:
    if plain in body and other in body:
        raise Refused(f"{label} has both {plain} and {other}")
    key = plain if plain in body else other
    if key not in body:
        return None, False
    words = _texts(body[key], f"{key} of {label}")
    if not words:
        raise Refused(f"{label} has an empty {key}")
    return words, key == other


def _texts(given: Any, where: str) -> tuple[str, ...]:
    values = cast(list[Any], given) if isinstance(given, list) else [given]
    if not all(isinstance(value, str) for value in values):
        raise Refused(f"{where} is no list of texts")
    return tuple(cast(list[str], values))


def _principals(body: dict[str, Any], label: str) -> tuple[tuple[tuple[str, str], ...] | None, bool]:
    key = "Principal" if "Principal" in body else "NotPrincipal"
    if key not in body:
        return None, False
    given = body[key]
    if given == "*":
        return (("*", "*"),), key == "NotPrincipal"
    if not isinstance(given, dict):
        raise Refused(f"{label} has a {key} that is neither * nor an object")
    found: list[tuple[str, str]] = []
    for kind, names in cast(dict[str, Any], given).items():
        if kind not in _PRINCIPALS:
            raise Refused(f"{label} has a principal of the kind {kind}, which IAM does not know")
        found.extend((kind, name) for name in _texts(names, f"{key} of {label}"))
    return tuple(found), key == "NotPrincipal"


def _conditions(given: Any, label: str) -> list[Condition]:
    if given is None:
        return []
    if not isinstance(given, dict):
        raise Refused(f"{label} has a Condition that is no object")
    found: list[Condition] = []
    for test, keys in cast(dict[str, Any], given).items():
        if not isinstance(keys, dict):
            raise Refused(f"{label} has a condition {test} without keys")
        for key, values in cast(dict[str, Any], keys).items():
            listed = cast(list[Any], values) if isinstance(values, list) else [values]
            texts = tuple(str(one).lower() if isinstance(one, bool) else str(one) for one in listed)
            found.append(condition(test, key, texts))
    return found
