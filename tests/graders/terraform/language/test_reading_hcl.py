"""Our reader of HCL against HashiCorp's: the same blocks, labels, attributes and constant values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pygohcl  # pyright: ignore[reportMissingTypeStubs]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graders.terraform.language import hcl, syntax
from graders.yaml_lines import Unparsable

Path = tuple[str, ...]
OPAQUE = object()


def constant(expression: syntax.Expression) -> Any:
    """The value of an expression without references, else OPAQUE."""
    match expression:
        case syntax.Literal(value=value):
            return value
        case syntax.Tuple(items=items):
            values = [constant(item) for item in items]
            return OPAQUE if any(value is OPAQUE for value in values) else values
        case syntax.Object(items=items):
            pairs = [(constant(key), constant(value)) for key, value in items]
            return OPAQUE if any(OPAQUE in pair for pair in pairs) else {str(k): v for k, v in pairs}
        case _:
            return OPAQUE


def leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Every plain value of HashiCorp's dict with the names on the way to it; positions in lists are left out."""
    if isinstance(value, dict):
        yield path, "{}"
        for name, inner in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from leaves(inner, (*path, str(name)))  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, list):
        for inner in value:  # pyright: ignore[reportUnknownVariableType]
            yield from leaves(inner, path)
    else:
        yield path, value


def ours(body: syntax.Body, path: Path) -> Iterator[tuple[Path, Any]]:
    yield path, "{}"
    for attribute in body.attributes.values():
        here, value = (*path, attribute.name), constant(attribute.expression)
        yield from [(here, OPAQUE)] if value is OPAQUE else leaves(value, here)
    for block in body.blocks:
        here = (*path, block.type)
        for label in block.labels:
            yield here, "{}"
            here = (*here, label)
        yield from ours(block.body, here)


def assert_same(text: str) -> None:
    theirs = list(leaves(pygohcl.loads(text), ()))  # pyright: ignore[reportUnknownMemberType]
    mine = list(ours(hcl.read(text), ()))
    opaque = {path for path, value in mine if value is OPAQUE}
    expected = {(path, repr(value)) for path, value in theirs if not _inside(path, opaque)}
    assert {(path, repr(value)) for path, value in mine if value is not OPAQUE} == expected
    assert all(any(path[: len(one)] == one for path, _ in theirs) for one in opaque)


def _inside(path: Path, opaque: set[Path]) -> bool:
    return any(path[:length] in opaque for length in range(len(path) + 1))


