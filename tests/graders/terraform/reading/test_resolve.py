"""What expressions are worth across variables, locals, modules and instances, and that nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest

from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.terraform.language import hcl
from graders.terraform.language.values import Encoded, Partial, Unknown
from graders.terraform.reading.configuration import configurations, production
from graders.terraform.reading.policy_documents import statements


def bundle(files: dict[str, str]) -> Bundle:
    artifacts = tuple(
        Artifact(path, "tfvars" if path.endswith((".tfvars", ".tfbackend")) else "terraform", text)
        for path, text in files.items()
    )
    return Bundle(artifacts, {one.path: hcl.parse(one.text, one.path) for one in artifacts})


def value(expression: str, declarations: str = "", **files: str) -> Any:
    text = f'{declarations}\nresource "terraform_data" "probe" {{\n  input = {expression}\n}}\n'
    others = {path.replace("__", "/") + ".tf": content for path, content in files.items()}
    found = configurations(bundle({"main.tf": text, **others}))[0].resources("terraform_data")
    return found[0].view.value("input")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('"a-${1 + 2}-${true}"', "a-3-true"),
        ('format("%s:%d", "x", 3)', "x:3"),
        ('join(",", concat(["a"], ["b", "c"]))', "a,b,c"),
        ('lookup({ a = 1 }, "b", 2)', 2),
        ('merge({ a = 1, b = 1 }, { b = 2 })["b"]', 2),
        ('[for x in ["a", "b"] : "${x}!" if x != "a"]', ["b!"]),
        ("{ for k, v in { a = 1 } : upper(k) => v }", {"A": 1}),
        ("[{ n = 1 }, { n = 2 }][*].n", [1, 2]),
        ('try({}.missing, "d")', "d"),
        ("1 == 1 ? !false : null", True),
        ('replace("https://host/x", "https://", "")', "host/x"),
        ("true || var.unknown", True),
    ],
)
def test_known_expressions(expression: str, expected: Any) -> None:
    assert value(expression, 'variable "unknown" {}') == expected


@pytest.mark.parametrize(
    "expression",
    [
        "var.unknown",
        "var.unknown ? 1 : 2",
        "terraform.workspace",
        "timestamp()",
        "merge({ a = 1 }, var.unknown).a",
        "length(concat([1], var.unknown))",
        "local.loop",
        "[for x in var.unknown : x]",
        'lookup(merge(var.unknown, { a = 1 }), "b", 2)',
    ],
)
def test_what_the_files_do_not_decide_is_unknown(expression: str) -> None:
    declarations = 'variable "unknown" {}\nlocals {\n  loop  = local.other\n  other = local.loop\n}\n'
    assert isinstance(value(expression, declarations), Unknown)


def test_text_keeps_its_known_parts() -> None:
    found = value('"a-${var.x}-b"', 'variable "x" {}')
    assert isinstance(found, Partial)
    assert (found.parts[0], found.parts[-1]) == ("a-", "-b")


def test_optional_attributes_of_a_variable_get_their_defaults() -> None:
    declared = (
        'variable "x" {\n  type = map(object({ ha = optional(bool, true) }))\n  default = { a = {} }\n}\n'
    )
    assert value("var.x.a.ha", declared) is True


def test_values_that_double_in_every_local_are_given_up_in_time() -> None:
    doubling = "\n".join(f'  l{n} = "${{local.l{n - 1}}}${{local.l{n - 1}}}"' for n in range(1, 60))
    assert isinstance(value("local.l59", f'locals {{\n  l0 = "xx"\n{doubling}\n}}'), Unknown)


def test_a_long_chain_of_locals_raises_nothing() -> None:
    chain = "\n".join(f"  l{n} = local.l{n - 1}" for n in range(1, 3000))
    assert isinstance(value("local.l2999", f"locals {{\n  l0 = 1\n{chain}\n}}"), Unknown)


CALLED = """
module "db" {
  source   = "./modules/db"
  for_each = { a = true, b = false }
  ha       = each.value
}
"""
DATABASE = """
variable "ha" {
  default = false
}
resource "aws_db_instance" "this" {
  multi_az = var.ha
}
output "arn" {
  value = aws_db_instance.this.arn
}
"""


def test_arguments_reach_each_instance_of_a_module() -> None:
    [found] = configurations(bundle({"main.tf": CALLED, "modules/db/main.tf": DATABASE}))
    instances = found.resources("aws_db_instance")
    assert [one.view.value("multi_az") for one in instances] == [True, False]
    assert {one.address for one in instances} == {"module.db.aws_db_instance.this"}


def test_modules_that_call_each_other_end() -> None:
    files = {
        "main.tf": 'module "a" {\n  source = "./a"\n}\n',
        "a/main.tf": 'module "b" {\n  source = "../b"\n}\n',
        "b/main.tf": 'module "a" {\n  source = "../a"\n}\nresource "aws_sqs_queue" "q" {\n}\n',
    }
    [found] = configurations(bundle(files))
    assert found.resources("aws_sqs_queue")


def test_count_zero_makes_nothing() -> None:
    text = (
        'resource "aws_sqs_queue" "q" {\n  count = var.on ? 1 : 0\n}\nvariable "on" {\n  default = false\n}\n'
    )
    assert not configurations(bundle({"main.tf": text}))[0].resources("aws_sqs_queue")


def test_dynamic_blocks_are_blocks() -> None:
    text = """
