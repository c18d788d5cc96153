"""Traps in the rules that join objects."""

from __future__ import annotations

from typing import Any

import pytest


def deployment(
    name: str = "a", replicas: str = "replicas: 3", pods: str = "{containers: []}", label: str = "a"
) -> str:
    return (
        f"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n"
        + (f"  {replicas}\n" if replicas else "")
        + f"  selector: {{matchLabels: {{app: {label}}}}}\n"
        f"  template: {{metadata: {{labels: {{app: {label}, colour: {name}}}}}, spec: {pods}}}\n"
    )


def budget(spec: str) -> str:
    return (
        "---\napiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\n"
        f"spec: {{selector: {{matchLabels: {{app: a}}}}, {spec}}}\n"
    )


def autoscaler(spec: str = "minReplicas: 3, maxReplicas: 6", api: str = "apps/v1", metrics: str = "") -> str:
    return (
        "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\n"
        f"spec: {{scaleTargetRef: {{apiVersion: '{api}', kind: Deployment, name: a}}, {spec}{metrics}}}\n"
    )


@pytest.mark.parametrize(
    ("spec", "right"),
    [
        ("minAvailable: 2", True),
        ("minAvailable: 3", False),
        ("minAvailable: 0", False),
        ("maxUnavailable: 1", True),
        ("maxUnavailable: 0", False),
        ("maxUnavailable: 3", False),
        ("minAvailable: 50%", True),
        ("minAvailable: 67%", False),  # rounds up to 3 of 3
        ("maxUnavailable: 1%", True),  # rounds up to 1
        ("maxUnavailable: 100%", False),
        ("minAvailable: 1, maxUnavailable: 1", False),
    ],
)
def test_budget(ask: Any, spec: str, right: bool) -> None:
    assert (ask("K8S-14", deployment() + budget(spec)) == []) is right


def test_budget_is_measured_at_the_autoscalers_floor(ask: Any) -> None:
    text = deployment(replicas="") + budget("minAvailable: 2")
    assert ask("K8S-14", text + autoscaler()) == []
    assert len(ask("K8S-14", text + autoscaler("minReplicas: 2, maxReplicas: 6"))) == 1


def test_budget_over_both_colours_counts_the_active_one(ask: Any) -> None:
    colours = deployment("blue") + deployment("green", "replicas: 0")
    assert ask("K8S-14", colours + budget("minAvailable: 2")) == []
    assert len(ask("K8S-14", colours + budget("minAvailable: 3"))) == 1


def test_missing_dangling_and_doubled_budgets(ask: Any) -> None:
    assert len(ask("K8S-14", deployment())) == 2
    assert len(ask("K8S-14", deployment(label="x") + budget("maxUnavailable: 1"))) == 2
    twice = budget("maxUnavailable: 1") + budget("maxUnavailable: 1").replace("name: b", "name: c")
    assert len(ask("K8S-14", deployment() + twice)) == 1


ZONES = (
    "{topologySpreadConstraints: [{maxSkew: 1, topologyKey: %s, whenUnsatisfiable: ScheduleAnyway, "
    "labelSelector: {matchLabels: {app: %s}}}], containers: []}"
)


@pytest.mark.parametrize(
    ("key", "label", "replicas", "target", "right"),
    [
        ("topology.kubernetes.io/zone", "a", 2, 99.9, True),
        ("topology.kubernetes.io/zone", "a", 2, 99.95, False),
        ("topology.kubernetes.io/zone", "b", 3, 99.95, False),
        ("kubernetes.io/hostname", "a", 3, 99.95, False),
    ],
)
def test_spread(ask: Any, key: str, label: str, replicas: int, target: float, right: bool) -> None:
    text = deployment(replicas=f"replicas: {replicas}", pods=ZONES % (key, label))
    assert (ask("K8S-15", text, target=target) == []) is right


REQUESTING = "{containers: [{name: a, resources: {requests: {cpu: 100m}}}]}"
CPU = ", metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 70}}}]"


def test_autoscaler(ask: Any) -> None:
    workload = deployment(replicas="", pods=REQUESTING)
    assert ask("K8S-16", workload + autoscaler(metrics=CPU), min_replicas=3) == []
    assert len(ask("K8S-16", workload + autoscaler(metrics=CPU), min_replicas=4)) == 1
    assert len(ask("K8S-16", workload + autoscaler(api="", metrics=CPU), min_replicas=3)) == 1
    assert (
        len(ask("K8S-16", workload + autoscaler(metrics=CPU.replace("cpu", "memory")), min_replicas=3)) == 1
    )
    fight = deployment(pods=REQUESTING) + autoscaler(metrics=CPU)
    assert len(ask("K8S-16", fight, min_replicas=3)) == 1


def test_autoscaler_reads_only_metrics_that_exist(ask: Any) -> None:
    metric = ", metrics: [{type: Pods, pods: {metric: {name: rps}, target: {type: AverageValue, averageValue: 10}}}]"
    text = deployment(replicas="") + autoscaler(metrics=metric)
    assert ask("K8S-16", text, min_replicas=3, metrics=["rps"]) == []
    assert len(ask("K8S-16", text, min_replicas=3)) == 1


SERVING = "{containers: [{name: a, ports: [{name: http, containerPort: 8080}]}]}"


