"""What would be applied: each root folder of an answer with each set of variable values delivered for it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from graders.bundle import Bundle
from graders.terraform.language.syntax import File, Literal
from graders.terraform.reading.instances import children, instances
from graders.terraform.reading.module import (
    Bound,
    Folder,
    Located,
    Module,
    Scope,
    Tree,
    folders,
    local_source,
)
from graders.terraform.reading.view import Resource, View

KIND = "terraform"
VARIABLES_KIND = "tfvars"
PRODUCTION = re.compile(
    r"(?<!non-)(?<!non_)(?<!pre-)(?<!pre_)(?<![a-z])(?:prod|prd|production|live)(?![a-z])"
)
_ENVIRONMENT = re.compile(
    r"(?:\A|[^a-z])(?:dev|develop|development|test|qa|stage|staging|stg|sandbox|preview|uat|nonprod|(?:non|pre)[-_]?prod(?:uction)?)(?:[^a-z]|\Z)"
)


@dataclass(slots=True)
class Configuration:
    """A root module with its variables bound. `variables` is the file given by `-var-file`, "" for none."""

    root: Module
    variables: str
    _resources: list[Resource] | None = None
    _modules: list[Module] = field(default_factory=list[Module])

    @property
    def name(self) -> str:
        return self.variables or self.root.folder.path

    def modules(self) -> list[Module]:
        """The root and every module that is called from it."""
        if not self._modules:
            waiting = [self.root]
            while waiting:
                module = waiting.pop(0)
                self._modules.append(module)
                for name in module.folder.modules:
                    waiting.extend(made for _, made in children(module, name))
        return self._modules

    def resources(self, *types: str, mode: str = "managed") -> list[Resource]:
        """Every instance of these types (of all types when none is named) in all modules."""
        if self._resources is None:
            self._resources = [found for module in self.modules() for found in _resources(module)]
        return [
            found for found in self._resources if found.mode == mode and (not types or found.type in types)
        ]

    def providers(self) -> Iterator[tuple[Located, View]]:
        """Every provider block of every module."""
        for module in self.modules():
            for located in module.folder.providers:
                block = located.block
                yield located, View(located.path, block.line, Scope(module), block.body)

    def settings(self) -> list[View]:
        """The `terraform` blocks of the root."""
        scope = Scope(self.root)
        return [View(s.path, s.block.line, scope, s.block.body) for s in self.root.folder.settings]

    def entry(self) -> tuple[str, int]:
        """The file and line to name when something is missing in the root as a whole."""
        folder = self.root.folder
        located = [*folder.settings, *folder.providers, *folder.resources.values(), *folder.modules.values()]
        return (located[0].path, located[0].block.line) if located else ("", 1)


def _resources(module: Module) -> Iterator[Resource]:
    for (mode, type, name), located in module.folder.resources.items():
        block = located.block
        for key, scope in instances(block.body, Scope(module)):
            view = View(located.path, block.line, scope, block.body)
            yield Resource(mode, type, name, module.local_address(mode, type, name), key, view, module)


def files(bundle: Bundle) -> list[File]:
    """The parsed Terraform files of the answer."""
    parsed = (bundle.parsed.get(artifact.path) for artifact in bundle.of(KIND))
    return [file for file in parsed if isinstance(file, File)]


def variable_files(bundle: Bundle) -> list[File]:
    """The parsed tfvars and tfbackend files of the answer."""
    parsed = (bundle.parsed.get(artifact.path) for artifact in bundle.of(VARIABLES_KIND))
    return [file for file in parsed if isinstance(file, File)]


def configurations(bundle: Bundle) -> list[Configuration]:
    """Every root folder, once for each `-var-file` delivered for it (once without when there is none).

    A root is a folder that no delivered module calls. `terraform.tfvars` and `*.auto.tfvars` beside it are
    always read; any other tfvars file belongs to the nearest root above it, else to those that declare all it sets.
    """
    known = folders(files(bundle))
    texts = {posixpath.normpath(artifact.path): artifact.text for artifact in bundle.artifacts}
    called = {target for folder in known.values() for target in _calls(folder)}
    roots = [folder for path, folder in known.items() if path not in called] or list(known.values())
    given = [file for file in variable_files(bundle) if not is_backend_file(file.path)]
    found: list[Configuration] = []
    for folder in roots:
        automatic = [
            file for file in given if _is_automatic(file) and posixpath.dirname(file.path) == folder.path
        ]
        chosen = [file for file in given if file not in automatic and _belongs(file, folder, roots)]
        for extra in chosen or [None]:
            module = Module(Tree(known, texts), folder)
            arguments: dict[str, Bound] = {}
            for file in [*automatic, extra] if extra else automatic:
                for attribute in file.body.attributes.values():
                    arguments[attribute.name] = Bound(attribute.expression, Scope(module))
            module.arguments = arguments
            found.append(Configuration(module, extra.path if extra else ""))
    return found


def entry(found: list[Configuration]) -> tuple[str, int]:
    """The file and line to name when something is missing in all of these as a whole."""
    return found[0].entry() if found else ("", 1)


def production(bundle: Bundle) -> list[Configuration]:
    """The configurations that a production's needs (copies, retention, protection) are asked of.

    Where the answer delivers several and the path of a root or of its variables names an environment, those that
    are not production are left out; where nothing would remain, all are judged.
    """
    found = configurations(bundle)
    wanted = [
        one
        for one in found
        if PRODUCTION.search(one.name.lower()) or not _ENVIRONMENT.search(one.name.lower())
    ]
    return wanted or found


def _calls(folder: Folder) -> Iterator[str]:
    for located in folder.modules.values():
        source = located.block.body.attributes.get("source")
        if source and isinstance(source.expression, Literal) and isinstance(source.expression.value, str):
            target = local_source(folder.path, source.expression.value)
            if target is not None and target != folder.path:
                yield target


def is_backend_file(path: str) -> bool:
    """Are the assignments of this file for a backend? Variable files end in .tfvars, whatever stands before."""
    return path.endswith((".tfbackend", ".hcl"))


def _is_automatic(file: File) -> bool:
    name = posixpath.basename(file.path).removesuffix(".json")
    return name == "terraform.tfvars" or name.endswith(".auto.tfvars")


def _belongs(file: File, folder: Folder, roots: list[Folder]) -> bool:
    above = [root for root in roots if _is_above(root.path, file.path)]
    if above:
        return max(above, key=lambda root: len(root.path)) is folder
    return set(file.body.attributes) <= set(folder.variables)


def _is_above(folder: str, path: str) -> bool:
    return folder == "" or path.startswith(folder + "/")
