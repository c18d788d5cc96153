"""The HCL parser against HashiCorp's own, and the places where it alone must know better."""

from __future__ import annotations

from typing import Any, cast

import pygohcl  # pyright: ignore[reportMissingTypeStubs]
import pytest

from graders.terraform.language import hcl, syntax
from graders.yaml_lines import Unparsable

RIGHT = [
    'a = "x${b}y"',
    "a = <<EOT\nfoo ${bar}\n  baz\nEOT",
    "a = <<-EOT\n  foo\n    x\n  EOT\nb=2",
    "a = <<EOT\n${x({\n a = 1\n})}\nEOT",
    "a = f(<<EOT\nx\nEOT\n)",
    "a = {\n x = <<EOT\nq\nEOT\n y = 2\n}",
    "a = b ? c : d",
    'a = [for x in y : x if x != ""]',
    "a = {for k, v in y : k => v...}",
    'a "b" c {\n}',
    "a { b = 1 }",
    "a = x[*].id",
    "a = x.0.y",
    'a = x[0].y["z"]',
    "a = !b && c || d == 1",
    "a = -1 + 2 * 3 / 4",
    'a = {\n a = 1\n "b" = 2, c : 3\n (d) = 4\n}',
    "a = f(x,\n y...)",
    "a = (1\n + 2)",
    "a = 1 # c\nb = 2 // c\n/* x\n */ c = 3",
    'a = "%{ if x }y%{ else }z%{ endif }"',
    'a = "$${x} %%{y}"',
    'a = provider::aws::arn_parse("x")',
    "a = [\n 1,\n 2, # c\n]",
    'a = "${"nested ${x}"}"',
    "a = x [0]",
    "a = 1 /* c \n c */\nb = 2",
]
WRONG = [
    "a = 'x'",
    "a = 1 b = 2",
    "a = 1\na = 2",
    "a = \n1",
    "a = {a=1 b=2}",
    "a = [1 2]",
    'a = "x\ny"',
    "a\n{\n}",
    'a = "\\q"',
    "a = x ?\n y : z",
    "a = b.c.d(1)",
    "a.b = 1",
    "a { b = 1, c = 2 }",
    'a = "${x',
    "}",
    "a = 0x1F",
    "a = x == \ny",
    "a = <<EOT\nnever closed",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_hashicorp_takes_is_read_with_the_same_names(text: str) -> None:
    theirs = cast(dict[str, Any], pygohcl.loads(text + "\n"))  # pyright: ignore[reportUnknownMemberType]
    ours = hcl.read(text + "\n")
    assert {*ours.attributes, *(block.type for block in ours.blocks)} == set(theirs)


@pytest.mark.parametrize("text", WRONG)
def test_what_hashicorp_refuses_is_refused_by_both(text: str) -> None:
    with pytest.raises(Unparsable):
        hcl.judge(text + "\n")
    with pytest.raises(Unparsable):
        hcl.read(text + "\n")


def test_an_error_names_its_line() -> None:
    with pytest.raises(Unparsable) as caught:
        hcl.parse("a = 1\nb = 2\nc = = 3\n", "main.tf")
    assert caught.value.line == 3


def test_lines_of_blocks_attributes_and_heredocs() -> None:
    body = hcl.read(
        '\n# c\nresource "a" "b" {\n  x = [\n    1,\n  ]\n  y = <<EOT\nt\nEOT\n  z { w = 1 }\n}\n'
    )
    block = body.blocks[0]
    assert (block.labels, block.line) == (("a", "b"), 3)
    assert [(name, found.line) for name, found in block.body.attributes.items()] == [("x", 4), ("y", 7)]
    assert block.body.blocks[0].line == 10


def test_a_comment_or_a_string_opens_no_block() -> None:
    body = hcl.read('a = "b {"\n# c {\n/* d { */\ne = "# not a comment"\n')
    assert not body.blocks
    assert body.attributes["e"].expression == syntax.Literal("# not a comment", 4)


def test_an_indented_heredoc_loses_the_common_margin_only() -> None:
    expression = hcl.read("a = <<-EOT\n    one\n      two ${x}\n    EOT\n").attributes["a"].expression
    assert isinstance(expression, syntax.Template)
    assert expression.parts[0] == "one\n  two "


def test_json_has_the_same_blocks() -> None:
    text = '{"resource": {"aws_s3_bucket": {"b": {\n"bucket": "x-${var.y}",\n"tags": {"a": "b"}}}}}'
    block = hcl.parse(text, "main.tf.json").body.blocks[0]
    assert (block.type, block.labels) == ("resource", ("aws_s3_bucket", "b"))
    assert block.body.attributes["bucket"].line == 2
    assert isinstance(block.body.attributes["bucket"].expression, syntax.Template)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 500 + "]" * 500,
        "a = " + "-" * 5000 + "1",
        "a = " + "1 + " * 5000 + "1",
        "a = " + "x ? y : " * 3000 + "z",
        "a = x" + ".y" * 3000,
        'a = "' + "${" * 300,
    ],
)
def test_deep_texts_are_unparsable_and_never_crash(text: str) -> None:
    with pytest.raises(Unparsable):
        hcl.read(text + "\n")
