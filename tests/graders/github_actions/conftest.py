"""Bundles made by hand from a few files, judged by one rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from graders import github_actions
from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions import composite_action
from graders.report import Message, Report
from graders.rule import Violation
from graders.yaml_lines import Unparsable

Judge = Callable[..., list[Violation]]


def bundle_of(files: Mapping[str, str], messages: tuple[Message, ...] = ()) -> Bundle:
    artifacts: list[Artifact] = []
    parsed: dict[str, Any] = {}
    broken: dict[str, Unparsable] = {}
    for path, text in files.items():
        module = composite_action if composite_action.recognises(path, "yaml", text) else github_actions
        artifact = Artifact(path, module.KIND, text)
        artifacts.append(artifact)
        try:
            parsed[path] = module.parse(artifact)
        except Unparsable as why:
            broken[path] = why
    report = Report("actionlint", "test", messages, frozenset(files))
    # Second opinions say nothing here: what counts in these tests is what the rule itself sees.
    quiet = {tool: Report(tool, "test", (), frozenset(files)) for tool in ("shellcheck", "zizmor")}
    return Bundle(tuple(artifacts), parsed, broken, reports={"actionlint": report, **quiet})


@pytest.fixture
def judge() -> Judge:
    rules = {rule.id: rule for rule in github_actions.RULES}

    def run(
        id: str, files: Mapping[str, str], params: Mapping[str, Any] | None = None, **more: Any
    ) -> list[Violation]:
        return list(rules[id].check(bundle_of(files, **more), Facts(params=params or {})))

    return run
