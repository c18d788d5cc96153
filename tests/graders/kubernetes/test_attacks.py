"""Answers that look right and are not, and the right ones beside them, found by attacking the rules."""

from __future__ import annotations

import pytest

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.secret_words import sets_secret
from tests.graders.kubernetes.conftest import RULES, Ask, bundle_of


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("spring.datasource.password=Sommer-2024", "spring.datasource.password"),
        ('{"database": {"password": "Sommer-2024"}}', "password"),
        ("database: {user: a, password: Sommer-2024}", "password"),
        ("apiKey: 'abc def'", "apiKey"),
        ("password: ${DB_PASSWORD}", ""),
        ("# password: Sommer-2024", ""),
        ("password_file: /run/secrets/db", ""),
        ("passwordFrom: DB_PASSWORD", ""),
        ("token: ''", ""),
        ("max.tokens=4096", ""),
        ('password = os.environ["DB_PASSWORD"]', ""),
        ("password := lookup(env)", ""),
        ("if (token == expected)", ""),
    ],
)
def test_a_settings_file_sets_a_secret_or_refers_to_one(content: str, name: str) -> None:
    assert sets_secret(content) == name


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("export SIGNING_KEY=Sommer-2024; exec /app", "SIGNING_KEY"),
        ('TOKEN="$UPSTREAM_TOKEN" exec /app', ""),
        ("export TOKEN=$(cat /run/token)", ""),
        ("echo token: missing", ""),
    ],
)
def test_a_shell_line_sets_a_secret_by_an_equals_sign_only(line: str, name: str) -> None:
    assert sets_secret(line, "=") == name


def pods(hook: str) -> str:
    return (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
        "spec: {terminationGracePeriodSeconds: 45, containers: [{name: a, image: 'a:1', "
        f"lifecycle: {{preStop: {{exec: {{command: {hook}}}}}}}}}]}}\n"
    )


@pytest.mark.parametrize(
    ("hook", "right"),
    [
        ('[sh, -c, "touch /tmp/off; sleep 10"]', True),
        ('[sh, -c, "for i in 1 2 3; do sleep 10; done"]', False),
        ('[sh, -c, "touch /x; while true; do sleep 1; done"]', False),
        ('[python, -c, "import time; time.sleep(60)"]', False),
    ],
)
def test_a_pause_that_cannot_be_read_is_no_pause_of_zero(ask: Ask, hook: str, right: bool) -> None:
    assert (not ask("K8S-12", pods(hook), drain_seconds=30)) is right


def colours(blue: int, green: int, budget: str) -> str:
    objects = [
        "apiVersion: apps/v1\nkind: Deployment\n"
        f"metadata: {{name: {colour}}}\nspec:\n  replicas: {count}\n"
        f"  selector: {{matchLabels: {{app: a, colour: {colour}}}}}\n"
        f"  template: {{metadata: {{labels: {{app: a, colour: {colour}}}}}, spec: {{containers: [{{name: a}}]}}}}\n"
        for colour, count in (("blue", blue), ("green", green))
    ]
    objects.append(
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: a}\n"
        f"spec: {{selector: {{matchLabels: {{app: a}}}}, {budget}}}\n"
    )
    return "---\n".join(objects)


@pytest.mark.parametrize(
    ("blue", "green", "budget", "right"),
    [
        (4, 4, "maxUnavailable: 1", True),
        (4, 4, "minAvailable: 5", True),
        (4, 4, "minAvailable: 4", False),
        (4, 4, "maxUnavailable: 50%", False),
        (9, 1, "maxUnavailable: 2", True),
        (4, 0, "maxUnavailable: 1", True),
    ],
)
def test_a_budget_over_two_workloads_keeps_pods_of_the_largest(
    ask: Ask, blue: int, green: int, budget: str, right: bool
) -> None:
    assert (not ask("K8S-14", colours(blue, green, budget))) is right


FRAGMENT = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {hostPID: true}}}\n"
)
WHOLE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def judged(files: dict[str, str], *asked: str) -> int:
    bundle = bundle_of(files)
    matched = Bundle(
        bundle.artifacts, bundle.parsed, deliverables={"manifests": asked}, reports=bundle.reports
    )
    return len(list(RULES["K8S-01"].check(matched, Facts())))


def test_a_patch_among_the_applied_files_is_no_object() -> None:
    assert judged({"deploy/a.yaml": WHOLE, "deploy/b.yaml": FRAGMENT}, "deploy/a.yaml") == 1


def test_a_patch_elsewhere_or_of_a_kustomization_is_left_alone() -> None:
    assert judged({"deploy/a.yaml": WHOLE, "docs/b.yaml": FRAGMENT}, "deploy/a.yaml") == 0
    files = {
        "deploy/a.yaml": WHOLE,
        "deploy/b.yaml": FRAGMENT,
        "deploy/kustomization.yaml": "resources: [a.yaml]\n",
    }
    assert judged(files, "deploy/a.yaml") == 0


@pytest.mark.parametrize(
    ("context", "right"),
    [
        ("{procMount: Default}", True),
        ("{procMount: Unmasked}", False),
        ("{windowsOptions: {hostProcess: true}}", False),
    ],
)
def test_ways_onto_the_host_that_are_not_called_privileged(ask: Ask, context: str, right: bool) -> None:
    spec = f"{{containers: [{{name: a, image: 'a:1', securityContext: {context}}}]}}"
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {spec}\n"
    assert (not ask("K8S-06", text)) is right
