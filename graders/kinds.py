"""Which grader module reads which kind of artifact, and all rules by id.

One explicit table: nothing is registered by being imported. It stands here and not in `graders/__init__.py` so that a
tool runner or the sandbox can be imported without every parser.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from graders import (
    alertmanager,
    delivery,
    github_actions,
    kubernetes,
    markdown,
    plain,
    prometheus,
    secrets,
    terraform,
    vault,
)
from graders.artifact import Artifact
from graders.github_actions import composite_action
from graders.kubernetes import kustomization
from graders.rule import Rule
from graders.terraform import tfvars


class GraderModule(Protocol):
    """What a grader module provides for its kind."""

    KIND: str

    def recognises(self, path: str | None, info: str, text: str) -> bool: ...
    def parse(self, artifact: Artifact) -> Any: ...


# In the order in which they are asked: the narrow ones first.
KINDS: dict[str, Any] = {
    "github_actions": github_actions,
    "github_composite_action": composite_action,
    "kustomization": kustomization,
    "prometheus_rules": prometheus,
    "alertmanager": alertmanager,
    "kubernetes": kubernetes,
    "vault_policy": vault,
    "tfvars": tfvars,
    "terraform": terraform,
    "markdown": markdown,
}

RULES: dict[str, Rule] = {
    rule.id: rule
    for module in (
        github_actions,
        terraform,
        kubernetes,
        prometheus,
        alertmanager,
        vault,
        secrets,
        delivery,
    )
    for rule in module.RULES
}


def kind_of(path: str | None, info: str, text: str) -> str:
    """The kind of a file: the first grader module that recognises it, else what its name says."""
    for kind, module in KINDS.items():
        if module.recognises(path, info, text):
            return kind
    return plain.kind_of(path, info, text)


def is_whole(kind: str, text: str) -> bool:
    """False for a fragment of its kind (a strategic-merge patch, a lone step)."""
    whole: Callable[[str], bool] | None = getattr(KINDS.get(kind), "is_whole", None)
    return whole is None or whole(text)


def rules_version(ids: set[str]) -> str:
    """The versions of these rules as one text, part of a grade's identity."""
    return ",".join(f"{id}.{RULES[id].version}" for id in sorted(ids))
