"""A bundle made of inline files, one rule asked of it, one expression evaluated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graders import terraform
from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.facts import Facts
from graders.report import Message, Report
from graders.rule import Violation
from graders.terraform import tfvars
from graders.terraform.applied.simulated import TOOL
from graders.terraform.reading.configuration import configurations
from graders.terraform.reading.module import Scope
from graders.terraform.reading.view import View

Ask = Callable[..., list[Violation]]
Worth = Callable[..., Any]

RULES = {rule.id: rule for rule in terraform.RULES}
# Those that judge plans ask Terraform itself, which refuses what is odd; all others read what is written where there are no
# applied values.
JUDGE_PLANS = frozenset({"IAC-04", "IAC-05", "IAC-06", "IAC-07", "RUN-08"})


def bundle_of(files: dict[str, str] | str, messages: tuple[Message, ...] = ()) -> Bundle:
    """The files parsed by the modules that recognise them; one text alone is `main.tf`."""
    if isinstance(files, str):
        files = {"main.tf": files}
    artifacts: list[Artifact] = []
    parsed: dict[str, Any] = {}
    for path, text in files.items():
        module = next((one for one in (tfvars, terraform) if one.recognises(path, "", text)), None)
        artifact = Artifact(path, module.KIND if module else "text", text)
        artifacts.append(artifact)
        if module:
            parsed[path] = module.parse(artifact)
    report = Report("terraform", "1", messages, frozenset(files))
    # Of the simulated cloud nothing is told: rules read what is written.
    silent = {name: Report(name, "test") for name in ("checkov", TOOL)}
    return Bundle(tuple(artifacts), parsed, reports={"terraform": report, **silent})


@pytest.fixture
def ask() -> Ask:
    """`ask(ID, files, messages=…, **params)` is the list of the rule's violations."""

    def answer(
        id: str, files: dict[str, str] | str, messages: tuple[Message, ...] = (), **params: Any
    ) -> list[Violation]:
        return list(RULES[id].check(bundle_of(files, messages), Facts(params=params)))

    return answer


@pytest.fixture
def worth() -> Worth:
    """`worth(expression, declarations, other files …)` is the value of the expression in the root's output `x`."""

    def value(expression: str, declarations: str = "", **files: str) -> Any:
        named = {path.replace("__", "/").replace("_", "."): text for path, text in files.items()}
        text = f'{declarations}\noutput "x" {{\n  value = {expression}\n}}\n'
        configuration = configurations(bundle_of({"main.tf": text, **named}))[0]
        located = configuration.root.folder.outputs["x"]
        view = View(located.path, located.block.line, Scope(configuration.root), located.block.body)
        return view.value("value")

    return value
