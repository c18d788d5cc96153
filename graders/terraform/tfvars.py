"""Variable files and backend files: assignments only."""

from __future__ import annotations

import re

from graders.artifact import Artifact
from graders.rule import Rule
from graders.terraform.headers import has_block, starts_with_assignment
from graders.terraform.language import hcl
from graders.terraform.language.syntax import File
from graders.terraform.reading.configuration import VARIABLES_KIND
from graders.yaml_lines import Unparsable

KIND = VARIABLES_KIND
RULES: tuple[Rule, ...] = ()

_PLACE = re.compile(r"(\.tfvars(\.json)?|\.tfbackend)\Z")
# Other tools read .hcl too; a backend file assigns nothing but texts and booleans, and has no block.
_BACKEND = re.compile(r"(\A|/)(?!\.)[^/]*\.hcl\Z")
_SETTING = re.compile(r"^\s*(bucket|key|prefix|container_name|workspaces|organization)\s*=", re.MULTILINE)
_FENCES = frozenset({"hcl", "terraform", "tf"})


def recognises(path: str | None, info: str, text: str) -> bool:
    """By the file's name; without one, a fence that says so, or HCL that only assigns."""
    if path:
        return _PLACE.search(path) is not None or (
            _BACKEND.search(path) is not None and _SETTING.search(text) is not None and "{" not in text
        )
    word = (info.split() or [""])[0].lower()
    return word == "tfvars" or (word in _FENCES and starts_with_assignment(text) and not has_block(text))


def parse(artifact: Artifact) -> File:
    """The assignments of the file; raises `Unparsable`, also for a block, which Terraform takes in none of them."""
    file = hcl.parse(artifact.text, artifact.path)
    if file.body.blocks:
        raise Unparsable(file.body.blocks[0].line, "only assignments may stand here, no blocks")
    return file
