"""The roles that a configuration makes, with the policies that are in force for each.

The only place that knows how Terraform says it: trust policy, inline policies, attached policies, permissions boundary.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from graders.simulate.access.iam.document import Document, Kind, Refused, Statement, document
from graders.simulate.access.iam.patterns import UNKNOWN, equals
from graders.terraform.iam.names import Names, Place
from graders.terraform.language.values import MORE, Encoded, Partial, Unknown, as_list
from graders.terraform.reading.configuration import Configuration
from graders.terraform.reading.view import Resource, View

_MANAGED = "arn:aws:iam::aws:policy/"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A policy that IAM does not take or that does not stay, and where it stands."""

    file: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Role:
    """`name` may have unknown parts. `trust` is None where IAM refuses it; other refused policies are left out too."""

    address: str
    name: str
    file: str
    line: int
    trust: Document | None
    identity: tuple[Document, ...]
    boundary: Document | None
    refused: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """A policy attribute: where a document is written."""

    view: View
    attribute: str
    name: str
    kind: Kind


def roles(configuration: Configuration, place: Place) -> list[Role]:
    """Every role of the configuration as it is in this place. Raises `Unsupported`."""
    names = Names(configuration, place)
    return [_role(one, names) for one in configuration.resources("aws_iam_role")]


def _role(role: Resource, names: Names) -> Role:
    refused: list[Refusal] = []

    def read(source: _Source) -> Document | None:
        line = source.view.line_of(source.attribute)
        try:
            return _document(source, names)
        except Refused as reason:
            refused.append(Refusal(source.view.path, line, f"IAM refuses {source.name}: {reason}"))
            return None

    trust = read(_Source(role.view, "assume_role_policy", f"the trust policy of {role.address}", "trust"))
    identity: list[Document] = []
    for one in _policies(role, names):
        made = read(one) if isinstance(one, _Source) else one
        if made is not None:
            identity.append(made)
    boundary: Document | None = None
    if role.view.value("permissions_boundary") is not None:
        found = _attached(role.view, role.view.value("permissions_boundary"), "permissions_boundary", names)
        boundary = read(found) if isinstance(found, _Source) else found
    refused.extend(_taken_away(role, names))
    name = _name(role.view, names)
    view = role.view
    return Role(role.address, name, view.path, view.line, trust, tuple(identity), boundary, tuple(refused))


def _name(view: View, names: Names) -> str:
    if view.has("name"):
        return names.text(view.value("name"))
    return names.text(view.value("name_prefix")) + UNKNOWN if view.has("name_prefix") else UNKNOWN


def _policies(role: Resource, names: Names) -> Iterator[_Source | Document]:
    """The identity policies of the role, inline and attached."""
    for block in role.view.blocks("inline_policy"):
        yield _Source(block, "policy", f"inline policy of {role.address}", "identity")
    for arn in as_list(role.view.value("managed_policy_arns")):
        yield _attached(role.view, arn, "managed_policy_arns", names)
    for policy in names.configuration.resources("aws_iam_role_policy"):
        if _is_for(policy.view, role, names):
            yield _Source(policy.view, "policy", policy.address, "identity")
    for attachment in names.configuration.resources(
        "aws_iam_role_policy_attachment", "aws_iam_policy_attachment"
    ):
        if _is_for(attachment.view, role, names):
            yield _attached(attachment.view, attachment.view.value("policy_arn"), "policy_arn", names)


def _taken_away(role: Resource, names: Names) -> Iterator[Refusal]:
    """Policies that are taken off the role again, since something that owns the whole set does not list them.

    Source: notes of the AWS provider's pages on aws_iam_role (`inline_policy`, `managed_policy_arns`),
    aws_iam_role_policies_exclusive and aws_iam_role_policy_attachments_exclusive.
    """
    found = names.configuration
    sets = (
        ("aws_iam_role_policy", "name", "aws_iam_role_policies_exclusive", "policy_names"),
        (
            "aws_iam_role_policy_attachment",
            "policy_arn",
            "aws_iam_role_policy_attachments_exclusive",
            "policy_arns",
        ),
    )
    inline: list[Any] = [block.value("name") for block in role.view.blocks("inline_policy")]
    of_role: dict[str, Any] = {"policy_names": inline, "policy_arns": role.view.value("managed_policy_arns")}
    for member, naming, owner, attribute in sets:
        owners = [
            (one.address, one.view.value(attribute))
            for one in found.resources(owner)
            if _is_for(one.view, role, names)
        ]
        if of_role[attribute]:
            owners.append((role.address, of_role[attribute]))
        for policy in found.resources(member):
            mine = names.text(policy.view.value(naming)) if policy.view.has(naming) else UNKNOWN
            for address, listed in owners:
                if (
                    _is_for(policy.view, role, names)
                    and isinstance(listed, list)
                    and not _may_list(as_list(listed), policy, naming, mine, names)
                ):
                    message = (
                        f"{address} takes {policy.address} off {role.address} again: it does not list it"
                    )
                    yield Refusal(policy.view.path, policy.view.line, message)


