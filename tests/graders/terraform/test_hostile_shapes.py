"""Whatever parses, no rule raises: an exception would void the sample."""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.facts import Facts
from graders.simulate.access.unsupported import Unsupported
from graders.terraform import RULES, tables
from graders.yaml_lines import Unparsable
from tests.graders.terraform.conftest import JUDGE_PLANS, bundle_of

PARAMS = {
    "environments": ["staging", "production"],
    "forbidden": ["123456789012"],
    "subjects": [["repo:acme/orders:environment:production"]],
    "needs": [
        {
            "role": "x",
            "account": "123456789012",
            "region": "eu-central-1",
            "required": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::acme/x"]}],
        }
    ],
    "regions": ["eu-central-1"],
    "tags": ["team"],
    "days": 14,
    "target": 99.95,
    "cmk": True,
    "outside": True,
    "public_ports": [443],
    "state_bucket": "state",
}
ODD = [
    "null",
    "-1",
    '""',
    '"nan"',
    '"inf"',
    "1e400",
    "[]",
    "{}",
    "[[[]], {}, null]",
    "[{}, [], 1]",
    "{ a = [] }",
    "jsonencode({ Statement = [1, [], { Principal = [[1]], Condition = { a = 1, b = [1] } }], Effect = [] })",
    'jsonencode({ Statement = { Effect = "Allow", Principal = { AWS = {}, Federated = [1] }, Condition = [] } })',
    "jsonencode([])",
    "var.nothing",
    "var.nothing[*].x[0]",
    "module.m",
    "module.m.x.y",
    "[for x in y : x]",
    '"${each.value}-${count.index}"',
    "{ (each.key) = 1 }",
    "aws_db_instance.x",
    "aws_db_instance.x[*]",
    "self.password",
    "local.huge",
    "zipmap([[1]], [1])",
    "sort([1, null])",
    'format("%d", [])',
    "merge(1, [2])",
    "range(100000000000)",
    "element([], 0)",
    '"%{ for x in y }${x}%{ endfor }"',
]
# Every word that a rule asks for: all quoted names in the package.
WORDS = sorted(
    {
        word
        for file in Path(tables.__file__).parent.rglob("*.py")
        for word in re.findall(r'"([a-z][a-z0-9_]{2,40})"', file.read_text())
    }
    - {"source", "for_each", "count"}
)
TYPES = [word for word in WORDS if word.startswith("aws_") and not word.endswith("_")]


def ask_all(files: dict[str, str] | str) -> None:
    """Every rule that reads the files."""
    bundle = bundle_of(files)
    for rule in RULES:
        if rule.id in JUDGE_PLANS:
            continue
        # What the access evaluator does not model is a grader error by design, and the only one.
        with contextlib.suppress(Unsupported):
            for violation in rule.check(bundle, Facts(params=PARAMS)):
                assert violation.line is None or violation.line >= 1
                assert violation.message.encode("utf-8")


def module(value: str, as_block: bool) -> dict[str, str]:
    """A resource of every type with every attribute (or block) that a rule reads, all of the same odd value."""
    words = [word for word in WORDS if not word.startswith("aws_") and word != "lifecycle"]
    inside = "\n".join(f"{word} = {value}" for word in words)
    if as_block:
        inner = inside
        inside = "\n".join(
            f"{word} {{\n{inner if word == 'statement' else f'status = {value}'}\n}}" for word in words
        )
    blocks = [f'resource "{type}" "x" {{\n{inside}\n}}' for type in TYPES]
    blocks += [f'data "aws_iam_policy_document" "x" {{\n{inside}\n}}', f'provider "aws" {{\n{inside}\n}}']
    blocks += [
        f'terraform {{\n{inside}\nbackend "s3" {{\n{inside}\n}}\n}}',
        f'output "o" {{\nvalue = {value}\n}}',
    ]
    blocks += [f'variable "v" {{\ndefault = {value}\ntype = {value}\nsensitive = {value}\n}}']
    blocks.append(f'locals {{\n  huge = jsondecode("1{"0" * 400}")\n}}')
    return {f"{number}.tf": block for number, block in enumerate(blocks)}


@pytest.mark.slow
@pytest.mark.parametrize("value", ODD)
def test_any_value_at_any_place(value: str) -> None:
    ask_all(module(value, as_block=False))


@pytest.mark.slow
@pytest.mark.parametrize("value", ["null", "[]", "local.huge"])
def test_any_value_in_any_block(value: str) -> None:
    ask_all(module(value, as_block=True))


@pytest.mark.parametrize("value", ODD)
def test_any_number_of_instances(value: str) -> None:
    text = "\n".join(
        f'resource "{type}" "x" {{\n{meta} = {value}\nname = each.key\n}}\n'
        f'module "{type}" {{\nsource = "./m"\n{meta} = {value}\nproviders = {value}\nx = each.value\n}}\n'
        for type, meta in (("aws_s3_bucket", "for_each"), ("aws_db_instance", "count"))
    )
    ask_all(
        {"main.tf": text, "m/main.tf": 'variable "x" {}\nresource "aws_s3_bucket" "m" {\nbucket = var.x\n}\n'}
    )


