"""Terraform configurations: recognise them, parse them, and the rules about them."""

from __future__ import annotations

import re

from graders.artifact import Artifact
from graders.rule import Rule
from graders.terraform import (
    backups,
    credentials,
    destroy_guard,
    encryption,
    environments,
    exposure,
    outputs,
    permissions,
    prior_state,
    residency,
    rotation,
    second_plan,
    stable_keys,
    state_backend,
    stateful,
    tags,
    transport,
    trust_policy,
    validity,
    versions,
    zones,
)
from graders.terraform.headers import has_block
from graders.terraform.language import hcl
from graders.terraform.language.syntax import File
from graders.terraform.reading.configuration import KIND

__all__ = ["KIND", "RULES", "is_whole", "parse", "recognises"]


_FENCES = frozenset({"", "hcl", "terraform", "tf", "opentofu"})
_PLACE = re.compile(r"\.tf(\.json)?\Z")


def recognises(path: str | None, info: str, text: str) -> bool:
    """By the file's name; without one, HCL with at least one of Terraform's own blocks."""
    if path:
        return _PLACE.search(path) is not None
    word = (info.split() or [""])[0].lower()
    return word in _FENCES and has_block(text)


def is_whole(text: str) -> bool:
    """Has the text a block of Terraform's own at its top? Arguments or nested blocks alone are a fragment."""
    return text.lstrip().startswith("{") or has_block(text)


def parse(artifact: Artifact) -> File:
    """The tree of the file; raises `Unparsable`."""
    return hcl.parse(artifact.text, artifact.path)


RULES: tuple[Rule, ...] = (
    *validity.RULES,
    *versions.RULES,
    *state_backend.RULES,
    *stateful.RULES,
    *backups.RULES,
    *credentials.RULES,
    *outputs.RULES,
    *permissions.RULES,
    *trust_policy.RULES,
    *exposure.RULES,
    *encryption.RULES,
    *rotation.RULES,
    *transport.RULES,
    *zones.RULES,
    *environments.RULES,
    *tags.RULES,
    *residency.RULES,
    second_plan.changes_nothing_twice,
    *prior_state.RULES,
    stable_keys.keys_are_stable,
    destroy_guard.destroy_stops,
)
