"""Permissions that lead to more than they say.

Sources: Kubernetes documentation, «Role Based Access Control Good Practices» (privilege escalation risks); CIS Kubernetes
Benchmark 5.1.2, 5.1.4, 5.1.8 to 5.1.13.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from graders.simulate.access.rbac.authorize import Grant
from graders.simulate.access.rbac.needs import Calls, Needs

RouteKind = Literal["escalation", "secrets", "workload"]

_RBAC = "rbac.authorization.k8s.io"
_CSR = "certificates.k8s.io"
_ADMISSION = "admissionregistration.k8s.io"
_WRITES = ("create", "update", "patch")
_REQUESTS = ("get", "create", "update", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Route:
    """`verbs` on a resource lead to what `gives` says. A route at cluster scope needs a ClusterRoleBinding."""

    kind: RouteKind
    verbs: tuple[str, ...]
    group: str
    resource: str
    gives: str
    cluster: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A route that is open by `by`, with the verbs that open it."""

    route: Route
    verbs: tuple[str, ...]
    by: Grant


_SESSION = "a session inside any running pod, with its account and its secrets"
_CERTIFICATE = "client certificates of anyone"
_REWRITE = "every object that is sent to the API server passes through it"

ROUTES: tuple[Route, ...] = (
    Route("escalation", ("escalate",), _RBAC, "roles", "roles with any right"),
    Route("escalation", ("escalate",), _RBAC, "clusterroles", "cluster roles with any right", cluster=True),
    Route("escalation", ("bind",), _RBAC, "roles", "a binding to any role"),
    Route("escalation", ("bind",), _RBAC, "clusterroles", "a binding to any cluster role"),
    Route("escalation", ("impersonate",), "", "users", "the rights of any user", cluster=True),
    Route("escalation", ("impersonate",), "", "groups", "the rights of any group", cluster=True),
    Route("escalation", ("impersonate",), "", "serviceaccounts", "the rights of any account of the namespace"),
    Route("escalation", ("create",), "", "serviceaccounts/token", "tokens of any account of the namespace"),
    Route("escalation", ("create", "get"), "", "pods/exec", _SESSION),
    Route("escalation", ("create", "get"), "", "pods/attach", _SESSION),
    Route("escalation", ("create", "get"), "", "pods/portforward", "connections to any port of any pod"),
    Route("escalation", _REQUESTS, "", "pods/proxy", "requests to any port of any pod, past its policies"),
    Route("escalation", _REQUESTS, "", "services/proxy", "requests to the pods of any service, past their policies"),
    Route("escalation", ("update", "patch"), "", "pods/ephemeralcontainers", _SESSION),
    Route("escalation", ("get", "create"), "", "nodes/proxy", "commands in every pod of a node", cluster=True),
    Route("escalation", ("update", "patch"), _CSR, "certificatesigningrequests/approval", _CERTIFICATE, cluster=True),
    Route("escalation", ("approve", "sign"), _CSR, "signers", _CERTIFICATE, cluster=True),
    Route("escalation", _WRITES, _ADMISSION, "mutatingwebhookconfigurations", _REWRITE, cluster=True),
    Route("escalation", _WRITES, _ADMISSION, "validatingwebhookconfigurations", _REWRITE, cluster=True),
    Route("escalation", ("create",), "", "persistentvolumes", "the file system of the nodes", cluster=True),
    Route("escalation", ("update", "patch"), "", "namespaces", "the labels that hold back privileged pods"),
    Route("secrets", ("get", "list", "watch"), "", "secrets", "the values of the secrets"),
    Route("secrets", ("create", "update", "patch", "delete", "deletecollection"), "", "secrets", "changed secrets"),
    *(
        Route("workload", _WRITES, group, resource, "pods with any account and any secret of the namespace")
        for group, resource in (
            ("", "pods"),
            ("", "replicationcontrollers"),
            ("apps", "deployments"),
            ("apps", "statefulsets"),
            ("apps", "daemonsets"),
            ("apps", "replicasets"),
            ("batch", "jobs"),
            ("batch", "cronjobs"),
        )
    ),
)  # fmt: skip


def routes(held: Iterable[Grant], needs: Needs, kind: RouteKind) -> Iterator[Taken]:
    """Each route of this kind that a grant opens and no call of the case needs, whatever objects the rule names.

    Where a call needs a route on named objects the rule must name no others; but a workload of any name reaches the same
    accounts, so there names do not count.
    """
    for grant in held:
        for route in ROUTES:
            if route.kind != kind or (route.cluster and grant.namespace is not None):
                continue
            if not grant.rule.concerns(route.group, route.resource):
                continue
            held_verbs = [verb for verb in route.verbs if _held(grant, verb, route.resource)]
            verbs = tuple(verb for verb in held_verbs if not _needed(route, verb, grant, needs))
            if verbs:
                yield Taken(route, verbs, grant)


def _held(grant: Grant, verb: str, resource: str) -> bool:
    """A create of a whole object and a deletecollection carry no name, so a rule with names never allows them."""
    nameless = verb == "deletecollection" or (verb == "create" and "/" not in resource)
    return bool(grant.rule.verbs & {"*", verb}) and not (nameless and grant.rule.names)


def _needed(route: Route, verb: str, grant: Grant, needs: Needs) -> bool:
    return any(
        verb in call.verbs
        and (call.group, call.resource) == (route.group, route.resource)
        and _same_place(call, grant, needs)
        and (not call.names or route.kind == "workload" or _within(grant.rule.names, call.names))
        for call in needs.granted_for
    )


def _same_place(call: Calls, grant: Grant, needs: Needs) -> bool:
    return call.everywhere or grant.namespace == (call.namespace or needs.namespace)


def _within(names: frozenset[str], wanted: tuple[str, ...]) -> bool:
    return bool(names) and names <= set(wanted)
