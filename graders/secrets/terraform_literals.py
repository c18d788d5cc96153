"""Literals that Terraform makes a secret of, by the place where they stand and not by their look."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from graders.bundle import Bundle
from graders.secrets.assignments import is_secret
from graders.terraform.language import syntax
from graders.terraform.language.values import Encoded
from graders.terraform.reading.configuration import configurations, files
from graders.terraform.reading.view import Resource, View
from graders.terraform.secret_names import names_secret

# The arguments that hold a secret whatever their name, by resource type.
_HOLDERS: dict[str, tuple[str, ...]] = {
    "aws_ssm_parameter": ("value", "value_wo"),
    "aws_secretsmanager_secret_version": ("secret_string", "secret_string_wo", "secret_binary"),
    "aws_db_instance": ("password", "password_wo"),
    "aws_rds_cluster": ("master_password", "master_password_wo"),
    "aws_docdb_cluster": ("master_password", "master_password_wo"),
    "aws_neptune_cluster": ("master_password",),
    "aws_redshift_cluster": ("master_password", "master_password_wo"),
    "aws_elasticache_replication_group": ("auth_token",),
    "github_actions_secret": ("plaintext_value",),
    "github_actions_environment_secret": ("plaintext_value",),
    "google_secret_manager_secret_version": ("secret_data",),
    "azurerm_key_vault_secret": ("value",),
}
# With `ignore_changes` for the argument, a plain word only fills the place until someone sets the value.
_PLAIN_WORDS = re.compile(r"[A-Za-z]+(?:[ _.-][A-Za-z]+)*\.?\Z")
_PASSWORD = re.compile(r"passw(?:or)?ds?|passphrase|pwd", re.IGNORECASE)
_CHANGE_ME = re.compile(r"change[ _-]?me", re.IGNORECASE)


def terraform_literals(bundle: Bundle) -> Iterator[tuple[str, int, str]]:
    """Each literal secret in the parsed Terraform files as (path, line, where)."""
    for file in files(bundle):
        for block in file.body.of("variable"):
            default = block.body.attributes.get("default")
            if default is not None and block.labels and names_secret(block.labels[0]):
                yield from _in_variable(file.path, block.labels[0], default)
        for attribute in _attributes(file):
            if names_secret(attribute.name):
                yield from _in_choice(file.path, attribute)
    for configuration in configurations(bundle):
        for resource in configuration.resources(*_HOLDERS):
            yield from _in_resource(resource)


def _in_variable(path: str, name: str, default: syntax.Attribute) -> Iterator[tuple[str, int, str]]:
    expression = default.expression
    values = [item for _, item in expression.items] if isinstance(expression, syntax.Object) else [expression]
    for value in values:
        if isinstance(value, syntax.Literal) and _is_written_out(value.value, name):
            yield path, value.line, f"a literal value for {name}"


def _attributes(file: syntax.File) -> Iterator[syntax.Attribute]:
    yield from file.body.attributes.values()
    for block in file.body.blocks:
        yield from syntax.all_attributes(block.body)


def _in_choice(path: str, attribute: syntax.Attribute) -> Iterator[tuple[str, int, str]]:
    """`coalesce(var.password, "…")`, `var.x ? "…" : "…"`: a literal that is used for want of another value."""
    waiting = [attribute.expression]
    while waiting:
        match waiting.pop():
            case syntax.Conditional(yes=yes, no=no):
                waiting += [yes, no]
            case syntax.Call(
                name="coalesce" | "try" | "lookup" | "sensitive" | "nonsensitive", arguments=inner
            ):
                waiting += inner
            case syntax.Literal(value=value, line=line) if _is_written_out(value, attribute.name):
                yield path, line, f"a literal value for {attribute.name}"
            case _:
                pass


def _in_resource(resource: Resource) -> Iterator[tuple[str, int, str]]:
    view = resource.view
    if resource.type == "aws_ssm_parameter" and view.value("type") != "SecureString":
        return
    for name in _HOLDERS[resource.type]:
        for value in _parts(view.value(name)):
            if _is_written_out(value) and not (_is_ignored(view, name) and _fills_the_place(value)):
                yield view.path, view.line_of(name), f"a literal value for {resource.type}.{name}"
                break


def _parts(value: Any) -> Iterator[Any]:
    """The value itself, or the secrets by name in an object that it encodes."""
    if isinstance(value, Encoded):
        value = value.value
    elif isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return
    if isinstance(value, dict):
        for name, inner in cast("dict[str, Any]", value).items():
            if isinstance(inner, dict):
                yield from _parts(inner)
            elif names_secret(str(name)):
                yield inner
    else:
        yield value


def _is_written_out(value: object, name: str = "password") -> bool:
    key = "password" if _PASSWORD.search(name) else name
    return isinstance(value, str) and is_secret(key, value.strip(), quoted=True)


def _fills_the_place(value: Any) -> bool:
    return _PLAIN_WORDS.match(str(value)) is not None and _CHANGE_ME.search(str(value)) is None


def _is_ignored(view: View, name: str) -> bool:
    for block in view.body.of("lifecycle") if view.body is not None else []:
        ignored = block.body.attributes.get("ignore_changes")
        if ignored is not None and re.search(rf"\b(?:{re.escape(name)}|all)\b", ignored.source):
            return True
    return False
