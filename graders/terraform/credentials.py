"""IAC-10: is a credential written out in the configuration?"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.terraform.language import syntax
from graders.terraform.language.values import Encoded, Partial, as_list, as_map
from graders.terraform.once import once
from graders.terraform.reading.configuration import (
    KIND,
    VARIABLES_KIND,
    configurations,
    files,
    variable_files,
)
from graders.terraform.reading.view import View
from graders.terraform.secret_names import names_secret, secrets_in, stands_for_secret

# Attributes of these blocks are prose about the block.
_PROSE = frozenset({"description", "error_message"})
_META = frozenset({"for_each", "count", "provider", "depends_on", "tags", "lifecycle", "dynamic"})
# What is left of the path of a secret when its interpolations are taken out.
_A_PATH = re.compile(r"[\w./:-]*/[\w./:-]*")


@rule(
    "IAC-10",
    severity="C",
    constraint="secret_hygiene",
    source="checkov CKV_AWS_41, CKV_AWS_46; Terraform documentation: sensitive data",
    kinds=(KIND, VARIABLES_KIND),
)
def writes_no_credential(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is no credential written out in code, variable files, defaults, user data or container environments?

    Accepted: references, data sources, generated and ephemeral values, null, "", `<…>`, REPLACE_ME, an ARN, the path of a
    secret in its store. Wrong: literal text (alone or around interpolations) under a name that means a secret, as
    default, in maps, in name/value pairs, in scripts and JSON text; anything in the form of a known credential, the
    examples of documentations included; `changeme`.
    """
    yield from once(v for file in [*files(bundle), *variable_files(bundle)] for v in _judge(file))
    yield from once(
        v
        for one in configurations(bundle)
        for mode in ("managed", "ephemeral")
        for resource in one.resources(mode=mode)
        for v in _resolved(resource.view)
    )


def _judge(file: syntax.File) -> Iterator[Violation]:
    for attribute in file.body.attributes.values():
        yield from _attribute(file.path, attribute)
    for block in file.body.blocks:
        if block.type == "variable" and block.labels and "default" in block.body.attributes:
            default = block.body.attributes["default"]
            yield from _named(file.path, block.labels[0], default.expression)
        if block.type == "resource" and block.labels[:1] == ("aws_ssm_parameter",):
            yield from _parameter(file.path, block)
        for attribute in syntax.all_attributes(block.body):
            if attribute.name not in _PROSE:
                yield from _attribute(file.path, attribute)


def _parameter(path: str, block: syntax.Block) -> Iterator[Violation]:
    type, value = block.body.attributes.get("type"), block.body.attributes.get("value")
    if (
        type
        and value
        and isinstance(type.expression, syntax.Literal)
        and type.expression.value == "SecureString"
    ):
        yield from _named(path, "secret", value.expression)


def _attribute(path: str, attribute: syntax.Attribute) -> Iterator[Violation]:
    yield from _named(path, attribute.name, attribute.expression)
    for expression in syntax.walk(attribute.expression):
        if isinstance(expression, syntax.Object):
            yield from _object(path, expression)
        for text in _texts(expression):
            for lines, what in secrets_in(text):
                yield _violation(path, expression.line + lines + text_offset(expression), what)
            if attribute.name.startswith("user_data"):
                for _, what in secrets_in(_decoded(text)):
                    yield _violation(path, expression.line, what)


def text_offset(expression: syntax.Expression) -> int:
    """A heredoc's text starts on the line after its mark."""
    return 1 if isinstance(expression, syntax.Literal | syntax.Template) and expression.heredoc else 0


def _object(path: str, found: syntax.Object) -> Iterator[Violation]:
    entries: dict[str, syntax.Expression] = {}
    for key, value in found.items:
        if isinstance(key, syntax.Literal) and isinstance(key.value, str):
            entries[key.value] = value
            yield from _named(path, key.value, value)
    # {"name": "DB_PASSWORD", "value": "…"} of a container's environment.
    name, value = entries.get("name"), entries.get("value")
    if isinstance(name, syntax.Literal) and isinstance(name.value, str) and value is not None:
        yield from _named(path, name.value, value)


