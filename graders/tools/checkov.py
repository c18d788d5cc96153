"""checkov: a second opinion on Terraform and Kubernetes, from the checks of checkov_checks.toml and no
others (graders/second_opinion.py says how it counts)."""

from __future__ import annotations

import atexit
import os
import threading
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from graders.artifact import Artifact
from graders.report import Message, Report
from graders.sandbox import Limits
from graders.tools.batch import Bundles, Unproven, Verdict, run_in_batches
from graders.tools.json_worker import JsonWorker
from graders.tools.locate import Installation

NAME = "checkov"
KINDS = frozenset({"terraform", "kubernetes"})
SKIPPED = "skipped"
"""The level of a check that a comment or annotation of the answer switches off; it counts as failed."""

_SCRIPT = Path(__file__).with_name("checkov_worker.py")
# For the whole life of a worker; one request gets _SECONDS.
_LIMITS = Limits(cpu_seconds=3600)
_SECONDS = 30.0
_CANARY = """resource "aws_db_instance" "bad" {
  engine              = "postgres"
  publicly_accessible = true
}
resource "aws_db_instance" "good" {
  engine              = "postgres"
  publicly_accessible = false
}
resource "aws_vpc_security_group_ingress_rule" "bad" {
  from_port   = 22
  to_port     = 22
  ip_protocol = "tcp"
  cidr_ipv4   = "0.0.0.0/0"
}
"""
_CANARY_FAILS = {
    ("CKV_AWS_17", "aws_db_instance.bad"),
    ("CKV_AWS_24", "aws_vpc_security_group_ingress_rule.bad"),
}


def run(bundles: Sequence[Sequence[Artifact]]) -> list[Report]:
    """Judge each manifest file alone and the Terraform files of a bundle together.

    Codes are checkov's ids, `level` is `failed` or `skipped`. What has nothing that a check applies to is not
    in `judged`, and neither is what checkov could not parse: it does not tell the one from the other.
    """
    return run_in_batches(NAME, KINDS, bundles, _judge, apart=1)


@cache
def checks() -> dict[str, dict[str, dict[str, str]]]:
    """`{framework: {check id: {"rule", "why"}}}` of checkov_checks.toml."""
    return tomllib.loads(_SCRIPT.with_name("checkov_checks.toml").read_text())


def _judge(found: Installation, bundles: Bundles) -> list[Verdict]:
    with _lock:
        try:
            worker = _ready_worker(found)
            return [_verdict(worker, bundle) for bundle in bundles]
        except Exception:
            close()  # whatever it was, the next attempt starts with a worker of its own
            raise


def _verdict(worker: _Worker, bundle: Sequence[Artifact]) -> Verdict:
    verdict = Verdict()
    configuration = [artifact for artifact in bundle if artifact.kind == "terraform"]
    groups = [("terraform", configuration)] if configuration else []
    # Each manifest by itself: checkov lets a policy in one file excuse a workload in another.
    groups += [("kubernetes", [artifact]) for artifact in bundle if artifact.kind == "kubernetes"]
    for framework, artifacts in groups:
        places = {_place(framework, number, artifact): artifact for number, artifact in enumerate(artifacts)}
        answer = worker.ask(framework, {place: artifact.text for place, artifact in places.items()})
        unparsed = set(answer["unparsed"])
        if answer["passed"] + len(answer["failed"]) + len(answer["skipped"]) > 0:
            verdict.judged |= {artifact.path for place, artifact in places.items() if place not in unparsed}
        for level in ("failed", SKIPPED):
            for entry in answer[level]:
                file = places[entry["file"]].path
                text = f"{entry['resource']}: {checks()[framework][entry['check']]['why']}"
                if level == SKIPPED:
                    text += " (the answer switches this check off)"
                verdict.messages.append(Message(file, int(entry["line"]), entry["check"], text, level))
    return verdict


def _place(framework: str, number: int, artifact: Artifact) -> str:
    """A name of ours that checkov accepts. Terraform keeps its folders, since modules are called by them."""
    if framework == "kubernetes":
        return "manifest.yaml"
    folder = os.path.dirname(artifact.path)
    if folder.startswith("/") or ".." in folder.split("/"):
        folder = ""
    extension = ".tf.json" if artifact.path.endswith(".json") else ".tf"
    return os.path.join(folder, f"file{number:04}{extension}")


class _Worker(JsonWorker):
    """One checkov process."""

    def __init__(self, found: Installation) -> None:
        self.program = python = found.path
        folders = [python.parent.parent, python.resolve().parent.parent, _SCRIPT]
        super().__init__(NAME, [str(python), str(_SCRIPT)], folders, _LIMITS)

    def ask(self, framework: str, files: dict[str, str]) -> dict[str, Any]:
        """The worker's answer (see checkov_worker.py); Unproven when none comes in time."""
        chosen = [*checks()[framework]]
        request = {"framework": framework, "checks": chosen, "files": [*files.items()]}
        return self.exchange(request, _SECONDS)


_lock = threading.Lock()
_current: list[_Worker] = []


def _ready_worker(found: Installation) -> _Worker:
    """The worker of this process, started when there is none, after it has told a bad resource from a good
    one."""
    for worker in [*_current]:
        if not worker.alive() or worker.program != found.path:
            _dismiss(worker)
    if not _current:
        _current.append(_Worker(found))
    worker = _current[0]
    failed = {(entry["check"], entry["resource"]) for entry in _canary(worker)}
    if failed != _CANARY_FAILS:
        raise Unproven(f"found {sorted(failed)} in the canary instead of one database without protection")
    return worker


def _canary(worker: _Worker) -> list[dict[str, Any]]:
    answer = worker.ask("terraform", {"canary.tf": _CANARY})
    return [entry for entry in answer["failed"] if entry["check"] in {check for check, _ in _CANARY_FAILS}]


@atexit.register
def close() -> None:
    """End the worker of this process, if there is one."""
    for worker in [*_current]:
        _dismiss(worker)


def _dismiss(worker: _Worker) -> None:
    worker.stop()
    _current.remove(worker)
