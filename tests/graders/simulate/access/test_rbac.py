"""Kubernetes RBAC: worked examples, the documentation's own, and the over-privileged roles that existing graders pass."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from graders import kubernetes
from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.objects import read
from graders.simulate.access.rbac.audit import audit
from graders.simulate.access.rbac.authorize import decide, grants
from graders.simulate.access.rbac.needs import Calls, Needs
from graders.simulate.access.rbac.policy import Policy, read_policy
from graders.simulate.access.rbac.requests import Request, User
from graders.simulate.access.rbac.routes import routes
from graders.simulate.access.unsupported import Unsupported

CASES = Path(__file__).with_name("rbac_cases")
EXAMPLES: list[dict[str, Any]] = yaml.safe_load((CASES / "expect.yaml").read_text())["rbac"]
RULES = {rule.id: rule for rule in kubernetes.RULES}


def policy_of(text: str, live: str = "") -> Policy:
    objects = read(Artifact("rbac.yaml", "kubernetes", text))
    return read_policy(objects, read(Artifact("live", "kubernetes", live)) if live else ())


def request_of(probe: dict[str, Any]) -> Request:
    return Request(
        probe["verb"],
        probe.get("group", ""),
        probe.get("resource", ""),
        probe.get("ns"),
        probe.get("name"),
        probe.get("url"),
    )


def reader(*verbs: str) -> Needs:
    calls = (Calls(("get", "list"), "pods"),)
    return Needs("system:serviceaccount:a:reader", "a", calls, harmless=(Calls(("watch", *verbs), "pods"),))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["files"])
def test_a_worked_example(example: dict[str, Any]) -> None:
    policy = policy_of((CASES / example["files"]).read_text())
    held = grants(policy, User(example["user"]))
    for probe in example["allow"]:
        assert decide(held, request_of(probe)), probe
    for probe in example["deny"]:
        assert decide(held, request_of(probe)) is None, probe
    found = [one for kind in ("escalation", "secrets", "workload") for one in routes(held, reader(), kind)]
    assert bool(found) == example["escalation"]


# Of the twelve roles that trust.md probes two are right; existing graders pass nine.
@pytest.mark.parametrize("file", sorted(CASES.glob("t*.yaml")), ids=lambda file: file.name)
def test_the_over_privileged_roles_are_judged_right(file: Path) -> None:
    text = file.read_text()
    artifact = Artifact("rbac.yaml", "kubernetes", text)
    bundle = Bundle((artifact,), {"rbac.yaml": read(artifact)})
    needs = {
        "user": "system:serviceaccount:a:reader",
        "namespace": "a",
        "required": [{"verbs": ["get", "list"], "resource": "pods"}],
        "harmless": [{"verbs": ["watch"], "resource": "pods"}],
    }
    facts = Facts(params={"needs": [needs]})
    failed = {
        id for id in ("RBAC-02", "RBAC-03", "RBAC-04", "RBAC-05") if list(RULES[id].check(bundle, facts))
    }
    assert bool(failed) == (file.name not in ("t01-get-list.yaml", "t02-get-list-watch.yaml"))


# https://kubernetes.io/docs/reference/access-authn-authz/rbac/ : Role example, RoleBinding examples, ClusterRoleBinding
# example, referring to resources, referring to subjects, aggregated ClusterRoles.
DOCUMENTED = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {namespace: default, name: pod-reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, watch, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: secret-reader}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get, watch, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: read-pods, namespace: default}
subjects: [{kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}]
roleRef: {kind: Role, name: pod-reader, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: read-secrets, namespace: development}
subjects: [{kind: User, name: dave, apiGroup: rbac.authorization.k8s.io}]
roleRef: {kind: ClusterRole, name: secret-reader, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: read-secrets-global}
subjects: [{kind: Group, name: manager, apiGroup: rbac.authorization.k8s.io}]
roleRef: {kind: ClusterRole, name: secret-reader, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {namespace: default, name: configmap-updater}
rules: [{apiGroups: [""], resources: [configmaps], resourceNames: [my-configmap], verbs: [update, get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: qa, namespace: default}
subjects: [{kind: Group, name: "system:serviceaccounts:qa", apiGroup: rbac.authorization.k8s.io}]
roleRef: {kind: Role, name: configmap-updater, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: monitoring}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {rbac.example.com/aggregate-to-monitoring: "true"}}]}
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: monitoring-endpointslices, labels: {rbac.example.com/aggregate-to-monitoring: "true"}}
rules: [{apiGroups: [""], resources: [services, endpointslices, pods], verbs: [get, list, watch]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: monitoring}
subjects: [{kind: ServiceAccount, name: prometheus, namespace: monitoring}]
roleRef: {kind: ClusterRole, name: monitoring, apiGroup: rbac.authorization.k8s.io}
"""


@pytest.mark.parametrize(
    ("user", "request_", "allowed"),
    [
        (User("jane"), Request("list", "", "pods", "default"), True),
        (User("jane"), Request("list", "", "pods", "kube-system"), False),
        (User("jane"), Request("get", "", "pods/log", "default", "web"), False),
        (User("dave"), Request("get", "", "secrets", "development", "db"), True),
        (User("dave"), Request("get", "", "secrets", "default", "db"), False),
        (User("ann", ("manager",)), Request("list", "", "secrets"), True),
        (User("system:serviceaccount:qa:ci"), Request("update", "", "configmaps", "default", "my-configmap"), True),
        (User("system:serviceaccount:qa:ci"), Request("update", "", "configmaps", "default", "other"), False),
        (User("system:serviceaccount:qa:ci"), Request("create", "", "configmaps", "default"), False),
        (User("system:serviceaccount:dev:ci"), Request("get", "", "configmaps", "default", "my-configmap"), False),
        (User("system:serviceaccount:monitoring:prometheus"), Request("watch", "", "pods"), True),
        (User("system:serviceaccount:monitoring:prometheus"), Request("get", "", "secrets", "default", "db"), False),
    ],
)  # fmt: skip
def test_the_documentations_examples(user: User, request_: Request, allowed: bool) -> None:
    assert (decide(grants(policy_of(DOCUMENTED), user), request_) is not None) == allowed