def _named(path: str, name: str, expression: syntax.Expression) -> Iterator[Violation]:
    """A literal under a name that means a secret, also as a choice or a default within the expression."""
    if not names_secret(name):
        return
    waiting = [expression]
    while waiting:
        current = waiting.pop()
        match current:
            case syntax.Literal(value=str(value)) if not stands_for_secret(name, value):
                yield _violation(path, current.line, f"a literal {name}")
            case syntax.Conditional(yes=yes, no=no):
                waiting += [yes, no]
            case syntax.Call(
                name="coalesce" | "sensitive" | "try" | "base64encode" | "nonsensitive", arguments=inner
            ):
                waiting += inner
            case syntax.Template() if _is_spelled_out(current, name):
                yield _violation(path, current.line, f"a literal {name}")
            case _:
                pass


def _is_spelled_out(template: syntax.Template, name: str) -> bool:
    """Is the text around the interpolations the secret? Not when something secret or made elsewhere is in it."""
    text = "".join(part if isinstance(part, str) else "" for part in template.parts)
    if len(text.strip()) < 6 or stands_for_secret(name, text) or _A_PATH.fullmatch(text):
        return False
    for expression in syntax.walk(template):
        match expression:
            case syntax.Variable(name=root) if root not in ("var", "local", "each", "count", "path"):
                return False
            case syntax.GetAttr(name=word) if names_secret(word):
                return False
            case _:
                pass
    return True


def _resolved(view: View) -> Iterator[Violation]:
    """What variables, locals and files bring into the attributes of a resource, under whatever name they had."""
    for name in view.names():
        expression = view.expression(name)
        if expression is None or name in _PROSE or name in _META or not _is_indirect(expression):
            continue
        value, line = view.value(name), view.line_of(name)
        for what in _written(name, value):
            yield _violation(view.path, line, what)
        if name.startswith("user_data"):
            text = _as_script(value)
            for _, what in [*secrets_in(text), *secrets_in(_decoded(text))]:
                yield _violation(view.path, line, what)
    if view.body is not None:
        for type in {block.type for block in view.body.blocks} - _META:
            for nested in view.blocks(type):
                yield from _resolved(nested)


def _is_indirect(expression: syntax.Expression) -> bool:
    return any(isinstance(part, syntax.Variable | syntax.Call) for part in syntax.walk(expression))


def _written(name: str, value: Any) -> Iterator[str]:
    """The names under which the value holds a secret as known text, at any depth."""
    waiting: list[tuple[str, Any]] = [(name, value)]
    while waiting:
        name, current = waiting.pop()
        if isinstance(current, Encoded):
            waiting.append((name, current.value))
        elif isinstance(current, str):
            if names_secret(name) and not stands_for_secret(name, current):
                yield f"a literal {name}"
        elif isinstance(current, list):
            waiting.extend((name, item) for item in as_list(current))
        elif isinstance(current, dict):
            entries = as_map(current)
            waiting.extend(entries.items())
            named = entries.get("name")
            if isinstance(named, str) and "value" in entries:
                waiting.append((named, entries["value"]))


def _as_script(value: Any) -> str:
    if isinstance(value, Partial):
        return "".join(part if isinstance(part, str) else "${}" for part in value.parts)
    return value if isinstance(value, str) else ""


def _texts(expression: syntax.Expression) -> Iterator[str]:
    match expression:
        case syntax.Literal(value=str(text)):
            yield text
        case syntax.Template(parts=parts):
            # An interpolation stands as `$`, so that what follows `PASSWORD=` is seen to be none.
            yield "".join(part if isinstance(part, str) else "${}" for part in parts)
        case _:
            return


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def _violation(path: str, line: int, what: str) -> Violation:
    return Violation(path, line, f"{what} is written out; take it from a secret store or generate it")


RULES = (writes_no_credential,)
