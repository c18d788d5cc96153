"""Traps in the rules over pod specs."""

from __future__ import annotations

from typing import Any

import pytest

from graders.report import Message

DIGEST = "sha256:" + "0a" * 32


def pod(spec: str, metadata: str = "{name: a}") -> str:
    return f"apiVersion: v1\nkind: Pod\nmetadata: {metadata}\nspec: {spec}\n"


def deployment(spec: str, extra: str = "replicas: 2", labels: str = "{app: a}") -> str:
    return (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n"
        f"spec:\n  {extra}\n  selector: {{matchLabels: {labels}}}\n"
        f"  template: {{metadata: {{labels: {labels}}}, spec: {spec}}}\n"
    )


PINNED = "{containers: [{name: a, image: 'a:1'}]}"


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (
            "K8S-02",
            "{securityContext: {runAsNonRoot: true}, containers: [{name: a}]}",
            "{securityContext: {runAsNonRoot: true}, containers: [{name: a, securityContext: {runAsNonRoot: false}}]}",
        ),
        (
            "K8S-02",
            "{containers: [{name: a, securityContext: {runAsNonRoot: true}}]}",
            "{containers: [{name: a, securityContext: {runAsNonRoot: true, runAsUser: 0}}]}",
        ),
        (
            "K8S-02",
            "{securityContext: {runAsNonRoot: true}, initContainers: [{name: i}], containers: [{name: a}]}",
            "{initContainers: [{name: i}], containers: [{name: a, securityContext: {runAsNonRoot: true}}]}",
        ),
        (
            "K8S-04",
            "{containers: [{name: a, securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}}]}",
            "{containers: [{name: a, securityContext: {capabilities: {drop: [all]}}}]}",
        ),
        (
            "K8S-05",
            "{securityContext: {seccompProfile: {type: RuntimeDefault}}, containers: [{name: a}]}",
            "{securityContext: {seccompProfile: {type: RuntimeDefault}}, "
            "containers: [{name: a, securityContext: {seccompProfile: {type: Unconfined}}}]}",
        ),
        (
            "K8S-06",
            "{hostNetwork: false, containers: [{name: a, ports: [{containerPort: 80}]}]}",
            "{containers: [{name: a, ports: [{containerPort: 80, hostPort: 80}]}]}",
        ),
        (
            "K8S-07",
            "{volumes: [{name: v}, {name: w, emptyDir: {}}]}",
            "{volumes: [{name: v, nfs: {server: s}}]}",
        ),
        ("K8S-12", "{terminationGracePeriodSeconds: 40}", "{terminationGracePeriodSeconds: 39}"),
    ],
)
def test_pair(ask: Any, rule: str, good: str, bad: str) -> None:
    assert ask(rule, pod(good), drain_seconds=40) == []
    assert len(ask(rule, pod(bad), drain_seconds=40)) == 1


def test_a_prohibition_needs_a_pod_to_protect(ask: Any) -> None:
    assert ask("K8S-06", "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n") != []


@pytest.mark.parametrize(
    ("mount", "volume", "covered"),
    [
        ("{name: v, mountPath: /var/cache}", "emptyDir: {}", True),
        ("{name: v, mountPath: /var/cache/app/}", "emptyDir: {}", True),
        ("{name: v, mountPath: /var/cache/app/tmp}", "emptyDir: {}", False),
        ("{name: v, mountPath: /var/cac}", "emptyDir: {}", False),
        ("{name: v, mountPath: /var/cache, readOnly: true}", "emptyDir: {}", False),
        ("{name: v, mountPath: /var/cache}", "configMap: {name: c}", False),
    ],
)
def test_write_path(ask: Any, mount: str, volume: str, covered: bool) -> None:
    spec = (
        "{containers: [{name: a, securityContext: {readOnlyRootFilesystem: true}, "
        f"volumeMounts: [{mount}]}}], volumes: [{{name: v, {volume}}}]}}"
    )
    assert (ask("K8S-08", pod(spec), write_paths=["/var/cache/app"]) == []) is covered


