"""IAM policies as plain documents, however they were written."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from graders.terraform.language.values import Encoded, Partial, Unknown, as_list, as_map
from graders.terraform.reading.module import Located, Scope


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of a `Condition` block: operator, key and its values (which may be unknown)."""

    operator: str
    key: str
    values: list[Any]


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a policy. `principals` are (type, value); type "*" is `Principal = "*"`."""

    effect: Any
    principals: list[tuple[str, Any]]
    actions: list[Any]
    conditions: list[Condition]


def document(located: Located, scope: Scope) -> Any:
    """What an `aws_iam_policy_document` data source becomes, as `Encoded`.

    Merged in the order source documents, own statements, override documents: one with a sid takes the place of an earlier
    one with the same sid. Source: documentation of the data source in the AWS provider."""
    # Views are made of evaluated expressions, and a document is a value: the two modules need each other.
    from graders.terraform.reading.view import View

    view = View(located.path, located.block.line, scope, located.block.body)
    sources, overrides = (_given(view.value(f"{name}_policy_documents")) for name in ("source", "override"))
    for given in (sources, overrides):
        if isinstance(given, Unknown):
            return given
    statements: list[Any] = []
    for statement in view.blocks("statement"):
        made: dict[str, Any] = {"Effect": statement.value("effect") or "Allow"}
        for field, key in (("sid", "Sid"), ("actions", "Action"), ("not_actions", "NotAction")):
            if statement.has(field):
                made[key] = statement.value(field)
        for field, key in (("resources", "Resource"), ("not_resources", "NotResource")):
            if statement.has(field):
                made[key] = statement.value(field)
        for field, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
            for principal in statement.blocks(field):
                type = principal.value("type")
                entries: dict[str, Any] = made.setdefault(key, {})
                name = type if isinstance(type, str) else "${…}"
                entries[name] = [*_listed(entries.get(name)), *_listed(principal.value("identifiers"))]
        for condition in statement.blocks("condition"):
            test, variable = condition.value("test"), condition.value("variable")
            operators: dict[str, Any] = made.setdefault("Condition", {})
            keys: dict[str, Any] = operators.setdefault(_word(test), {})
            keys[_word(variable)] = [*_listed(keys.get(_word(variable))), *_listed(condition.value("values"))]
        statements.append(made)
    merged: list[Any] = []
    for one in (*as_list(sources), *statements, *as_list(overrides)):
        _merge(merged, one)
    return Encoded({"Version": "2012-10-17", "Statement": merged})


def _given(documents: Any) -> list[Any] | Unknown:
    """The statements of documents that others are merged with."""
    if isinstance(documents, Unknown):
        return documents
    statements: list[Any] = []
    for inner in as_list(documents):
        decoded = decode(inner)
        if decoded is None:
            return Unknown("a policy document that is not in the files")
        statements.extend(_listed(as_map(decoded).get("Statement")))
    return statements


def _merge(statements: list[Any], added: Any) -> None:
    sid = as_map(added).get("Sid") if isinstance(added, dict) else None
    for index, earlier in enumerate(statements):
        if sid and isinstance(earlier, dict) and as_map(earlier).get("Sid") == sid:
            statements[index] = added
            return
    statements.append(added)


def decode(value: Any) -> Any:
    """The document behind a policy attribute; None when it is not known or no JSON."""
    if isinstance(value, Encoded):
        return value.value
    if isinstance(value, Partial):
        # A heredoc with an interpolated ARN: what is unknown stands for itself.
        value = "".join(part if isinstance(part, str) else "${…}" for part in value.parts)
    if isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return None
    return None


def statements(policy: Any) -> list[Statement] | None:
    """The statements of a policy attribute's value; None when the policy is not known or no policy."""
    decoded = decode(policy)
    if not isinstance(decoded, dict):
        return None
    found: list[Statement] = []
    for raw in _listed(as_map(decoded).get("Statement")):
        if not isinstance(raw, dict):
            return None
        entry = as_map(raw)
        conditions = [
            Condition(operator, key, _listed(values))
            for operator, keys in as_map(entry.get("Condition")).items()
            for key, values in as_map(keys).items()
        ]
        principals = _principals(entry.get("Principal"))
        if "NotPrincipal" in entry:
            principals.append(("*", "*"))
        found.append(Statement(entry.get("Effect"), principals, _listed(entry.get("Action")), conditions))
    return found


def _principals(given: Any) -> list[tuple[str, Any]]:
    if isinstance(given, dict):
        return [(type, value) for type, values in as_map(given).items() for value in _listed(values)]
    return [("*", value) for value in _listed(given)]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return as_list(value) if isinstance(value, list) else [value]


def _word(value: Any) -> str:
    if isinstance(value, Partial):
        return "".join(part if isinstance(part, str) else "${…}" for part in value.parts)
    return value if isinstance(value, str) else "${…}"
