"""Manifests against Kubernetes' schemas: fields, types, removed and foreign APIs, and broken files."""

from __future__ import annotations

import pytest

from graders.artifact import Artifact
from graders.tools import kubernetes_schema

SERVICE = """apiVersion: v1
kind: Service
metadata:
  name: a
spec:
  ports:
    - port: 80
      targetPort: http
"""
ROLE = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: a}\nrules: []\n"


def found(text: str, kubernetes: str = "1.31") -> list[tuple[int | None, str, str]]:
    (report,) = kubernetes_schema.run([[Artifact("a.yaml", "kubernetes", text)]], kubernetes)
    assert report.failure is None
    assert report.judged == {"a.yaml"}
    assert kubernetes in report.version
    return sorted((message.line, message.code, message.level) for message in report.messages)  # pyright: ignore


@pytest.mark.parametrize("text", [SERVICE, ROLE, "", "---\n---\n", f"# c\n---\n{SERVICE}---\n{ROLE}"])
def test_a_good_file_has_no_remark(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SERVICE.replace("targetPort", "targetPrt"), 8),
        (SERVICE.replace("port: 80", "port: eighty"), 7),
        (SERVICE.replace("port: 80", 'port: "80"'), 7),
        (SERVICE.replace("name: a", "name: yes"), 4),
        (SERVICE + "replicas: 3\n", 9),
        (f"{ROLE}---\n{SERVICE}spek: 1\n", 14),
        (SERVICE.replace("kind: Service", "kind: Servce"), 2),
        ("- 1\n", 1),
        ("just prose\n", 1),
        ("metadata: {name: a}\n", 1),
        ("apiVersion: [v1]\nkind: Service\n", 1),
    ],
)
def test_what_the_schema_forbids(text: str, line: int) -> None:
    assert found(text) == [(line, "schema", "error")]


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: extensions/v1beta1\nkind: Ingress\n",
        "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\n",
        "apiVersion: batch/v1beta1\nkind: CronJob\n",
        "apiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\n",
    ],
)
def test_a_removed_api(text: str) -> None:
    assert found(text) == [(1, "removed-api", "error")]


def test_the_version_decides_what_is_served() -> None:
    text = "apiVersion: flowcontrol.apiserver.k8s.io/v1beta2\nkind: FlowSchema\nmetadata: {name: a}\n"
    assert found(text, "1.28") == []
    assert found(text, "1.31") == [(1, "removed-api", "error")]


@pytest.mark.parametrize(
    "api",
    [
        "argoproj.io/v1alpha1",
        "apps.example.com/v1",
        "networking.example.com/v1",
        "gateway.networking.k8s.io/v1",
    ],
)
def test_an_api_of_somebody_else(api: str) -> None:
    assert found(f"apiVersion: {api}\nkind: Deployment\nspec: {{anything: 1}}\n") == [
        (1, "unknown-kind", "info")
    ]


def test_a_list_is_judged_item_by_item() -> None:
    items = "".join("    " + line + "\n" for line in SERVICE.replace("port: 80", "prt: 80").splitlines())
    text = "apiVersion: v1\nkind: List\nitems:\n  -\n" + items
    assert (11, "schema", "error") in found(text)


@pytest.mark.parametrize("text", ["a: [\n", "\ta: 1\n", "a: 1\na: 2\n", "a: &a [*a]\n"])
def test_what_is_no_yaml(text: str) -> None:
    assert [code for _, code, _ in found(text)] == ["syntax"]


def test_hostile_files_end_quickly() -> None:
    bomb = "a: &a [1,1,1,1,1,1,1,1,1]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    assert [code for _, code, _ in found(bomb)] == ["syntax"]
    assert [code for _, code, _ in found("[" * 200_000)] == ["outside-limits"]
    many = SERVICE + "".join(f"x{number}: 1\n" for number in range(5000))
    assert len(found(many)) == 5000


def test_fragments_and_other_kinds_are_not_judged() -> None:
    patch = Artifact("a.yaml", "kubernetes", "spec: {replicas: 3}\n", whole=False)
    reports = kubernetes_schema.run([[patch], [], [Artifact("a.yaml", "yaml", "a: 1\n")]])
    assert all(report.failure is None and not report.messages and not report.judged for report in reports)


def test_a_version_without_schemas_is_a_failure() -> None:
    (report,) = kubernetes_schema.run([[Artifact("a.yaml", "kubernetes", SERVICE)]], "1.99")
    assert report.failure is not None
    assert report.judged == frozenset()


def test_a_missing_package_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise kubernetes_schema.PackageNotFoundError(name)

    monkeypatch.setattr(kubernetes_schema, "version", absent)
    (report,) = kubernetes_schema.run([[Artifact("a.yaml", "kubernetes", SERVICE)]])
    assert "is missing" in (report.failure or "")