def service(target: str = "http", selector: str = "{app: a}", namespace: str = "default") -> str:
    return (
        f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: s, namespace: {namespace}}}\n"
        f"spec: {{selector: {selector}, ports: [{{name: web, port: 80, targetPort: {target}}}]}}\n"
    )


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (service(), True),
        (service("8080"), True),
        (service("80"), False),
        (service("web"), False),
        (service(selector="{app: a, colour: z}"), False),
        (service(namespace="other"), False),
    ],
)
def test_service(ask: Any, text: str, right: bool) -> None:
    assert (ask("K8S-17", deployment(pods=SERVING) + text) == []) is right


def test_ingress_backend_and_tls(ask: Any) -> None:
    ingress = (
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec:\n"
        "  tls: [{hosts: [a.example.org], secretName: t}]\n  rules:\n    - host: HOST\n      http:\n"
        "        paths: [{path: /, pathType: Prefix, backend: {service: {name: s, port: {PORT}}}}]\n"
    )
    workload = deployment(pods=SERVING) + service()
    right = ingress.replace("HOST", "a.example.org").replace("PORT", "name: web")
    assert ask("K8S-17", workload + right) == []
    assert len(ask("K8S-17", workload + right.replace("name: web", "number: 8080"))) == 1
    assert len(ask("K8S-17", workload + right.replace("host: a.", "host: b."))) == 1
    bare = right.replace("  tls: [{hosts: [a.example.org], secretName: t}]\n", "")
    assert len(ask("K8S-17", workload + bare)) == 1
    assert ask("K8S-17", workload + bare, tls=False) == []


def test_workload_that_does_not_select_its_own_pods(ask: Any) -> None:
    wrong = deployment(pods=SERVING).replace("matchLabels: {app: a}", "matchLabels: {app: b}")
    assert len(ask("K8S-17", wrong + service())) == 1


def test_namespace_and_its_level(ask: Any) -> None:
    account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: shop}\n"
    home = (
        "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, "
        "labels: {pod-security.kubernetes.io/enforce: LEVEL}}\n"
    )
    assert ask("K8S-20", account + home.replace("LEVEL", "restricted"), namespace="shop") == []
    assert len(ask("K8S-20", account + home.replace("LEVEL", "baseline"), namespace="shop")) == 1
    assert len(ask("K8S-20", account, namespace="shop")) == 1
    assert ask("K8S-20", account, namespace="shop", delivered=False) == []
    assert (
        len(ask("K8S-20", account.replace(", namespace: shop", ""), namespace="shop", delivered=False)) == 1
    )


STATEFUL = (
    "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: q, namespace: shop}\nspec:\n  serviceName: q\n"
    "  replicas: 3\n  selector: {matchLabels: {app: q}}\n  template: {metadata: {labels: {app: q}}, spec: {}}\n"
    "  volumeClaimTemplates: [{metadata: {name: d}, spec: {resources: {requests: {storage: 10Gi}}}}]\n"
)


def test_update_of_live_objects(ask: Any) -> None:
    live = [STATEFUL]
    assert ask("K8S-21", STATEFUL.replace("replicas: 3", "replicas: 5"), live=live) == []
    assert ask("K8S-21", STATEFUL.replace("10Gi", "10240Mi"), live=live) == []
    assert [v.line for v in ask("K8S-21", STATEFUL.replace("10Gi", "20Gi"), live=live)] == [9]
    assert len(ask("K8S-21", STATEFUL.replace("{app: q}", "{app: q, tier: x}"), live=live)) == 1
    assert (
        len(ask("K8S-21", STATEFUL.replace("name: q, n", "name: q2, n"), live=live, stay=["StatefulSet/q"]))
        == 2
    )


def test_claims_grow_and_role_references_stay(ask: Any) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "c"},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "10Gi"}}},
    }
    text = (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: c}\n"
        "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: SIZE}}}\n"
    )
    assert ask("K8S-21", text.replace("SIZE", "20Gi"), live=[claim]) == []
    assert len(ask("K8S-21", text.replace("SIZE", "5Gi"), live=[claim])) == 1


ROLE = (
    "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: deployer, namespace: shop}\n"
    "rules: [{apiGroups: [apps], resources: [deployments], verbs: [get, patch]}]\n"
)
BINDING = (
    "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: deployer, namespace: shop}\n"
    "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deployer}\n"
    "subjects: [{kind: ServiceAccount, name: ci, namespace: build}]\n"
)
CI = [{"kind": "ServiceAccount", "name": "ci", "namespace": "build"}]


@pytest.mark.parametrize("wildcard", ['verbs: ["*"]', 'verbs: [get], resources: ["*/scale"]'])
def test_wildcards(ask: Any, wildcard: str) -> None:
    assert ask("RBAC-01", ROLE) == []
    assert (
        len(ask("RBAC-01", ROLE + f"  # more\n---\n{ROLE.split('rules')[0]}rules: [{{{wildcard}}}]\n")) == 1
    )


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (ROLE + BINDING, 0),
        (
            ROLE
            + BINDING.replace(
                "kind: ServiceAccount, name: ci, namespace: build",
                "kind: User, name: 'system:serviceaccount:build:ci'",
            ),
            0,
        ),
        (
            ROLE
            + BINDING.replace("kind: Role,", "kind: ClusterRole,").replace("name: deployer}", "name: edit}"),
            1,
        ),
        (ROLE + BINDING.replace(", namespace: build", ""), 2),
        (ROLE + BINDING.replace("name: ci", "name: default"), 2),
        (ROLE + BINDING.replace("kind: RoleBinding", "kind: ClusterRoleBinding"), 3),
        (ROLE.replace("name: deployer", "name: other") + BINDING, 1),
    ],
)
def test_bindings(ask: Any, text: str, count: int) -> None:
    assert len(ask("RBAC-06", text, namespace="shop", subjects=CI)) == count
