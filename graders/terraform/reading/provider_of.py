"""Which provider configuration makes a resource: its own choice, handed down through module calls."""

from __future__ import annotations

from graders.terraform.language import syntax
from graders.terraform.reading.configuration import Configuration
from graders.terraform.reading.module import Module
from graders.terraform.reading.references import path
from graders.terraform.reading.view import Resource, View

# The local name and the alias ("" for the default one) of a provider configuration in the root.
Provider = tuple[str, str]


def providers(configuration: Configuration) -> dict[Provider, View]:
    """The provider blocks of the root by name and alias."""
    found: dict[Provider, View] = {}
    for located, view in configuration.providers():
        if view.scope.module is configuration.root:
            alias = view.value("alias")
            found[(located.block.labels[0], alias if isinstance(alias, str) else "")] = view
    return found


def provider_of(configuration: Configuration, resource: Resource) -> Provider:
    """The root's provider configuration that this resource is made by."""
    chosen = resource.view.expression("provider")
    here = _named(chosen) if chosen is not None else None
    provider = here or (resource.type.split("_", 1)[0], "")
    module = resource.module
    while module.parent is not None:
        provider = _outside(module, provider)
        module = module.parent
    return provider


def _outside(module: Module, provider: Provider) -> Provider:
    """What the caller of this module calls the provider."""
    attribute = module.call.body.attributes.get("providers") if module.call else None
    if attribute is not None and isinstance(attribute.expression, syntax.Object):
        for key, value in attribute.expression.items:
            outer = _named(value)
            if _named(key) == provider and outer is not None:
                return outer
    return provider


def _named(expression: syntax.Expression) -> Provider | None:
    """`aws`, `aws.replica`, and the JSON form's "aws.replica"."""
    base, steps = path(expression)
    if isinstance(base, syntax.Variable):
        alias = next((step for step in steps if isinstance(step, str)), "")
        return base.name, alias
    if isinstance(base, syntax.Literal) and isinstance(base.value, str):
        name, _, alias = base.value.partition(".")
        return name, alias
    return None