WRITTEN: dict[str, dict[str, str] | str] = {
    "nothing": {},
    "an empty file": "",
    "blocks without labels": "resource {}\ndata {}\nmodule {}\nvariable {}\noutput {}\nprovider {}\nlocals {}\n",
    "too many labels": 'resource "a" "b" "c" {}\nmodule "a" "b" {}\nprovider "a" "b" {}\nterraform "x" {}\n',
    "labels that are no names": 'resource "$${a}" "" {}\nprovider "" {}\n',
    "a backend without a name": "terraform {\n backend {\n }\n backend = 1\n required_providers = []\n cloud = 1\n}\n",
    "modules in a circle": {
        "a/main.tf": 'module "b" {\n source = "../b"\n}\noutput "o" {\n value = module.b.o\n}\n',
        "b/main.tf": 'module "a" {\n source = "../a"\n}\noutput "o" {\n value = module.a.o\n}\n',
    },
    "a module of itself": 'module "a" {\n source = "./"\n}\nmodule "b" {\n source = "./."\n count = 3\n}\n',
    "locals in a circle": 'locals {\n a = local.b\n b = [local.a, local.b]\n}\noutput "o" {\n value = local.a\n}\n',
    "a variable of itself": {"main.tf": 'variable "a" {\n default = var.a\n}\n', "x.tfvars": "a = var.a\n"},
    "a resource of itself": 'resource "aws_s3_bucket" "a" {\n bucket = "${aws_s3_bucket.a.bucket}${aws_s3_bucket.a.bucket}"\n}\n',
    "instances of themselves": 'resource "aws_s3_bucket" "a" {\n for_each = aws_s3_bucket.a\n bucket = each.value.bucket\n}\n',
    "a document of itself": 'data "aws_iam_policy_document" "a" {\n source_policy_documents = [data.aws_iam_policy_document.a.json]\n}\n'
    'resource "aws_iam_role" "r" {\n assume_role_policy = data.aws_iam_policy_document.a.json\n}\n',
    "JSON of odd shapes": {
        "main.tf.json": '{"resource": {"aws_s3_bucket": {"a": {"bucket": {"x": []}, "lifecycle": [[]], "provider": {}}}},'
        ' "provider": {"aws": [[], {}]}, "terraform": {"backend": {"s3": [{}]}, "required_providers": [{"aws": [1]}]},'
        ' "locals": {"a": {}}, "output": {"o": {}}, "variable": {"v": {}}, "data": {}}'.replace(
            "[[], {}]", "[{}]"
        )
    },
    "variable files of odd shapes": {
        "main.tf": "",
        "a.tfvars.json": "{}",
        "b.tfvars": "",
        "c.tfbackend": "key = [1]\n",
    },
}


@pytest.mark.parametrize("files", WRITTEN.values(), ids=WRITTEN)
def test_files_of_odd_shapes(files: dict[str, str] | str) -> None:
    ask_all(files)


GROWING = {
    "locals that double": "locals {\n a0 = [1, 2]\n"
    + "".join(f" a{n + 1} = concat(local.a{n}, local.a{n})\n" for n in range(60))
    + '}\nresource "aws_s3_bucket" "a" {\n bucket = local.a60\n}\n',
    "locals that nest": "locals {\n a0 = 1\n"
    + "".join(f" a{n + 1} = [local.a{n}]\n" for n in range(900))
    + '}\nresource "aws_s3_bucket" "a" {\n'
    + "".join(f" x{n} = local.a{n}\n" for n in range(0, 900, 50))
    + " bucket = jsonencode(local.a900)\n acl = local.a900 == local.a900\n}\n",
    "texts that double": 'locals {\n a0 = "xx"\n'
    + "".join(f' a{n + 1} = "${{local.a{n}}}${{local.a{n}}}"\n' for n in range(60))
    + '}\nresource "aws_s3_bucket" "a" {\n bucket = local.a60\n}\n',
    "resources that double": "".join(
        f'resource "aws_s3_bucket" "a{n}" {{\n bucket = "${{aws_s3_bucket.a{n + 1}.bucket}}${{aws_s3_bucket.a{n + 1}.bucket}}"\n}}\n'
        for n in range(40)
    ),
}


@pytest.mark.parametrize("text", GROWING.values(), ids=GROWING)
def test_values_that_grow_without_end_take_no_time(text: str) -> None:
    started = time.monotonic()
    ask_all(text)
    assert time.monotonic() - started < 60


PIECES = st.sampled_from(
    [
        'resource "aws_db_instance" "x" ',
        'data "aws_iam_policy_document" "x" ',
        "locals ",
        "terraform ",
        'backend "s3" ',
        "{\n",
        "}\n",
        "statement {\n",
        "for_each = ",
        "password = ",
        "tags = ",
        "ingress = ",
        "\n",
        *(f"{v}\n" for v in ODD),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join))
def test_pieces_in_any_order(text: str) -> None:
    try:
        ask_all(text)
    except Unparsable:
        return