resource "aws_security_group" "g" {
  dynamic "ingress" {
    for_each = [80, 443]
    iterator = port
    content {
      from_port = port.value
    }
  }
}
"""
    [group] = configurations(bundle({"main.tf": text}))[0].resources()
    assert [one.value("from_port") for one in group.view.blocks("ingress")] == [80, 443]


def test_each_variable_file_is_a_configuration_and_production_is_found() -> None:
    files = {
        "main.tf": 'variable "n" {\n}\nresource "aws_autoscaling_group" "g" {\n  min_size = var.n\n}\n',
        "envs/dev.tfvars": "n = 1\n",
        "envs/production.tfvars": "n = 3\n",
    }
    sizes = {
        one.variables: one.resources()[0].view.value("min_size") for one in configurations(bundle(files))
    }
    assert sizes == {"envs/dev.tfvars": 1, "envs/production.tfvars": 3}
    assert [one.variables for one in production(bundle(files))] == ["envs/production.tfvars"]


def test_a_join_through_local_and_each_finds_its_resource() -> None:
    text = """
locals {
  buckets = { data = aws_s3_bucket.data.id }
}
resource "aws_s3_bucket" "data" {
}
resource "aws_s3_bucket" "other" {
}
resource "aws_s3_bucket_versioning" "all" {
  for_each = local.buckets
  bucket   = each.value
}
"""
    found = configurations(bundle({"main.tf": text}))[0]
    [versioning] = found.resources("aws_s3_bucket_versioning")
    joined = [one.name for one in found.resources("aws_s3_bucket") if versioning.refers_to(one, "bucket")]
    assert joined == ["data"]


POLICY = """
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.host}:sub"
      values   = local.subjects
    }
  }
}
resource "aws_iam_openid_connect_provider" "github" {
  url = "https://token.actions.githubusercontent.com"
}
locals {
  host     = replace(aws_iam_openid_connect_provider.github.url, "https://", "")
  subjects = ["repo:a/b:ref:refs/heads/main"]
}
"""


def test_a_policy_document_is_read_as_the_policy_that_it_makes() -> None:
    found = value("data.aws_iam_policy_document.trust.json", POLICY)
    assert isinstance(found, Encoded)
    statement = (statements(found) or [])[0]
    assert statement.effect == "Allow"
    assert [(c.operator, c.key, c.values) for c in statement.conditions] == [
        ("StringEquals", "token.actions.githubusercontent.com:sub", ["repo:a/b:ref:refs/heads/main"])
    ]