@pytest.mark.parametrize(
    ("image", "digest", "right"),
    [
        ("a:1", False, True),
        ("localhost:5000/a", False, False),
        ("a:latest", False, False),
        ("a:${TAG}", False, False),
        (f"a:latest@{DIGEST}", False, True),
        ("a:1", True, False),
        (f"a@{DIGEST}", True, True),
        ("a@sha256:abc", True, False),
    ],
)
def test_image(ask: Any, image: str, digest: bool, right: bool) -> None:
    assert (
        ask("K8S-09", pod(f"{{containers: [{{name: a, image: '{image}'}}]}}"), digest=digest) == []
    ) is right


def test_kustomization_pins_the_image_of_the_files_that_it_reaches(ask: Any) -> None:
    files = {
        "base/app.yaml": pod("{containers: [{name: a, image: 'registry/a'}]}"),
        "base/kustomization.yaml": "resources: [app.yaml]\n",
        "overlays/production/kustomization.yaml": (
            f"namespace: shop\nresources: [../../base]\nimages: [{{name: registry/a, digest: '{DIGEST}'}}]\n"
        ),
    }
    assert ask("K8S-09", files, digest=True) == []
    assert ask("K8S-20", files, namespace="shop", delivered=False) == []
    assert ask("K8S-20", files, namespace="other", delivered=False) != []
    files["overlays/production/kustomization.yaml"] = (
        "resources: [../base]\nimages: [{name: registry/a, newTag: '1'}]\n"
    )
    assert len(ask("K8S-09", files)) == 1


def test_quota_counts_the_most_replicas_and_the_largest_init_step(ask: Any) -> None:
    resources = "resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {memory: 64Mi}}"
    init = "resources: {requests: {cpu: 250m, memory: 64Mi}, limits: {memory: 64Mi}}"
    spec = f"{{initContainers: [{{name: i, {init}}}], containers: [{{name: a, {resources}}}]}}"
    autoscaler = (
        "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n"
        "spec: {minReplicas: 2, maxReplicas: 4, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}}\n"
    )
    text = deployment(spec) + autoscaler
    assert ask("K8S-10", text, quota={"cpu": "1", "memory": "1Gi"}) == []
    assert len(ask("K8S-10", text, quota={"cpu": "999m", "memory": "1Gi"})) == 1


def test_request_above_limit_and_limit_as_request(ask: Any) -> None:
    only_limits = "{containers: [{name: a, resources: {limits: {cpu: 1, memory: 1Gi}}}]}"
    above = "{containers: [{name: a, resources: {requests: {cpu: 1, memory: 2Gi}, limits: {memory: 1Gi}}}]}"
    assert ask("K8S-10", pod(only_limits)) == []
    assert len(ask("K8S-10", pod(above))) == 1


PROBED = (
    "{containers: [{name: a, ports: [{name: http, containerPort: 8080}], "
    "readinessProbe: {httpGet: {path: /ready, port: http}}, livenessProbe: {httpGet: {path: %s, port: %s}%s}}]}"
)


@pytest.mark.parametrize(
    ("path", "port", "more", "count"),
    [
        ("/live", "http", ", initialDelaySeconds: 30", 0),
        ("live?quick", "8080", ", failureThreshold: 6", 0),
        ("/live", "web", ", initialDelaySeconds: 30", 1),
        ("/live", "'8080'", ", initialDelaySeconds: 30", 1),
        ("/live", "9090", ", initialDelaySeconds: 30", 1),
        ("/ready", "http", ", initialDelaySeconds: 30", 2),
        ("/live", "http", "", 1),
    ],
)
def test_probe(ask: Any, path: str, port: str, more: str, count: int) -> None:
    found = ask(
        "K8S-11",
        deployment(PROBED % (path, port, more)),
        port=8080,
        readiness="/ready",
        liveness="/live",
        dependency_paths=["/ready"],
        startup_seconds=60,
    )
    assert len(found) == count


