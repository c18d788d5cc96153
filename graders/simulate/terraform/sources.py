"""What has to be known of an answer's files before terraform sees them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.simulate.terraform.guesses import guess
from graders.simulate.terraform.workspace import workspace
from graders.terraform.language import hcl, syntax
from graders.terraform.reading.configuration import VARIABLES_KIND, Configuration, files, production
from graders.tools import version_constraint
from graders.tools.answer_files import KINDS
from graders.tools.terraform_folders import survey

_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
_IMPURE = re.compile(r"\b(timestamp|plantimestamp|uuid|bcrypt)\s*\(")
# Provisioners that need a host to talk to.
_REMOTE = frozenset({"remote-exec", "file", "chef", "habitat", "puppet", "salt-masterless"})
_OF_TYPE = frozenset({"resource", "data", "ephemeral"})


@dataclass(frozen=True, slots=True)
class Sources:
    """Files that belong together. `configurations` are what would be applied; `types` the types that they
    use, `provisioners` the kinds of these, `workspace` that of production (see `workspace.workspace`)."""

    artifacts: tuple[Artifact, ...]
    configurations: tuple[Configuration, ...]
    types: frozenset[str]
    provisioners: frozenset[str]
    workspace: str | None


@dataclass(frozen=True, slots=True)
class Values:
    """What is passed to terraform: `given` by name, among them `guessed`; `file` is the answer's own variable file,
    if it has one that is not read by itself; `workspace` is the selected one, None where nothing asks for it."""

    given: Mapping[str, Any]
    guessed: frozenset[str]
    file: str = ""
    declared: frozenset[str] = field(default_factory=frozenset[str])
    workspace: str | None = None


def read(artifacts: Sequence[Artifact]) -> Sources:
    """Sort out the files of an answer (or of a case's prior state). One root folder counts once, with the variables of
    production where it brings several sets."""
    parsed = {
        one.path: hcl.parse(one.text, one.path) for one in artifacts if one.kind in KINDS | {VARIABLES_KIND}
    }
    bundle = Bundle(tuple(artifacts), parsed)
    chosen: dict[str, Configuration] = {}
    for configuration in production(bundle):
        chosen.setdefault(configuration.root.folder.path, configuration)
    blocks = [block for file in files(bundle) for block in file.body.blocks]
    types = frozenset(_labels(blocks, _OF_TYPE))
    provisioners = frozenset(_labels(blocks, frozenset({"provisioner"})))
    return Sources(tuple(artifacts), tuple(chosen.values()), types, provisioners, workspace(bundle))


def values(configuration: Configuration, stated: Mapping[str, Any], sources: Sources) -> Values:
    """The case's values for what is declared, and a guess for what would have none."""
    declared = configuration.root.folder.variables
    given = {name: value for name, value in stated.items() if name in declared}
    text = "".join(artifact.text for artifact in sources.artifacts if artifact.kind in KINDS)
    account = _ACCOUNT.search(text)
    missing = [
        name
        for name, located in declared.items()
        if name not in given
        and name not in configuration.root.arguments
        and "default" not in located.block.body.attributes
    ]
    guesses = {name: guess(name, declared[name].block, account and account[0]) for name in missing}
    return Values(
        {**guesses, **given},
        frozenset(guesses),
        configuration.variables,
        frozenset(declared),
        sources.workspace,
    )


def not_served(sources: Sources, version: str, providers: frozenset[str]) -> str | None:
    """Why these files can't be simulated with this version of the AWS provider and the small `providers`, or None."""
    for provisioner in sources.provisioners & _REMOTE:
        return f"provisioner {provisioner} needs a host"
    folders = survey([artifact for artifact in sources.artifacts if artifact.kind in KINDS])
    for call in folders.remote:
        return f"module {call.source} is not part of the answer, and there is no registry"
    for wanted in folders.requirements:
        namespace, _, name = wanted.source.rpartition("/")
        if namespace != "hashicorp" or name not in providers | {"aws"}:
            return f"provider {wanted.source} is not simulated"
        try:
            served = name != "aws" or version_constraint.allows(wanted.constraint, version)
        except ValueError:
            continue  # terraform says so itself
        if not served:
            return f"provider {wanted.source} {wanted.constraint}: {version} is there"
    return None


def is_impure(sources: Sources) -> bool:
    """Whether a function is called that gives another value in each plan."""
    return any(_IMPURE.search(artifact.text) for artifact in sources.artifacts)


def has_backend(configuration: Configuration) -> bool:
    """Whether the root names a backend or a cloud for its state."""
    return any(
        block.type in ("backend", "cloud")
        for located in configuration.root.folder.settings
        for block in located.block.body.blocks
    )


def remote_states(sources: Sources) -> Iterator[tuple[str, str, set[str]]]:
    """The folder and name of each `terraform_remote_state`, with the outputs that are read from it."""
    for artifact in sources.artifacts:
        if artifact.kind not in KINDS:
            continue
        folder = posixpath.dirname(artifact.path)
        beside = "".join(
            one.text
            for one in sources.artifacts
            if posixpath.dirname(one.path) == folder and one.kind in KINDS
        )
        for name in re.findall(r'data\s+"terraform_remote_state"\s+"([\w-]+)"', artifact.text):
            reference = rf'terraform_remote_state\.{name}(?:\[[^\]]*\])?\.outputs(?:\.|\["?)(\w+)'
            yield folder, name, set(re.findall(reference, beside))


def _labels(blocks: Iterable[syntax.Block], kinds: frozenset[str]) -> Iterator[str]:
    """The first labels of all blocks of these kinds, nested ones too."""
    for block in blocks:
        if block.type in kinds and block.labels:
            yield block.labels[0]
        yield from _labels(block.body.blocks, kinds)
