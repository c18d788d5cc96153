"""Rules RBAC-01 and RBAC-06: roles without wildcards, bound where they are needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.objects import DEFAULT_NAMESPACE, Object
from graders.kubernetes.selectors import matches
from graders.kubernetes.shapes import mapping, sequence, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule
from graders.second_opinion import with_checkov

KIND = "kubernetes"
GROUP = "rbac.authorization.k8s.io"
_BROAD = frozenset({"cluster-admin", "admin", "edit"})
_USER_OF_ACCOUNT = "system:serviceaccount:"


def _of(objects: Sequence[Object], *kinds: str) -> list[Object]:
    return [found for found in objects if found.group == GROUP and found.kind in kinds]


@rule(
    "RBAC-01",
    version=2,
    severity="H",
    constraint="least_privilege",
    source="CIS 5.1.3; kube-linter wildcard-in-rules",
    kinds=(KIND,),
    tools=("checkov",),
)
def names_what_it_grants(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Do roles name verbs, resources, groups and URLs without a wildcard?

    Accepted: any list of names; the core group ""; a URL under a named path (/healthz/*).
    Wrong: "*" in one of the lists, "*/scale" (that subresource of everything), the URL "/*"; an aggregation over every
    ClusterRole; roles of which none grants anything.
    """
    return with_checkov(_in_roles(bundle), bundle, "RBAC-01")


def _in_roles(bundle: Bundle) -> Iterator[Violation]:
    roles = _of(delivered(bundle), "Role", "ClusterRole")
    if not any(_grants(role) for role in roles):
        yield absent("Role or ClusterRole that grants something")
    yield from once(violation for role in roles for violation in _wildcards(role))


def _grants(role: Object) -> bool:
    return bool(sequence(role.get("rules")) or mapping(role.get("aggregationRule")))


def _wildcards(role: Object) -> Iterator[Violation]:
    selectors = ("aggregationRule", "clusterRoleSelectors")
    for index, selector in enumerate(sequence(role.get(*selectors))):
        if matches(selector, {}):
            yield at(role, (*selectors, index), "aggregates ClusterRoles without naming a label")
    for rule_index, item in enumerate(sequence(role.get("rules"))):
        for key in ("verbs", "resources", "apiGroups", "nonResourceURLs"):
            for index, name in enumerate(sequence(mapping(item).get(key))):
                if name in ("*", "/*") or text(name).startswith("*/"):
                    yield at(
                        role, ("rules", rule_index, key, index), f'the wildcard "{name}" stands in {key}'
                    )


@rule(
    "RBAC-06",
    severity="H",
    constraint="least_privilege",
    source="CIS 5.1.1; kube-linter cluster-admin-role-binding",
    kinds=(KIND,),
    parameters={"namespace": str, "subjects": list[dict[str, str]]},
)
def binds_in_its_namespace(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Are the roles bound in the stated namespace only, to exactly the stated subjects?

    Accepted: RoleBindings in the namespace to a delivered Role of it or to a delivered ClusterRole; a ServiceAccount
    with its namespace, or as the user system:serviceaccount:NAMESPACE:NAME; several bindings that bind the subjects
    together.
    Wrong: no RoleBinding; a ClusterRoleBinding; a binding in another namespace; cluster-admin, admin, edit; a roleRef
    that isn't delivered, grants nothing, or is aggregated from roles that aren't; a subject that is missing, unasked for, or
    a ServiceAccount without namespace.
    """
    namespace = text(facts.params.get("namespace"))
    objects = delivered(bundle)
    bindings = _of(objects, "RoleBinding")
    if not bindings:
        yield absent("RoleBinding")
    for binding in _of(objects, "ClusterRoleBinding"):
        yield at(binding, (), "grants its role in every namespace; a RoleBinding is enough")
    roles = _of(objects, "Role", "ClusterRole")
    yield from once(v for binding in bindings for v in _binding(binding, roles, namespace))
    wanted = {_wanted(mapping(item), namespace) for item in sequence(facts.params.get("subjects"))}
    yield from once(_strangers(bindings, wanted))
    bound = {_bound(mapping(s)) for binding in bindings for s in sequence(binding.get("subjects"))}
    for kind, owner, name in sorted(wanted - bound):
        yield Violation("", None, f"no RoleBinding binds the {kind} {f'{owner}/' if owner else ''}{name}")


def _binding(binding: Object, roles: Sequence[Object], namespace: str) -> Iterator[Violation]:
    if (binding.namespace or DEFAULT_NAMESPACE) != namespace:
        yield at(binding, ("metadata", "namespace"), f"must be in the namespace {namespace}")
    reference = mapping(binding.get("roleRef"))
    kind, name = text(reference.get("kind")), text(reference.get("name"))
    path = ("roleRef",)
    if text(reference.get("apiGroup")) not in ("", GROUP):
        yield at(binding, path, f"roleRef.apiGroup must be {GROUP}")
    if kind == "ClusterRole" and name in _BROAD:
        yield at(binding, path, f"binds the built-in role {name}, which grants far more than is needed")
        return
    own = [role for role in roles if _resolves(role, kind, name, binding)]
    if not own:
        yield at(binding, path, f"its role {kind or '(no kind)'}/{name or '(no name)'} is not delivered")
    for role in own:
        if role.get("aggregationRule") is not None:
            yield at(
                role, ("aggregationRule",), "is bound, but takes its rights from roles that are not delivered"
            )
        elif not _grants(role):
            yield at(role, (), "is bound, but grants nothing")


def _resolves(role: Object, kind: str, name: str, binding: Object) -> bool:
    same_place = role.root == binding.root if kind == "ClusterRole" else role.scope == binding.scope
    return role.kind == kind and role.name == name and same_place


def _strangers(bindings: Sequence[Object], wanted: set[tuple[str, str, str]]) -> Iterator[Violation]:
    for binding in bindings:
        for index, item in enumerate(sequence(binding.get("subjects"))):
            kind, owner, name = _bound(mapping(item))
            path = ("subjects", index)
            if kind == "ServiceAccount" and not owner:
                yield at(binding, path, f"the ServiceAccount {name} needs its namespace")
            elif (kind, owner, name) not in wanted:
                title = f"{kind or '(no kind)'} {f'{owner}/' if owner else ''}{name}"
                yield at(binding, path, f"binds {title}, which is none of the subjects that were asked for")


def _wanted(item: dict[str, Any], namespace: str) -> tuple[str, str, str]:
    kind, owner, name = _bound(item)
    return kind, owner or (namespace if kind == "ServiceAccount" else ""), name


def _bound(item: dict[str, Any]) -> tuple[str, str, str]:
    """(kind, namespace, name) of a subject; the user name of a ServiceAccount means the account."""
    kind, owner, name = (text(item.get(key)) for key in ("kind", "namespace", "name"))
    if kind == "User" and name.startswith(_USER_OF_ACCOUNT):
        owner, _, account = name.removeprefix(_USER_OF_ACCOUNT).partition(":")
        return "ServiceAccount", owner, account
    return kind, owner if kind == "ServiceAccount" else "", name


RULES = (names_what_it_grants, binds_in_its_namespace)