@pytest.mark.parametrize(
    ("hook", "seconds"),
    [
        ("sleep: {seconds: 10}", 10),
        ("exec: {command: [sleep, '10']}", 10),
        ("exec: {command: [/bin/sh, -c, 'sleep 5 && nginx -s quit; sleep 5s >/dev/null']}", 10),
        ("exec: {command: [sh, -c, sleep $WAIT]}", 10),
        ("exec: {command: [sh, -c, nginx -s quit]}", 0),
    ],
)
def test_pre_stop(ask: Any, hook: str, seconds: int) -> None:
    spec = (
        f"{{terminationGracePeriodSeconds: {seconds + 30}, containers: [{{name: a, env: [{{name: WAIT, value: '10'}}], "
        f"lifecycle: {{preStop: {{{hook}}}}}}}]}}"
    )
    assert ask("K8S-12", pod(spec), drain_seconds=30) == []
    assert len(ask("K8S-12", pod(spec), drain_seconds=31)) == 1


def test_sleep_of_unknown_length_fails(ask: Any) -> None:
    spec = "{containers: [{name: a, lifecycle: {preStop: {exec: {command: [sleep, infinity]}}}}]}"
    assert len(ask("K8S-12", pod(spec), drain_seconds=1)) == 1


@pytest.mark.parametrize(
    ("env", "right"),
    [
        ("{name: DB_PASSWORD, value: hunter2}", False),
        ("{name: DB_PASSWORD, value: changeme}", False),
        ("{name: dbPassword, value: hunter2}", False),
        ("{name: DB_PASSWORD, value: '${DB_PASSWORD}'}", False),
        ("{name: DB_PASSWORD, value: $(OTHER)}", True),
        ("{name: DB_PASSWORD, value: ''}", True),
        ("{name: DATABASE_URL, value: 'postgres://a:hunter2@db/a'}", False),
        ("{name: DATABASE_URL, value: 'postgres://a:$(DB_PASSWORD)@db/a'}", True),
        ("{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: s, key: k}}}", True),
        ("{name: DB_PASSWORD_FILE, value: /run/secrets/db}", True),
        ("{name: TOKEN_TTL_SECONDS, value: '3600'}", True),
        ("{name: SECRET_NAME, value: app-db}", True),
        ("{name: PARTITION_KEY, value: customer}", True),
    ],
)
def test_env(ask: Any, env: str, right: bool) -> None:
    assert (ask("K8S-19", pod(f"{{containers: [{{name: a, env: [{env}]}}]}}")) == []) is right


def test_secret_with_values_fails_and_an_empty_one_passes(ask: Any) -> None:
    secret = "---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"
    assert ask("K8S-19", pod(PINNED) + secret + "data: {}\n") == []
    assert len(ask("K8S-19", pod(PINNED) + secret + "stringData: {password: REPLACE_ME}\n")) == 1


def test_pod_wins_over_account(ask: Any) -> None:
    account = "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\nautomountServiceAccountToken: false\n"
    assert ask("K8S-18", pod("{serviceAccountName: a}") + account) == []
    loud = pod("{serviceAccountName: a, automountServiceAccountToken: true}") + account
    assert len(ask("K8S-18", loud)) == 1
    assert ask("K8S-18", loud, api_access=True) == []
    assert (
        len(ask("K8S-18", pod("{serviceAccountName: b, automountServiceAccountToken: false}") + account)) == 1
    )


def test_schema_messages_and_foreign_kinds(ask: Any) -> None:
    rollout = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: {name: a}\nspec: {selector: {}}\n"
    foreign = (Message("app.yaml", 1, "unknown-kind", "not built in", "info"),)
    assert len(ask("K8S-01", rollout, foreign)) == 1
    assert ask("K8S-01", rollout, foreign, crds=["argoproj.io/v1alpha1/Rollout"]) == []
    wrong = (Message("app.yaml", 4, "schema", "spec: there is no field 'replica'"),)
    assert [v.line for v in ask("K8S-01", pod(PINNED), wrong)] == [4]
