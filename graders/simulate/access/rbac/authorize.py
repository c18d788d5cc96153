"""What a user may do: the rules that its bindings give it, and the decision on one request.

RBAC only adds; there is no deny. A RoleBinding gives what it grants in its own namespace, also where it refers to a
ClusterRole; only a ClusterRoleBinding reaches cluster-scoped objects and URLs that are no resources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graders.kubernetes.selectors import matches
from graders.simulate.access.rbac.policy import Binding, Policy, Role, Subject
from graders.simulate.access.rbac.requests import Request, User
from graders.simulate.access.rbac.rules import PolicyRule
from graders.simulate.access.unsupported import Unsupported


@dataclass(frozen=True, slots=True)
class Grant:
    """A rule that a binding gives: in one namespace, or (None) everywhere."""

    namespace: str | None
    rule: PolicyRule
    binding: str

    def allows(self, request: Request) -> bool:
        in_reach = self.namespace is None or (request.url is None and self.namespace == request.namespace)
        return in_reach and self.rule.covers(request)


def grants(policy: Policy, user: User) -> tuple[Grant, ...]:
    """Every rule that the user has. A role that isn't there grants nothing; a built-in one that this model does not hold
    raises `Unsupported`."""
    return tuple(
        Grant(binding.namespace, rule, binding.title)
        for binding in policy.bindings
        if any(_names(subject, binding, user) for subject in binding.subjects)
        for rule in _rules(policy, binding)
    )


def decide(held: Iterable[Grant], request: Request) -> Grant | None:
    """The first grant that allows the request, None where it is denied."""
    return next((grant for grant in held if grant.allows(request)), None)


def _names(subject: Subject, binding: Binding, user: User) -> bool:
    """A ServiceAccount without namespace is one of the binding's namespace (pkg/registry/rbac/validation/rule.go)."""
    match subject.kind:
        case "User":
            return subject.name == user.name
        case "Group":
            return subject.name in user.all_groups
        case "ServiceAccount":
            return (subject.namespace or binding.namespace or "", subject.name) == user.account
        case _:
            return False


def _rules(policy: Policy, binding: Binding) -> Iterator[PolicyRule]:
    role = policy.roles.get(binding.role)
    if role is not None:
        yield from _effective(policy, role)
    elif binding.role[1].startswith("system:"):
        raise Unsupported(
            f"{binding.title}: the rules of the built-in role {binding.role[1]} are not modelled"
        )


def _effective(policy: Policy, role: Role) -> Iterator[PolicyRule]:
    """The rules of a role; of one that aggregates, those of all ClusterRoles that its selectors choose, and of what
    those aggregate in turn. Each role counts once, so a circle ends."""
    pending, seen = [role], {role.key}
    while pending:
        role = pending.pop()
        if role.aggregates is None:
            yield from role.rules
            continue
        for part in policy.roles.values():
            chosen = any(matches(selector, part.labels) for selector in role.aggregates)
            if chosen and part.key[0] is None and part.key not in seen:
                seen.add(part.key)
                pending.append(part)
