"""Vault ACL policies: recognise them, parse them as Vault does, and the rules about them."""

from __future__ import annotations

import re

from graders.artifact import Artifact
from graders.rule import Rule
from graders.simulate.access.vault.policy import Policy, read_policy
from graders.terraform.headers import has_block
from graders.vault import access, breadth, credentials, globs, kv
from graders.vault.subjects import KIND

__all__ = ["KIND", "RULES", "is_whole", "parse", "recognises"]

_FENCES = frozenset({"", "hcl", "vault"})
_PLACE = re.compile(r"\.(hcl|policy|pol|json)\Z")
# `path "…" {` of HCL, and the same in Vault's JSON form.
_PATH = re.compile(r'^[ \t]*path[ \t]+"[^"\n]*"[ \t]*\{|\A\s*\{\s*"path"\s*:\s*\{', re.MULTILINE)


def recognises(path: str | None, info: str, text: str) -> bool:
    """A file of HCL or JSON that gives paths; without a name, a fence that may hold HCL and no block of Terraform's."""
    if _PATH.search(text) is None:
        return False
    if path:
        return _PLACE.search(path) is not None
    word = (info.split() or [""])[0].lower()
    return word in _FENCES and not has_block(text)


def is_whole(text: str) -> bool:
    """A file without any path is whole too: a policy that is empty, or that comments say nothing is left of."""
    return _PATH.search(text) is not None or "=" not in text


def parse(artifact: Artifact) -> Policy:
    """The policy; raises `Unparsable` for whatever Vault refuses when the policy is written."""
    return read_policy(artifact.text, artifact.path)


RULES: tuple[Rule, ...] = (*access.RULES, *kv.RULES, *breadth.RULES, *credentials.RULES, *globs.RULES)