def _may_list(listed: list[Any], policy: Resource, naming: str, mine: str, names: Names) -> bool:
    """Is the policy in the list, or can it not be told?"""

    def may_be_mine(one: Any) -> bool:
        text = names.text(one)
        return False not in (equals(text, mine), equals(mine, text))

    return any(one is MORE or names.names(one, policy, naming) or may_be_mine(one) for one in as_list(listed))


def _is_for(view: View, role: Resource, names: Names) -> bool:
    """Does the argument `role`, `role_name` or one of `roles` stand for this role? By name only where no role is referred
    to: two modules may make roles of one name in two accounts."""
    given = [
        one
        for one in (view.value("role"), view.value("role_name"), *as_list(view.value("roles")))
        if one is not None
    ]
    referred = {
        one.address for one in view.reached("role", "role_name", "roles") if one.type == "aws_iam_role"
    }
    if referred and role.address not in referred:
        return False
    return any(names.names(one, role, "name") for one in given if not _is_no_name(one))


def _is_no_name(value: Any) -> bool:
    """Is it an attribute of a role that IAM does not take for its name?"""
    return isinstance(value, Unknown) and value.about.endswith((".arn", ".unique_id"))


def _attached(view: View, arn: Any, attribute: str, names: Names) -> _Source | Document:
    """The policy with this ARN: one of the configuration, one of AWS, or one that nobody here knows."""
    for policy in names.configuration.resources("aws_iam_policy"):
        if names.names(arn, policy, "arn"):
            return _Source(policy.view, "policy", policy.address, "identity")
    text = names.text(arn)
    if isinstance(arn, Unknown):
        for policy in names.configuration.resources("aws_iam_policy", mode="data"):
            # By its name a policy is looked up among those of AWS, too.
            if names.names(arn, policy, "arn") and (name := names.attribute(policy, "name")) in _managed():
                text = _MANAGED + name
    known = (
        _managed().get(text.removeprefix(_MANAGED).rpartition("/")[2]) if text.startswith(_MANAGED) else None
    )
    line = view.line_of(attribute)
    if known is None:
        return _unread(f"the policy {text.replace(UNKNOWN, '…')}", view.path, line)
    return document(known, "identity", text.removeprefix(_MANAGED), view.path, line)


@lru_cache(1)
def _managed() -> dict[str, Any]:
    return json.loads(Path(__file__).with_name("managed_policies.json").read_text(encoding="utf-8"))


def _document(source: _Source, names: Names) -> Document:
    """The document of a policy attribute. Raises `Refused`, `Unsupported`."""
    value = source.view.value(source.attribute)
    file, line = source.view.path, source.view.line_of(source.attribute)
    if isinstance(value, Encoded):
        return document(names.filled(value.value), source.kind, source.name, file, line)
    if isinstance(value, Partial | str):
        try:
            given = json.loads(names.text(value))
        except (ValueError, RecursionError):
            raise Refused("no JSON") from None
        return document(given, source.kind, source.name, file, line)
    if value is None:
        raise Refused("not given")
    return _unread(source.name, file, line)


def _unread(name: str, file: str, line: int) -> Document:
    """A policy that the files do not show: it may allow anything or nothing."""
    statement = Statement(
        "a policy that is not in the files",
        allows=True,
        actions=(UNKNOWN,),
        not_actions=False,
        resources=(UNKNOWN,),
        not_resources=False,
        principals=None,
        not_principals=False,
        conditions=(),
        variables=False,
    )
    return Document((statement,), name, file, line)
