"""IAC-02: can the same files give another result next month, because something newer came out?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.terraform.language.values import as_map
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, Configuration, configurations
from graders.terraform.reading.module import Module, Scope
from graders.terraform.reading.view import View

_TERM = re.compile(r"\s*(~>|>=|<=|!=|=|<|>)?\s*v?\d+(\.\d+)*([-+][\w.-]+)?\s*")
_PINNED_REF = re.compile(r"[0-9a-f]{40}|(.*[^\w])?v?\d+(\.\d+)+.*|v\d+", re.I)


@rule(
    "IAC-02",
    severity="H",
    constraint="reproducible",
    source="Terraform style guide: version pinning; checkov CKV_TF_1, CKV_TF_2",
    kinds=(KIND,),
)
def bounds_versions(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Are Terraform, every provider and every module held below a version that nobody has tried?

    Accepted: `~>`, an exact version, `<` or `<=` in a range, in any file of the root; a provider bounded in the root
    or in the module that uses it; local modules; a git source with a commit or tag, a registry source with a bounded
    version. Wrong: no constraint, only `>=`; a provider in use that no required_providers names; a value that is
    not written out (Terraform takes none there).
    """
    yield from once(v for configuration in configurations(bundle) for v in _judge(configuration))


def _judge(configuration: Configuration) -> Iterator[Violation]:
    path, line = configuration.entry()
    constraints = [view for view in configuration.settings() if view.has("required_version")]
    if not constraints:
        where = configuration.root.folder.path or "the root"
        yield Violation(path, line, f"no required_version in {where}; give Terraform a bounded one (~> 1.11)")
    elif not any(is_bounded(view.value("required_version")) for view in constraints):
        view = constraints[0]
        yield Violation(
            view.path, view.line_of("required_version"), "required_version has no upper bound (~>, = or <)"
        )
    bounded: set[str] = set()
    unbounded: dict[str, tuple[str, int]] = {}
    for module in configuration.modules():
        for name, version, place in _required(module):
            if is_bounded(version):
                bounded.add(name)
            else:
                unbounded.setdefault(name, place)
    for name, place in _used(configuration).items():
        if name not in bounded and name not in unbounded:
            yield Violation(*place, f"provider {name} is used but required_providers gives it no version")
    for name, place in unbounded.items():
        if name not in bounded:
            yield Violation(*place, f"the version of provider {name} has no upper bound (~>, = or <)")
    for module in configuration.modules():
        yield from _sources(module)


def is_bounded(constraint: Any) -> bool:
    """Does a version constraint leave out all versions from some point on?"""
    if not isinstance(constraint, str):
        return False
    terms = [_TERM.fullmatch(term) for term in constraint.split(",")]
    return all(terms) and any(term and term.group(1) in (None, "=", "~>", "<", "<=") for term in terms)


def _required(module: Module) -> Iterator[tuple[str, Any, tuple[str, int]]]:
    for located in module.folder.settings:
        settings = View(located.path, located.block.line, Scope(module), located.block.body)
        for block in settings.blocks("required_providers"):
            for name in block.names():
                entry = block.value(name)
                version = as_map(entry).get("version") if isinstance(entry, dict) else entry
                yield name, version, (block.path, block.line_of(name))


def _used(configuration: Configuration) -> dict[str, tuple[str, int]]:
    used: dict[str, tuple[str, int]] = {}
    for module in configuration.modules():
        for located in module.folder.providers:
            used.setdefault(located.block.labels[0], (located.path, located.block.line))
        for (_, type, _), located in module.folder.resources.items():
            name = type.split("_", 1)[0]
            chosen = located.block.body.attributes.get("provider")
            if chosen is not None:
                name = chosen.source.split(".", 1)[0].strip('"') or name
            used.setdefault(name, (located.path, located.block.line))
    # terraform_data and terraform_remote_state are part of Terraform.
    used.pop("terraform", None)
    return used


def _sources(module: Module) -> Iterator[Violation]:
    for name, located in module.folder.modules.items():
        view = View(located.path, located.block.line, Scope(module), located.block.body)
        source = view.value("source")
        if isinstance(source, str) and source.startswith(("./", "../")):
            continue
        if isinstance(source, str) and (
            "::" in source or "://" in source or ".git" in source or "@" in source
        ):
            ref = re.search(r"[?&]ref=([^&]+)", source)
            pinned = ref is not None and _PINNED_REF.fullmatch(ref.group(1)) is not None
        else:
            pinned = isinstance(source, str) and is_bounded(view.value("version"))
        if not pinned:
            yield Violation(
                view.path, view.line_of("source"), f"module {name} is not pinned to a version or commit"
            )


RULES = (bounds_versions,)
