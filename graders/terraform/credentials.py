"""IAC-10: is a credential written out in the configuration?"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.terraform import syntax
from graders.terraform.configuration import KIND, VARIABLES_KIND, files, variable_files
from graders.terraform.once import once
from graders.terraform.secret_names import names_secret, secrets_in, stands_for_secret

# Attributes of these blocks are prose about the block.
_PROSE = frozenset({"description", "error_message"})


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
            case _:
                pass


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
