"""Roles and bindings as the API server keeps them: what it would refuse is left out, with the reason.

Source: validation of the API (pkg/apis/rbac/validation/validation.go).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graders.kubernetes.objects import DEFAULT_NAMESPACE, Object
from graders.kubernetes.shapes import mapping, sequence, text
from graders.simulate.access.rbac.builtin import builtin_roles
from graders.simulate.access.rbac.rules import PolicyRule, policy_rule

GROUP = "rbac.authorization.k8s.io"
_BINDINGS = ("RoleBinding", "ClusterRoleBinding")

RoleKey = tuple[str | None, str]  # (namespace, name); a ClusterRole has no namespace


@dataclass(frozen=True, slots=True)
class Role:
    """A Role or ClusterRole. Where it aggregates, its own `rules` are overwritten by the controller."""

    key: RoleKey
    rules: tuple[PolicyRule, ...]
    labels: Mapping[str, str]
    aggregates: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a binding names."""

    kind: str
    name: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Binding:
    """A RoleBinding (`namespace`) or a ClusterRoleBinding (None) of a role to subjects."""

    title: str
    namespace: str | None
    role: RoleKey
    subjects: tuple[Subject, ...]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Refused:
    """An object that the API server does not take."""

    file: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Policy:
    """The RBAC state of a cluster: built-in roles, what was live, and over it what an answer delivers."""

    roles: Mapping[RoleKey, Role]
    bindings: tuple[Binding, ...]
    refused: tuple[Refused, ...]


def read_policy(delivered: Sequence[Object], live: Sequence[Object] = ()) -> Policy:
    """The state after `delivered` was applied over `live`; nothing that is live is deleted.

    A delivered object that the server refuses changes nothing: the live one of its name stays as it was.
    """
    kept: dict[tuple[str, str | None, str], Object] = {}
    refused: list[Refused] = []
    for found in (*live, *delivered):
        if found.group != GROUP:
            continue
        key = (found.kind, _namespace(found), found.name)
        reason = _refusal(found, kept.get(key))
        if reason:
            refused.append(Refused(found.file, found.line, f"{found.title}: {reason}"))
        else:
            kept[key] = found
    roles: dict[RoleKey, Role] = {}
    for key, rules, labels, aggregates in builtin_roles():
        roles[key] = Role(key, rules, labels, aggregates)
    roles.update({role.key: role for role in map(_role, kept.values()) if role is not None})
    bindings = tuple(_binding(found) for found in kept.values() if found.kind in _BINDINGS)
    return Policy(roles, bindings, tuple(refused))


def _namespace(found: Object) -> str | None:
    return None if found.kind.startswith("Cluster") else found.namespace or DEFAULT_NAMESPACE


def _role(found: Object) -> Role | None:
    if found.kind not in ("Role", "ClusterRole"):
        return None
    rules = tuple(
        policy_rule(mapping(item), found.title, found.file, found.line_of("rules", index))
        for index, item in enumerate(sequence(found.get("rules")))
    )
    selectors = None
    if found.kind == "ClusterRole" and found.get("aggregationRule") is not None:
        selectors = tuple(sequence(found.get("aggregationRule", "clusterRoleSelectors")))
    return Role((_namespace(found), found.name), rules, found.labels, selectors)


def _binding(found: Object) -> Binding:
    namespace = _namespace(found)
    in_cluster = text(found.get("roleRef", "kind")) == "ClusterRole"
    return Binding(
        found.title,
        namespace,
        (None if in_cluster else namespace, text(found.get("roleRef", "name"))),
        tuple(
            Subject(text(item.get("kind")), text(item.get("name")), text(item.get("namespace")))
            for item in map(mapping, sequence(found.get("subjects")))
        ),
        found.file,
        found.line,
    )


def _refusal(found: Object, old: Object | None) -> str:
    """Why the server refuses the object, "" where it takes it."""
    reasons = _of_binding(found, old) if found.kind in _BINDINGS else _of_role(found)
    return next(reasons, "")


def _of_role(found: Object) -> Iterator[str]:
    for item in map(mapping, sequence(found.get("rules"))):
        has_resources = any(item.get(key) for key in ("apiGroups", "resources", "resourceNames"))
        if not item.get("verbs"):
            yield "a rule without verbs is refused"
        if item.get("nonResourceURLs") and found.kind == "Role":
            yield "nonResourceURLs are refused in a Role"
        if item.get("nonResourceURLs") and has_resources:
            yield "a rule with both resources and nonResourceURLs is refused"
        if not item.get("nonResourceURLs") and not (item.get("apiGroups") and item.get("resources")):
            yield "a rule without apiGroups or without resources is refused"


def _of_binding(found: Object, old: Object | None) -> Iterator[str]:
    reference = mapping(found.get("roleRef"))
    kind = text(reference.get("kind"))
    if reference.get("apiGroup") not in (None, "", GROUP):
        yield f"roleRef.apiGroup must be {GROUP}"
    if kind not in ("Role", "ClusterRole"):
        yield "roleRef must name a Role or a ClusterRole"
    if kind == "Role" and found.kind == "ClusterRoleBinding":
        yield "a ClusterRoleBinding can't refer to a Role"
    if old is not None and _reference(old) != _reference(found):
        yield "roleRef of a live binding can't be changed"
    for item in map(mapping, sequence(found.get("subjects"))):
        account = item.get("kind") == "ServiceAccount"
        if account and item.get("apiGroup"):
            yield "a ServiceAccount as subject has no apiGroup"
        if account and found.kind == "ClusterRoleBinding" and not item.get("namespace"):
            yield "a ServiceAccount as subject of a ClusterRoleBinding needs its namespace"
        if not account and item.get("apiGroup") not in (None, "", GROUP):
            yield f"the apiGroup of a subject must be {GROUP}"
        if item.get("kind") not in ("ServiceAccount", "User", "Group"):
            yield "a subject is a ServiceAccount, a User or a Group"


def _reference(found: Object) -> tuple[str, str]:
    return text(found.get("roleRef", "kind")), text(found.get("roleRef", "name"))