BINDING = """
apiVersion: rbac.authorization.k8s.io/v1
kind: {binding}
metadata: {{name: b, namespace: a}}
roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {role}}}
subjects: [{subject}]
"""
ACCOUNT = "{kind: ServiceAccount, name: ci, namespace: a}"
CI = User("system:serviceaccount:a:ci")


@pytest.mark.parametrize(
    ("role", "verb", "resource", "allowed"),
    [
        ("view", "get", "pods/log", True),
        ("view", "get", "secrets", False),
        ("edit", "create", "pods/exec", True),
        ("edit", "create", "serviceaccounts/token", True),
        ("edit", "create", "rolebindings.rbac.authorization.k8s.io", False),
        ("admin", "create", "rolebindings.rbac.authorization.k8s.io", True),
        ("admin", "update", "resourcequotas", False),
        ("cluster-admin", "escalate", "roles.rbac.authorization.k8s.io", True),
        ("system:auth-delegator", "create", "tokenreviews.authentication.k8s.io", True),
        ("system:auth-delegator", "create", "localsubjectaccessreviews.authorization.k8s.io", False),
    ],
)
def test_a_built_in_role(role: str, verb: str, resource: str, allowed: bool) -> None:
    kind, _, group = resource.partition(".")
    text = BINDING.format(binding="RoleBinding", kind="ClusterRole", role=role, subject=ACCOUNT)
    held = grants(policy_of(text), CI)
    assert (decide(held, Request(verb, group, kind, "a", "x")) is not None) == allowed


@pytest.mark.parametrize(
    ("binding", "kind", "role", "subject"),
    [
        ("ClusterRoleBinding", "Role", "r", ACCOUNT),
        ("ClusterRoleBinding", "ClusterRole", "edit", "{kind: ServiceAccount, name: ci}"),
        ("RoleBinding", "ClusterRole", "edit", "{kind: ServiceAccount, name: ci, namespace: a, apiGroup: rbac.authorization.k8s.io}"),
        ("RoleBinding", "Group", "edit", ACCOUNT),
        ("RoleBinding", "ClusterRole", "edit", "{kind: Account, name: ci}"),
    ],
)  # fmt: skip
def test_what_the_server_refuses_grants_nothing(binding: str, kind: str, role: str, subject: str) -> None:
    policy = policy_of(BINDING.format(binding=binding, kind=kind, role=role, subject=subject))
    assert policy.refused
    assert not grants(policy, CI)


def test_a_live_binding_keeps_its_role_and_its_subjects() -> None:
    live = BINDING.format(binding="RoleBinding", kind="ClusterRole", role="edit", subject=ACCOUNT)
    new = BINDING.format(binding="RoleBinding", kind="ClusterRole", role="view", subject=ACCOUNT)
    assert decide(grants(policy_of(new, live), CI), Request("create", "", "pods", "a"))
    other = BINDING.format(
        binding="RoleBinding", kind="ClusterRole", role="edit", subject="{kind: Group, name: x}"
    )
    assert not grants(policy_of(other, live), CI)


def test_a_built_in_role_that_is_not_modelled_is_no_guess() -> None:
    text = BINDING.format(binding="RoleBinding", kind="ClusterRole", role="system:node", subject=ACCOUNT)
    with pytest.raises(Unsupported):
        grants(policy_of(text), CI)


def test_roles_that_aggregate_each_other_end() -> None:
    role = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {{name: r{n}, labels: {{x: y}}}}
aggregationRule: {{clusterRoleSelectors: [{{matchLabels: {{x: y}}}}]}}
---
"""
    text = "".join(role.format(n=n) for n in range(60))
    binding = BINDING.format(binding="RoleBinding", kind="ClusterRole", role="r0", subject=ACCOUNT)
    assert grants(policy_of(text + binding), CI) == ()


def test_names_that_a_client_selects_are_honoured_by_list() -> None:
    text = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: r, namespace: a}
rules: [{apiGroups: [batch], resources: [jobs], resourceNames: [smoke], verbs: [list, watch, create, delete]}]
---
""" + BINDING.format(binding="RoleBinding", kind="Role", role="r", subject=ACCOUNT)
    held = grants(policy_of(text), CI)
    assert decide(held, Request("watch", "batch", "jobs", "a", "smoke"))
    assert decide(held, Request("list", "batch", "jobs", "a")) is None
    assert decide(held, Request("create", "batch", "jobs", "a")) is None


def test_the_trace_says_what_is_needed_and_granted_beyond() -> None:
    found = audit(policy_of((CASES / "t03-all-resources.yaml").read_text()), reader())
    trace = found.trace()
    assert trace.title.endswith("recall 1.00, precision 0.09")
    asked = Counter((entry.asked, entry.granted) for entry in trace.entries)
    assert asked["needed", True] == len(found.required)
    assert asked["excess", True] == len(found.surplus) > 10