WRITTEN = {
    "comments": "# one\n// two\n/* three\n four */ a = 1 # five\nb = /* six */ 2\nc {} // seven\n",
    "comment marks in text": 'a = "x # y // z /* w */"\n',
    "a block in one line": 'a "b" { c = 1 }\n',
    "bare labels": 'a b "c" {\n  d = 1\n}\n',
    "escapes": 'a = "q\\"q \\\\ \\n \\t \\u00e9 \\U0001F600"\n',
    "escaped templates": 'a = "$${x} %%{y} $x % {"\n',
    "a heredoc": "a = <<EOT\n  one # two\n\n three\nEOT\n",
    "an indented heredoc": "a {\n  b = <<-EOT\n    one\n      two\n    three\n  EOT\n}\n",
    "an indented heredoc with a blank line": "a = <<-EOT\n    one\n\n      two\n    EOT\nb = 1\n",
    "a heredoc in a list": 'a = [<<EOT\none\nEOT\n, "b"]\n',
    "a heredoc in a call": "a = f(<<EOT\none ${var.x}\nEOT\n)\n",
    "a heredoc whose word is in it": "a = <<EOT\n EOTA\nxEOT\nEOT\n",
    "quotes in a template": 'a = "x${f("y ${"z"}")}"\n',
    "braces in text": 'a = "}{" \nb {\n c = "}"\n}\n',
    "directives": 'a = "%{ if var.x ~}\n y %{ else } z %{ endif }"\n'.replace("\n y", " y"),
    "objects": 'a = { b = 1, "c" : 2\n  d = [1, 2,], (var.e) = 3 }\n',
    "object over lines": "a = {\n  b = 1 # x\n\n  c = {\n    d = null\n  }\n}\n",
    "numbers": "a = 0\nb = 1.5\nc = 1e3\nd = 12345678901\n",
    "negative": "a = -1\nb = !true\n",
    "operators": "a = 1 + 2 * 3 == 7 && !var.x || var.y >= 2 ? -1 : 2 % 3\n",
    "operators over lines": "a = (\n  1\n  + 2\n)\nb = [\n  var.x\n  ? 1\n  : 2\n]\n",
    "references": 'a = b.c[0].d["e"].f.0.g[*].h.*.i\n',
    "for": "a = [for k, v in x : k if v != null]\nb = {for k in x : k => k...}\nc = {\n for k in x :\n k => 1\n}\n",
    "a key called for": "a = { b = 1, for = 2 }\n",
    "a call that expands": "a = f(x...)\nb = f(\n 1,\n 2,\n)\n",
    "names with dashes": "a-b = c-d.e-f\n",
    "words that look like values": 'truely = true\nnullable = false\n"x" = 1\n'.replace('"x" = 1\n', ""),
    "many blocks": "a {\n b = 1\n}\na {\n b = 2\n}\n",
    "no line end at the end": "a = 1",
    "carriage returns": "a = 1\r\nb {\r\n  c = 2\r\n}\r\n",
    "unicode": 'größe = "ü"\n',
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_hand_written_files_have_the_same_tree(text: str) -> None:
    assert_same(text)


BROKEN = {
    "not closed": "a {\n",
    "two items in a line": "a = 1 b = 2\n",
    "no value": "a =\n",
    "twice": "a = 1\na = 2\n",
    "text not closed": 'a = "x\n',
    "heredoc not closed": "a = <<EOT\nx\n",
    "no such escape": 'a = "\\q"\n',
    "a line end in a value": "a = 1 +\n2\n",
    "list not closed": "a = [1, 2\n",
    "no comma": "a = [1 2]\n",
    "closing alone": "}\n",
    "template not closed": 'a = "${b"\n',
    "YAML": "a: 1\n",
    "JSON": '{"a": 1}\n',
    "if outside": "a = if x\n",
    "name alone": "a\n",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_files_are_refused_by_both(text: str) -> None:
    with pytest.raises(Unparsable):
        hcl.judge(text)
    with pytest.raises(Unparsable):
        hcl.read(text)


NAMES = st.sampled_from(["a", "b2", "c_d", "e-f", "for_each", "in", "if", "true_", "größe"])
SPACE = st.sampled_from([" ", "  ", "\t", " /* } */ "])
ENDS = st.sampled_from(["\n", " # }\n", " // {\n", "\n\n", "\n# x = 1\n"])
TEXTS = st.text("ab \"\\\n\t#/*{}[]<>=$%ü'", max_size=12)


def quoted(text: str) -> str:
    for old, new in (
        ("\\", "\\\\"),
        ('"', '\\"'),
        ("\n", "\\n"),
        ("\t", "\\t"),
        ("${", "$${"),
        ("%{", "%%{"),
    ):
        text = text.replace(old, new)
    return f'"{text}"'


PLAIN = st.one_of(
    st.integers(0, 10**9).map(str),
    st.sampled_from(["true", "false", "null", "1.25", "-3"]),
    # `$${` after another `$` is read in ways of its own.
    TEXTS.filter(lambda text: "$$" not in text and "%%" not in text).map(quoted),
)
REFERENCES = st.sampled_from(
    [
        "var.a",
        'local.b["c"].d',
        "x.y[0].z",
        "a[*].b",
        "f(1, [2], g())",
        'a == "b" ? 1 : c',
        '"x${var.a}y${f("z")}"',
        "[for k, v in m : v if k != 1]",
        '{ for k, v in m : "${k}" => v... }',
        "(1 + 2) * -a.b",
        "!a && b || c >= 2",
    ]
)


def listed(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lists = st.lists(items, max_size=3).map(lambda found: "[" + ", ".join(found) + "]")
    objects = st.dictionaries(NAMES, items, max_size=3).map(
        lambda found: "{\n" + "\n".join(f"{key} = {value}" for key, value in found.items()) + "\n}"
    )
    return st.one_of(lists, objects)


VALUES = st.recursive(st.one_of(PLAIN, REFERENCES), listed, max_leaves=6)
HEREDOCS = st.lists(st.text("ab {}#\"'=", max_size=8), max_size=4).map(
    lambda lines: "".join(["<<EOT\n", *(line + "\n" for line in lines), "EOT"])
)


@st.composite
def bodies(draw: st.DrawFn, depth: int = 3) -> str:
    text = ""
    for name in draw(st.lists(NAMES, unique=True, max_size=4)):
        if depth and draw(st.booleans()):
            labels = draw(st.lists(st.sampled_from(['"l"', '"m-n"']), max_size=2))
            inner = draw(bodies(depth=depth - 1))
            text += f"{name} {' '.join(labels)}{draw(SPACE)}{{\n{inner}}}{draw(ENDS)}"
        elif draw(st.integers(0, 5)) == 0:
            text += f"{name} = {draw(HEREDOCS)}\n"
        else:
            text += f"{name}{draw(SPACE)}={draw(SPACE)}{draw(VALUES)}{draw(ENDS)}"
    return text


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(bodies())
def test_generated_files_have_the_same_tree(text: str) -> None:
    assert_same(text)


@settings(max_examples=300, deadline=None)
@given(st.text('ab ="{}[]()\n$%#<EOT-.,:?!*/\\', max_size=40))
def test_no_text_makes_the_reader_raise_anything_else(text: str) -> None:
    try:
        hcl.parse(text, "main.tf")
    except Unparsable:
        return


def test_lines_are_kept() -> None:
    file = hcl.parse('# x\n\na "b" {\n  c = <<EOT\nx\nEOT\n  d = [\n    1,\n    e.f,\n  ]\n}\n', "main.tf")
    (block,) = file.body.blocks
    assert (block.line, block.body.attributes["c"].line, block.body.attributes["d"].line) == (3, 4, 7)
    items = block.body.attributes["d"].expression
    assert isinstance(items, syntax.Tuple)
    assert [item.line for item in items.items] == [8, 9]


def test_the_json_form_has_the_same_tree_as_hcl() -> None:
    json = """{
      "//": "a comment",
      "terraform": {"backend": {"s3": {"key": "k"}}, "required_providers": {"aws": {"version": "~> 5.0"}}},
      "provider": {"aws": [{"region": "eu-west-1"}, {"alias": "b", "region": "${var.r}"}]},
      "resource": {"aws_x": {"one": {"count": 2, "name": "n-${var.a}"}, "two": {}}}
    }"""
    file = hcl.parse(json, "main.tf.json")
    assert file.dialect == "json"
    assert [(block.type, block.labels) for block in file.body.blocks] == [
        ("terraform", ()),
        ("provider", ("aws",)),
        ("provider", ("aws",)),
        ("resource", ("aws_x", "one")),
        ("resource", ("aws_x", "two")),
    ]
    assert file.body.blocks[0].body.of("backend")[0].labels == ("s3",)
    assert isinstance(file.body.blocks[3].body.attributes["name"].expression, syntax.Template)
    assert file.body.blocks[3].line == 5


@pytest.mark.parametrize("text", ["[1]", "{", '{"resource": 1}', '{"resource": {"a": {"b": 1}}}', "1e", ""])
def test_json_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(Unparsable):
        hcl.parse(text, "main.tf.json")


@pytest.mark.parametrize(
    "nested", ["(" * 63 + "1" + ")" * 63, "[" * 63 + "]" * 63, '"${' * 60 + "1" + '}"' * 60]
)
def test_deep_nesting_is_read_or_refused(nested: str) -> None:
    try:
        hcl.parse(f"a = {nested}\n", "main.tf")
    except Unparsable:
        return


def test_half_a_surrogate_pair_does_not_reach_a_message() -> None:
    value = hcl.read('a = "\\ud800"\n').attributes["a"].expression
    assert value == syntax.Literal("\ufffd", 1)
