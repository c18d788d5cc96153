"""What is recognised, read and resolved before any rule is asked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from graders import kubernetes
from graders.artifact import Artifact
from graders.kubernetes import kustomization
from graders.kubernetes.percent import scaled
from graders.kubernetes.quantities import quantity
from graders.kubernetes.references import Reference, reference
from graders.kubernetes.selectors import matches
from graders.yaml_lines import Unparsable

SERVICE = (
    "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{port: 80}], selector: {app: a}}\n"
)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("a.yaml", SERVICE, True),
        (None, SERVICE, True),
        ("a.json", '{"kind": "Service", "apiVersion": "v1"}', True),
        ("apply.sh", f"kubectl apply -f - <<EOF\n{SERVICE}EOF\n", False),
        ("chart/templates/a.yaml", SERVICE + "# {{ .Values.port }}\n", False),
        ("values.yaml", "image: a\nservice: {port: 80}\n", False),
        ("compose.yaml", "services:\n  a: {image: b}\n", False),
        ("kubeconfig.yaml", "apiVersion: v1\nkind: Config\nclusters: []\n", False),
        ("rules.yaml", "groups:\n  - name: a\n    rules: []\n", False),
        (
            "rule.yaml",
            "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n# {{ $labels.job }}\n",
            True,
        ),
    ],
)
def test_recognises(path: str | None, text: str, expected: bool) -> None:
    assert kubernetes.recognises(path, "yaml", text) is expected


def test_kustomization_is_a_kind_of_its_own_and_flux_is_not() -> None:
    own = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
    assert kustomization.recognises("a.yaml", "", own)
    assert not kubernetes.recognises("a.yaml", "", own)
    assert not kustomization.recognises("a.yaml", "", flux)
    assert kubernetes.recognises("a.yaml", "", flux)


def test_patch_is_a_fragment_and_a_workload_that_forgot_its_selector_is_not() -> None:
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 3}\n"
    forgot = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n"
        "    metadata: {labels: {app: a}}\n    spec: {containers: [{name: a, image: 'b:1'}]}\n"
    )
    assert not kubernetes.is_whole(patch)
    assert kubernetes.is_whole(forgot)
    assert kubernetes.is_whole(patch + "---\n" + SERVICE)


def test_items_of_a_list_stand_for_themselves_with_their_lines() -> None:
    text = (
        "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Service\n    metadata: {name: a}\n"
    )
    (found,) = kubernetes.parse(Artifact("a.yaml", "kubernetes", text))
    assert (found.title, found.line, found.line_of("metadata", "name")) == ("Service/a", 4, 6)


def test_json_with_tabs_is_read() -> None:
    text = '{\n\t"apiVersion": "v1",\n\t"kind": "Service",\n\t"metadata": {"name": "a"}\n}\n'
    (found,) = kubernetes.parse(Artifact("a.json", "kubernetes", text))
    assert found.name == "a"
    assert found.line_of("metadata") == 4


def test_a_document_without_kind_is_no_object() -> None:
    with pytest.raises(Unparsable) as refused:
        kubernetes.parse(Artifact("a.yaml", "kubernetes", SERVICE + "---\nreplicas: 2\n"))
    assert refused.value.line == 6


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("500m", Decimal("0.5")),
        ("1Gi", Decimal(2**30)),
        ("1.5Gi", Decimal(3 * 2**29)),
        (2, Decimal(2)),
        (0.5, Decimal("0.5")),
        ("1e3", Decimal(1000)),
        ("1G", Decimal(10**9)),
        ("128974848000m", Decimal("128974848")),
        ("1 core", None),
        ("1Zb", None),
        ("1K", None),
        ("", None),
        (True, None),
    ],
)
def test_quantity(value: object, expected: Decimal | None) -> None:
    assert quantity(value) == expected


def test_percentages_round_as_they_are_told() -> None:
    assert scaled("50%", 3, round_up=True) == 2
    assert scaled("50%", 3, round_up=False) == 1
    assert scaled("100%", 3, round_up=True) == 3
    assert scaled(1, 3, round_up=True) == 1
    assert scaled("1", 3, round_up=True) is None


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("nginx", Reference("nginx", "", "")),
        ("localhost:5000/a/b", Reference("localhost:5000/a/b", "", "")),
        ("localhost:5000/a/b:1.2", Reference("localhost:5000/a/b", "1.2", "")),
        ("a/b:1@sha256:0", Reference("a/b", "1", "sha256:0")),
    ],
)
def test_reference(image: str, expected: Reference) -> None:
    assert reference(image) == expected
    assert str(expected) == image


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, True),
        (None, False),
        ({"matchLabels": {"app": "a"}}, True),
        ({"matchLabels": {"app": "a", "tier": "web"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["a", "b"]}]}, True),
        ({"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["web"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["a"]}]}, False),
        ({"matchExpressions": [{"key": "tier", "operator": "Exists"}]}, False),
        ({"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "Gt", "values": ["a"]}]}, False),
    ],
)
def test_selector(selector: object, expected: bool) -> None:
    assert matches(selector, {"app": "a"}) is expected
