"""A bundle made of inline manifests, and one rule asked of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graders import kubernetes
from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes import kustomization
from graders.report import Message, Report
from graders.rule import Violation

Ask = Callable[..., list[Violation]]

RULES = {rule.id: rule for rule in kubernetes.RULES}


def bundle_of(files: dict[str, str], messages: tuple[Message, ...] = ()) -> Bundle:
    """The files parsed by the modules that recognise them; `messages` are those of the schemas."""
    artifacts: list[Artifact] = []
    parsed: dict[str, Any] = {}
    for path, text in files.items():
        is_kustomization = kustomization.recognises(path, "", text)
        module = kustomization if is_kustomization else kubernetes
        whole = is_kustomization or kubernetes.is_whole(text)
        artifact = Artifact(path, module.KIND, text, whole=whole)
        artifacts.append(artifact)
        if whole:
            parsed[path] = module.parse(artifact)
    report = Report("kubernetes_schema", "1", messages, frozenset(files))
    return Bundle(
        tuple(artifacts), parsed, reports={"kubernetes_schema": report, "checkov": Report("checkov", "test")}
    )


@pytest.fixture
def ask() -> Ask:
    """ask("K8S-02", text or {path: text}, **params) gives the violations."""

    def asked(
        rule: str, files: str | dict[str, str], messages: tuple[Message, ...] = (), **params: Any
    ) -> list[Violation]:
        named = {"app.yaml": files} if isinstance(files, str) else files
        return list(RULES[rule].check(bundle_of(named, messages), Facts(params=params)))

    return asked
