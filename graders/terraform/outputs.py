"""IAC-12: does a secret value leave the configuration by an output, a name or a tag?"""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.terraform.language import syntax
from graders.terraform.language.values import as_bool
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, Configuration, configurations
from graders.terraform.reading.module import Module, Scope
from graders.terraform.reading.references import Reached, reached
from graders.terraform.reading.view import View
from graders.terraform.secret_names import names_secret
from graders.terraform.tables import table

# What these make of a value does not give the value away.
_OPAQUE = frozenset({"length", "can", "keys"})
_VISIBLE = ("name", "name_prefix", "identifier", "bucket", "description", "tags", "family", "function_name")


@rule(
    "IAC-12",
    severity="H",
    constraint="secret_hygiene",
    source="Terraform documentation: sensitive outputs, nonsensitive",
    kinds=(KIND,),
)
def hides_secret_values(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is every root output that reaches a secret value sensitive or ephemeral, and is none in names, tags, nonsensitive()?

    Followed: locals, variables, module outputs, templates, functions. Secret values: sensitive variables (and variables
    whose name means a secret), generated passwords and keys, secret versions, database passwords. Accepted: ARNs,
    ids and names of secrets; lengths and keys; `nonsensitive()` of these. Outputs of called modules are judged where
    the root hands them on. Wrong: `nonsensitive(VALUE)` anywhere, whatever its output says.
    """
    yield from once(v for configuration in configurations(bundle) for v in _judge(configuration))


def _judge(configuration: Configuration) -> Iterator[Violation]:
    root = configuration.root
    for name, located in root.folder.outputs.items():
        view = View(located.path, located.block.line, Scope(root), located.block.body)
        hidden = as_bool(view.value("sensitive")) is True or as_bool(view.value("ephemeral")) is True
        secret = next(_secrets(view, "value"), None)
        if secret and not hidden:
            message = f"output {name} shows {secret}; it must be sensitive = true or left out"
            yield Violation(view.path, view.line_of("value"), message)
    for module in configuration.modules():
        yield from _laid_bare(module)
    for _, provider in configuration.providers():
        if nested := provider.block("default_tags"):
            for secret in _secrets(nested, "tags"):
                yield Violation(nested.path, nested.line_of("tags"), f"default_tags hold {secret}")
    for resource in configuration.resources():
        for attribute in _VISIBLE:
            for secret in _secrets(resource.view, attribute):
                line = resource.view.line_of(attribute)
                yield Violation(resource.view.path, line, f"{attribute} of {resource.address} holds {secret}")


def _secrets(view: View, attribute: str) -> Iterator[str]:
    expression = view.expression(attribute)
    if expression is not None:
        yield from _secret_values(expression, view.scope)


def _secret_values(expression: syntax.Expression, scope: Scope) -> Iterator[str]:
    for target in reached(expression, scope, _OPAQUE):
        if _is_secret(target):
            yield target.address + (f".{target.attribute}" if target.attribute else "")


def _is_secret(target: Reached) -> bool:
    if target.mode == "variable":
        declared = target.module.folder.variables.get(target.name)
        if declared is None:
            return False
        view = View(declared.path, declared.block.line, Scope(target.module), declared.block.body)
        return as_bool(view.value("sensitive")) is True or names_secret(target.name)
    if target.type == "aws_ssm_parameter" and _is_public_parameter(target):
        return False
    return target.attribute in ("", *table("secret_values").get(target.type, ())) and target.type in table(
        "secret_values"
    )


def _is_public_parameter(target: Reached) -> bool:
    """A parameter of AWS' own (image ids), or one that is made as plain text."""
    located = target.module.folder.resources.get((target.mode, target.type, target.name))
    if located is None:
        return False
    view = View(located.path, located.block.line, Scope(target.module), located.block.body)
    if target.mode == "managed":
        return view.value("type") in ("String", "StringList")
    name = view.value("name")
    return isinstance(name, str) and name.startswith("/aws/service/")


def _laid_bare(module: Module) -> Iterator[Violation]:
    folder = module.folder
    located = [
        *folder.resources.values(),
        *folder.outputs.values(),
        *folder.modules.values(),
        *folder.providers,
    ]
    written = [
        (one.path, attribute) for one in located for attribute in syntax.all_attributes(one.block.body)
    ]
    written += [(path, attribute) for attribute, path in folder.locals.values()]
    for path, attribute in written:
        for expression in syntax.walk(attribute.expression):
            if isinstance(expression, syntax.Call) and expression.name == "nonsensitive":
                for secret in (
                    s for inner in expression.arguments for s in _secret_values(inner, Scope(module))
                ):
                    yield Violation(path, expression.line, f"nonsensitive() lays {secret} bare")


RULES = (hides_secret_values,)
