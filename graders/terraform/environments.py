"""IAC-20: can work on one environment touch another?"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.simulate.terraform.workspace import is_workspace
from graders.terraform.language import syntax
from graders.terraform.language.values import as_list, as_text
from graders.terraform.once import once
from graders.terraform.reading.backend_settings import Backend, backends, config_options
from graders.terraform.reading.configuration import KIND, Configuration, configurations, files

_FORMS = (
    frozenset({"production", "prod", "prd"}),
    frozenset({"staging", "stage", "stg"}),
    frozenset({"development", "dev"}),
)
_PLACE = ("bucket", "key", "prefix", "storage_account_name", "container_name", "organization", "workspaces")
_PLACE_OPTION = re.compile(r"(?:key|prefix|bucket|storage_account_name|container_name)=")
# A shell variable, an expression of a workflow, or `<environment>` in a document.
_CHOSEN_LATER = re.compile(r"\$[\w{(]|<[\w-]+>")


@rule(
    "IAC-20",
    severity="M",
    constraint="reproducible",
    source="Terraform documentation: workspaces, partial backend configuration",
    kinds=(KIND,),
    parameters={"environments": list[str], "forbidden": list[str] | None},
)
def separates_environments(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does every environment have a state of its own, and is no production value hard-coded in shared code?

    Accepted: a root folder for each environment (its name in the path) with differing backend places; one root with
    a backend file for each; one root whose `-backend-config=key=…` in a delivered file names each environment or takes
    it from a variable; `terraform.workspace` in what is made. Wrong: two environments with the same place, one of them
    missing (also when an option names a file that was not delivered), one state for all; a forbidden value as
    literal text in a called module, or in the one root that all environments share (a map keyed by environment is
    right, so are variable files).
    """
    environments = [name for name in as_list(facts.params.get("environments")) if isinstance(name, str)]
    forbidden = {as_text(value) or "" for value in as_list(facts.params.get("forbidden"))} - {""}
    yield from once(_states(bundle, environments))
    yield from once(_literals(bundle, environments, forbidden))


def _states(bundle: Bundle, environments: list[str]) -> Iterator[Violation]:
    found = {one.root.folder.path: one for one in configurations(bundle)}
    places: dict[str, Backend] = {}
    for one in found.values():
        for backend in backends(bundle, one):
            for environment in environments:
                if _names(backend.file or one.root.folder.path, environment, environments):
                    places[environment] = backend
    missing = [environment for environment in environments if environment not in places]
    entry = next(iter(found.values())).entry() if found else ("", None)
    if missing and not _by_workspace(list(found.values())) and not _by_option(bundle, environments):
        yield Violation(*entry, f"no state of their own for: {', '.join(missing)}")
    seen: dict[str, str] = {}
    for environment, backend in places.items():
        place = repr([(name, backend.settings.get(name)) for name in _PLACE])
        if place in seen:
            message = f"{environment} and {seen[place]} share one state"
            yield Violation(backend.path, backend.line, message)
        seen.setdefault(place, environment)


def _names(path: str, environment: str, environments: list[str]) -> bool:
    """Is this environment, or another common form of its name, a word of the path?"""
    words = {*re.split(r"[/._=]", path.lower()), *re.split(r"[/._=-]", path.lower())}
    names = {environment.lower()}
    for forms in _FORMS:
        if environment.lower() in forms and len(forms & set(environments)) == 1:
            names |= forms
    return bool(names & words)


def _by_workspace(found: list[Configuration]) -> bool:
    """Do the workspaces of one root keep the environments apart? Then something that is made depends on them.

    A name that only stands in a local or an output separates nothing.
    """
    return any(is_workspace(expression) for one in found for expression in _used(one))


def _used(configuration: Configuration) -> Iterator[syntax.Expression]:
    """Every expression that resources, module calls and providers are made of, locals followed."""
    for module in configuration.modules():
        folder = module.folder
        made = [*folder.resources.values(), *folder.modules.values(), *folder.providers]
        waiting = [a.expression for one in made for a in syntax.all_attributes(one.block.body)]
        followed: set[str] = set()
        while waiting:
            for expression in syntax.walk(waiting.pop()):
                yield expression
                match expression:
                    case syntax.GetAttr(source=syntax.Variable(name="local"), name=name):
                        if name in folder.locals and name not in followed:
                            followed.add(name)
                            waiting.append(folder.locals[name][0].expression)
                    case _:
                        pass


def _by_option(bundle: Bundle, environments: list[str]) -> bool:
    """Does `-backend-config=key=…` choose the place by a variable, or once for each environment?

    An option that names a file says nothing: the file itself is judged.
    """
    options = [option for option in config_options(bundle) if _PLACE_OPTION.match(option)]
    later = (_CHOSEN_LATER.search(option) for option in options if not option.startswith("bucket="))
    return any(later) or all(
        any(_names(option, name, environments) for option in options) for name in environments
    )


def _literals(bundle: Bundle, environments: list[str], forbidden: set[str]) -> Iterator[Violation]:
    found = configurations(bundle)
    roots = {one.root.folder.path for one in found}
    own = {root for root in roots if any(_names(root, name, environments) for name in environments)}
    for file in files(bundle):
        if posixpath.dirname(file.path) in own:
            continue
        for block in file.body.blocks:
            for attribute in syntax.all_attributes(block.body):
                if attribute.name == "description":
                    continue
                for line, text in _shared_texts(attribute.expression, environments):
                    for value in sorted(forbidden):
                        if value in text:
                            message = f"{value} belongs to one environment and is hard-coded in shared code"
                            yield Violation(file.path, line, message)


def _shared_texts(expression: syntax.Expression, environments: list[str]) -> Iterator[tuple[int, str]]:
    """The literal texts, without those that stand under the name of an environment."""
    waiting = [expression]
    while waiting:
        current = waiting.pop()
        match current:
            case syntax.Literal(value=value) if value is not None:
                yield current.line, as_text(value) or ""
            case syntax.Template(parts=parts):
                yield current.line, "\0".join(part for part in parts if isinstance(part, str))
                waiting.extend(syntax.children(current))
            case syntax.Object(items=items):
                for key, value in items:
                    name = key.value if isinstance(key, syntax.Literal) else None
                    if not isinstance(name, str) or not any(
                        _names(name, e, environments) for e in environments
                    ):
                        waiting.extend((key, value))
            case _:
                waiting.extend(syntax.children(current))


RULES = (separates_environments,)
