"""Terraform's files as trees: HCL, its JSON form, and the assignments of tfvars and tfbackend files.

HashiCorp's own parser (pygohcl) decides whether HCL parses; `expressions.py` gives the tree with its lines.
"""

from __future__ import annotations

import json
import re

from graders import limits
from graders.terraform.language import syntax
from graders.terraform.language.expressions import ExpressionParser
from graders.yaml_lines import Unparsable

_PLACE = re.compile(r"\.hcl:(\d+),\d+(?:-[\d,]+)?: (.*)", re.S)
# How many labels a top-level block of the JSON form has; any other block there has none.
_JSON_LABELS = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "module": 1,
    "variable": 1,
    "output": 1,
    "provider": 1,
    "check": 1,
}


def parse(text: str, path: str) -> syntax.File:
    """The tree of a .tf, .tf.json, .tfvars, .tfvars.json or .tfbackend file; raises `Unparsable`."""
    try:
        return _parsed(text, path)
    except RecursionError:
        raise Unparsable(1, "nested too deep") from None


def _parsed(text: str, path: str) -> syntax.File:
    try:
        limits.check(text)
    except limits.OutsideLimits as broken:
        raise Unparsable(broken.line, broken.message) from None
    if path.endswith(".json"):
        return syntax.File(path, _json_body(text, assignments=".tfvars" in path), "json")
    judge(text)
    return syntax.File(path, read(text), "hcl")


def judge(text: str) -> None:
    """Raise `Unparsable` where HashiCorp's parser says that this is no HCL."""
    import pygohcl  # pyright: ignore[reportMissingTypeStubs]

    try:
        pygohcl.loads(text)  # pyright: ignore[reportUnknownMemberType]
    except pygohcl.HCLParseError as error:
        place = _PLACE.search(str(error))
        line = int(place.group(1)) if place else 1
        message = " ".join((place.group(2) if place else str(error)).split())
        raise Unparsable(line, message) from None
    except (pygohcl.HCLInternalError, RecursionError):
        # Not a judgement on the text: what our own parser makes of it decides.
        return


def read(text: str) -> syntax.Body:
    """The body of a file by our own parser alone."""
    return _body(ExpressionParser(text), closing=False)


def _body(parser: ExpressionParser, closing: bool) -> syntax.Body:
    attributes: dict[str, syntax.Attribute] = {}
    blocks: list[syntax.Block] = []
    while True:
        parser.space(True)
        if closing and parser.take("}"):
            break
        if parser.at >= len(parser.text):
            if closing:
                raise parser.fail("a block is not closed")
            break
        line = parser.line()
        name = parser.identifier()
        if name is None:
            raise parser.fail("expected an attribute or a block")
        parser.space(False)
        if parser.take("="):
            if name in attributes:
                raise Unparsable(line, f"the attribute {name} is given twice")
            start = parser.at
            expression = parser.expression(False)
            source = parser.text[start : parser.at].strip()
            attributes[name] = syntax.Attribute(name, expression, source, line)
        else:
            blocks.append(_block(parser, name, line))
        if not _item_ends(parser, closing):
            raise parser.fail("expected the end of the line")
    return syntax.Body(attributes, tuple(blocks))


def _item_ends(parser: ExpressionParser, closing: bool) -> bool:
    parser.space(False)
    parser.line_comment()
    return (
        parser.at >= len(parser.text)
        or parser.text[parser.at] == "\n"
        or (closing and parser.text[parser.at] == "}")
    )


def _block(parser: ExpressionParser, type: str, line: int) -> syntax.Block:
    labels: list[str] = []
    while not parser.take("{"):
        if parser.take('"'):
            label = parser.quoted(line)
            labels.append(
                label.value if isinstance(label, syntax.Literal) and isinstance(label.value, str) else ""
            )
        else:
            name = parser.identifier()
            if name is None:
                raise parser.fail("expected a label or '{'")
            labels.append(name)
        parser.space(False)
    return syntax.Block(type, tuple(labels), _body(parser, closing=True), line)


def _json_body(text: str, assignments: bool) -> syntax.Body:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise Unparsable(error.lineno, error.msg) from None
    except (ValueError, RecursionError):
        raise Unparsable(1, "not JSON") from None
    root = _JsonParser(text).expression(True)
    if not isinstance(root, syntax.Object):
        raise Unparsable(1, "expected a JSON object")
    if assignments:
        return _json_attributes(root)
    blocks: list[syntax.Block] = []
    for key, value in root.items:
        type = _text(key)
        if type != "//":
            blocks.extend(_json_blocks(type, value, _JSON_LABELS.get(type, 0), ()))
    return syntax.Body({}, tuple(blocks))


class _JsonParser(ExpressionParser):
    """JSON is a sublanguage of HCL's expressions with the same templates, but a line end is always space."""

    def space(self, lines: bool) -> None:
        super().space(True)


def _json_blocks(
    type: str, value: syntax.Expression, labels: int, given: tuple[str, ...]
) -> list[syntax.Block]:
    if isinstance(value, syntax.Tuple):
        return [block for item in value.items for block in _json_blocks(type, item, labels, given)]
    if not isinstance(value, syntax.Object):
        raise Unparsable(value.line, f"{type} must be an object")
    if labels == 0:
        return [syntax.Block(type, given, _json_nested(type, value), value.line)]
    return [
        block
        for key, inner in value.items
        for block in _json_blocks(type, inner, labels - 1, (*given, _text(key)))
    ]


def _json_nested(type: str, value: syntax.Object) -> syntax.Body:
    body = _json_attributes(value)
    if type != "terraform":
        return body
    backend = body.attributes.get("backend")
    blocks: list[syntax.Block] = _json_blocks("backend", backend.expression, 1, ()) if backend else []
    for name in ("required_providers", "cloud"):
        if name in body.attributes:
            blocks.extend(_json_blocks(name, body.attributes[name].expression, 0, ()))
    return syntax.Body(body.attributes, tuple(blocks))


def _json_attributes(value: syntax.Object) -> syntax.Body:
    attributes = {
        _text(key): syntax.Attribute(_text(key), inner, "", key.line)
        for key, inner in value.items
        if _text(key) != "//"
    }
    return syntax.Body(attributes, ())


def _text(key: syntax.Expression) -> str:
    return key.value if isinstance(key, syntax.Literal) and isinstance(key.value, str) else ""
