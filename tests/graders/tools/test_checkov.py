"""checkov: each chosen check on a good and a bad resource, what it did not evaluate, and its worker's
life."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from graders import sandbox
from graders.artifact import Artifact
from graders.report import Report
from graders.tools import checkov

TERRAFORM = {
    "CKV_AWS_17": ('"aws_db_instance" "a"', "publicly_accessible = false", "publicly_accessible = true"),
    "CKV_AWS_174": (
        '"aws_cloudfront_distribution" "a"',
        'viewer_certificate {\n    minimum_protocol_version = "TLSv1.2_2021"\n  }',
        'viewer_certificate {\n    minimum_protocol_version = "TLSv1"\n  }',
    ),
    "CKV_AWS_24": (
        '"aws_vpc_security_group_ingress_rule" "a"',
        'from_port = 22\n  to_port = 22\n  ip_protocol = "tcp"\n  cidr_ipv4 = "10.0.0.0/8"',
        'from_port = 22\n  to_port = 22\n  ip_protocol = "tcp"\n  cidr_ipv4 = "0.0.0.0/0"',
    ),
    "CKV_AWS_25": (
        '"aws_vpc_security_group_ingress_rule" "a"',
        'from_port = 3389\n  to_port = 3389\n  ip_protocol = "tcp"\n  cidr_ipv4 = "10.0.0.0/8"',
        'from_port = 3389\n  to_port = 3389\n  ip_protocol = "tcp"\n  cidr_ipv4 = "0.0.0.0/0"',
    ),
}

POD = """apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: b}
spec:
  selector: {matchLabels: {app: a}}
  template:
    metadata: {labels: {app: a}}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: a
          image: registry.example.com/a:1.0
          ports: [{containerPort: 8080}]
          securityContext:
            privileged: false
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
"""
ROLE = """apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: a, namespace: b}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
"""
KUBERNETES = {
    "CKV_K8S_23": (POD, "runAsNonRoot: true, runAsUser: 10001, ", ""),
    "CKV_K8S_20": (POD, "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true"),
    "CKV_K8S_37": (POD, "drop: [ALL]", "add: [NET_ADMIN]"),
    "CKV_K8S_16": (POD, "privileged: false", "privileged: true"),
    "CKV_K8S_17": (POD, "      containers", "      hostPID: true\n      containers"),
    "CKV_K8S_18": (POD, "      containers", "      hostIPC: true\n      containers"),
    "CKV_K8S_19": (POD, "      containers", "      hostNetwork: true\n      containers"),
    "CKV_K8S_27": (
        POD,
        "      containers",
        "      volumes: [{name: s, hostPath: {path: /var/run/docker.sock}}]\n      containers",
    ),
    "CKV_K8S_22": (POD, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"),
    "CKV_K8S_49": (ROLE, "verbs: [get]", 'verbs: ["*"]'),
}


@pytest.fixture(scope="module", autouse=True)
def closed() -> Iterator[None]:
    yield
    checkov.close()


def manifest(text: str, path: str = "k8s/app.yml") -> Artifact:
    return Artifact(path, "kubernetes", text)


def configuration(text: str, path: str = "main.tf") -> Artifact:
    return Artifact(path, "terraform", text)


def codes(report: Report) -> set[str]:
    assert report.failure is None
    return {message.code for message in report.messages}


def test_every_chosen_check_is_tested_here() -> None:
    assert {name: set(chosen) for name, chosen in checkov.checks().items()} == {
        "terraform": set(TERRAFORM),
        "kubernetes": set(KUBERNETES),
    }


@pytest.mark.parametrize("check", TERRAFORM)
def test_a_terraform_check_means_what_it_says(check: str) -> None:
    kind, good, bad = TERRAFORM[check]
    reports = checkov.run([[configuration(f"resource {kind} {{\n  {body}\n}}\n")] for body in (good, bad)])
    assert check not in codes(reports[0])
    assert reports[0].judged == {"main.tf"}
    assert (check, 1) in {(message.code, message.line) for message in reports[1].messages}


@pytest.mark.parametrize("check", KUBERNETES)
def test_a_kubernetes_check_means_what_it_says(check: str) -> None:
    text, good, bad = KUBERNETES[check]
    assert good in text
    reports = checkov.run([[manifest(text)], [manifest(text.replace(good, bad))]])
    assert codes(reports[0]) == set()
    assert reports[0].judged == {"k8s/app.yml"}
    assert check in codes(reports[1])


def test_what_the_answer_switches_off_counts() -> None:
    text = 'resource "aws_db_instance" "a" {\n  # checkov:skip=CKV_AWS_17:we know\n  engine = "postgres"\n  publicly_accessible = true\n}\n'
    annotated = POD.replace("namespace: b}", 'namespace: b, annotations: {checkov.io/skip1: "CKV_K8S_16=x"}}')
    annotated = annotated.replace("privileged: false", "privileged: true")
    terraform, kubernetes = checkov.run([[configuration(text)], [manifest(annotated)]])
    assert ("CKV_AWS_17", "skipped") in {(message.code, message.level) for message in terraform.messages}
    assert ("CKV_K8S_16", "skipped") in {(message.code, message.level) for message in kubernetes.messages}


def test_a_configuration_in_the_answer_switches_nothing_off() -> None:
    config = Artifact(".checkov.yaml", "yaml", "skip-check: [CKV_K8S_16]\n")
    assert "CKV_K8S_16" in codes(
        checkov.run([[manifest(POD.replace("privileged: false", "privileged: true")), config]])[0]
    )


@pytest.mark.parametrize(
    "text", ["", "a: [\n", "&a [*a]\n", "just prose\n", "kind: Service\napiVersion: v1\n"]
)
def test_what_was_not_evaluated_is_not_judged(text: str) -> None:
    report, broken, other = checkov.run([[manifest(text)], [configuration("resource {{")], [manifest(POD)]])
    assert report.failure is None
    assert report.judged == broken.judged == frozenset()
    assert other.judged == {"k8s/app.yml"}


def test_manifests_do_not_excuse_each_other_and_lines_are_theirs() -> None:
    bad = "---\n" + POD.replace("privileged: false", "privileged: true")
    (report,) = checkov.run([[manifest(POD), manifest(bad, "k8s/b.yml")]])
    assert {(message.file, message.line) for message in report.messages} == {("k8s/b.yml", 2)}
    assert report.judged == {"k8s/app.yml", "k8s/b.yml"}


@pytest.mark.parametrize("path", ["../../main.tf", "/usr/main.tf", "a b\n/main.tf", "answer-1"])
def test_paths_of_an_answer_do_not_matter(path: str) -> None:
    (report,) = checkov.run(
        [[configuration('resource "aws_db_instance" "a" {\n  publicly_accessible = true\n}\n', path)]]
    )
    assert codes(report) == {"CKV_AWS_17"}
    assert report.judged == {path}


def test_modules_are_found_through_their_callers() -> None:
    module = 'resource "aws_db_instance" "a" {\n  publicly_accessible = true\n}\n'
    call = 'module "m" {\n  source = "./modules/m"\n}\n'
    (report,) = checkov.run([[configuration(call), configuration(module, "modules/m/main.tf")]])
    assert {(message.file, message.code) for message in report.messages} == {
        ("modules/m/main.tf", "CKV_AWS_17")
    }


def test_the_worker_is_kept_and_a_killed_one_is_replaced() -> None:
    checkov.run([[manifest(POD)]])
    first = checkov._current[0]  # pyright: ignore[reportPrivateUsage]
    checkov.run([[manifest(POD)]])
    assert checkov._current == [first]  # pyright: ignore[reportPrivateUsage]
    os.killpg(first.process.pid, signal.SIGKILL)
    (report,) = checkov.run([[manifest(POD)]])
    assert report.failure is None
    assert checkov._current != [first]  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 0", "the worker died"),
        ("kill -SEGV $$", "the worker died"),
        ("read line; echo nonsense", "cannot be read"),
        (
            'read line; echo \'{"id": 0, "passed": 1, "failed": [], "skipped": [], "unparsed": []}\'',
            "in the canary",
        ),
        ("read line; echo '{\"id\": 7}'", "another question"),
        ('read line; echo \'{"id": 0, "error": "ImportError"}\'', "checkov failed: ImportError"),
        ("exec sleep 30", "timed out"),
    ],
)
def test_a_worker_that_proves_nothing_is_a_failure(
    script: str, reason: str, fake_tool: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_tool(script)
    monkeypatch.setattr(checkov, "_SECONDS", 3.0)
    report, other = checkov.run([[manifest(POD)], []])
    assert reason in (report.failure or "")
    assert report.judged == frozenset()
    assert other.failure is None


@pytest.mark.usefixtures("no_tool")
def test_a_missing_checkov_is_a_failure() -> None:
    assert "is missing" in (checkov.run([[manifest(POD)]])[0].failure or "")


def test_a_text_that_takes_too_long_costs_its_own_bundle_only(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = checkov._Worker.ask  # pyright: ignore[reportPrivateUsage]

    def hang(worker: object, framework: str, files: dict[str, str]) -> dict[str, object]:
        if any("# hang" in text for text in files.values()):
            sandbox.stop(worker.process)  # pyright: ignore
        return ask(worker, framework, files)  # pyright: ignore

    monkeypatch.setattr(checkov._Worker, "ask", hang)  # pyright: ignore[reportPrivateUsage]
    reports = checkov.run([[manifest(POD)], [manifest("# hang\n" + POD)], [manifest(POD)]])
    assert [report.failure is None for report in reports] == [True, False, True]
