"""What expressions are worth: what the files decide is found, what they don't decide stays unknown."""

from __future__ import annotations

from typing import Any

import pytest

from graders.terraform.language.values import Encoded, Partial, Unknown, as_text, is_known
from tests.graders.terraform.conftest import Worth, bundle_of

DECLARED = """
variable "name" {
  default = "orders"
}
variable "count_of" {
  type    = number
  default = 3
}
variable "given" {}
variable "settings" {
  type = object({ size = optional(number, 7), name = string, deep = optional(object({ on = optional(bool, true) }), {}) })
  default = { name = "n" }
}
variable "never_null" {
  default  = "d"
  nullable = false
}
locals {
  tags   = { team = "shop", tier = local.tier }
  tier   = "t${var.count_of}"
  lists  = [["a"], ["b", "c"]]
  loop   = local.pool
  pool   = local.loop
}
resource "aws_thing" "one" {
  name = "thing-${var.name}"
}
resource "aws_thing" "many" {
  for_each = toset(["x", "y"])
  name     = "many-${each.key}"
}
resource "aws_thing" "counted" {
  count = var.count_of
  name  = "c${count.index}"
}
resource "aws_thing" "unclear" {
  for_each = var.given
  name     = each.key
}
"""

KNOWN: dict[str, Any] = {
    "1 + 2 * 3": 7,
    "7 % 4 - 10 / 4": 0.5,
    "-var.count_of": -3,
    '"a" == "a" && !(1 >= 2)': True,
    '"true" || false': True,
    "var.name": "orders",
    "local.tags": {"team": "shop", "tier": "t3"},
    'local.tags["tier"]': "t3",
    "local.lists[1][0]": "b",
    "local.lists.1[1]": "c",
    '"${var.name}-$${x}-${1}-${true}"': "orders-${x}-1-true",
    "<<-EOT\n    a ${var.name}\n      b\n    EOT\n": "a orders\n  b\n",
    'var.count_of > 2 ? "big" : "small"': "big",
    'merge(local.tags, { tier = "x" }, null)': {"team": "shop", "tier": "x"},
    'concat(["a"], local.lists[1])': ["a", "b", "c"],
    "flatten(local.lists)": ["a", "b", "c"],
    'format("%s-%02d-%q%%", var.name, 7, "q")': 'orders-07-"q"%',
    'formatlist("%s!", ["a", "b"])': ["a!", "b!"],
    'join(",", local.lists[1])': "b,c",
    'split(",", "a,b")': ["a", "b"],
    'lookup({ a = 1 }, "b", 2)': 2,
    'lookup(local.tags, "team", "none")': "shop",
    'replace("https://x.y", "https://", "")': "x.y",
    'replace("https://x.y", "/^https:\\\\/\\\\//", "")': "x.y",
    'coalesce(null, "", "z")': "z",
    'try(local.tags.nothing, local.tags.tier.deeper, "z")': "z",
    'contains(["a"], "a") && length(local.tags) == 2': True,
    '[for k, v in local.tags : "${k}=${v}" if v != "shop"]': ["tier=t3"],
    '{ for word in ["a", "b"] : upper(word) => word }': {"A": "a", "B": "b"},
    '{ for word in ["a", "b"] : "k" => word... }': {"k": ["a", "b"]},
    "[for x in local.lists : x[0]]": ["a", "b"],
    "local.lists[*][0]": ["a", "b"],
    "[{ a = 1 }, { a = 2 }][*].a": [1, 2],
    "var.settings.size": 7,
    "var.settings.deep.on": True,
    "aws_thing.one.name": "thing-orders",
    'aws_thing.many["y"].name': "many-y",
    "aws_thing.counted[2].name": "c2",
    "aws_thing.counted[*].name": ["c0", "c1", "c2"],
    "[for thing in aws_thing.many : thing.name]": ["many-x", "many-y"],
    "keys(aws_thing.many)": ["x", "y"],
    "length(aws_thing.counted)": 3,
    "sensitive(var.name)": "orders",
    'jsondecode("{\\"a\\": [1]}").a[0]': 1,
    "one([])": None,
    "1e3": 1000,
    'merge(var.given, { team = "shop" }).team': "shop",
    'contains(concat(var.given, ["0.0.0.0/0"]), "0.0.0.0/0")': True,
}


@pytest.mark.parametrize("expression", KNOWN)
def test_what_the_files_decide(worth: Worth, expression: str) -> None:
    assert worth(expression, DECLARED) == KNOWN[expression]


@pytest.mark.parametrize(
    "expression",
    [
        "var.given",
        "var.not_declared",
        "local.not_declared",
        "local.loop",
        'var.given ? "a" : "b"',
        "var.given && true",
        "1 + var.given",
        "1 / 0",
        "data.aws_region.current.name",
        "aws_thing.one.id",
        "aws_thing.one",
        "aws_thing.many",
        'aws_thing.many["y"].arn',
        'aws_thing.many["z"].arn',
        "aws_thing.unclear[*].name",
        "merge(local.tags, var.given).team",
        'lookup(merge(local.tags, var.given), "other", 1)',
        "length(concat([1], var.given))",
        "element(concat([1], var.given), 0)",
        "concat([1], var.given)[0]",
        "length(flatten([[1], var.given]))",
        'contains(concat(["a"], var.given), "b")',
        "coalesce(var.given, 1)",
        "[for x in var.given : x]",
        '[for x in ["a"] : x if var.given == x]',
        "timestamp()",
        "terraform.workspace",
        "module.none.x",
        'file("none.txt")',
        "each.key",
        "count.index",
        'jsondecode("{")',
        'replace("a", "/(a+)+/", "b")',
        "zipmap([1], [2, 3])",
        "try(var.given, 1)",
        "%{ if true }x%{ endif }".join('""'),
    ],
)
def test_what_they_do_not_decide_stays_unknown(worth: Worth, expression: str) -> None:
    assert not is_known(worth(expression, DECLARED))


def test_a_condition_that_is_not_known_counts_where_both_sides_agree(worth: Worth) -> None:
    assert worth('var.given ? "a" : "a"', DECLARED) == "a"
    assert worth("var.given || true", DECLARED) is True


def test_text_with_unknown_parts_keeps_the_known_ones(worth: Worth) -> None:
    value = worth('"a-${var.given}-b"', DECLARED)
    assert isinstance(value, Partial)
    assert [part for part in value.parts if isinstance(part, str)] == ["a-", "-b"]


def test_jsonencode_keeps_its_value(worth: Worth) -> None:
    value = worth("jsonencode({ a = [var.given, 1] })", DECLARED)
    assert isinstance(value, Encoded)
    assert isinstance(value.value["a"][0], Unknown)
    assert value.value["a"][1] == 1
    assert as_text(worth('jsonencode({ a = ["b"] })')) == '{"a":["b"]}'
    assert worth('jsondecode(jsonencode({ a = ["b"] })).a[0]') == "b"


def test_variable_files_are_read_in_their_order(worth: Worth) -> None:
    declared = 'variable "a" {\n  default = "default"\n}\n'
    assert worth("var.a", declared) == "default"
    assert worth("var.a", declared, terraform_tfvars='a = "file"\n') == "file"
    both = {"terraform_tfvars": 'a = "file"\n', "prod_tfvars": 'a = "prod"\n'}
    assert worth("var.a", declared, **both) == "prod"
    assert worth("var.a", declared, terraform_tfvars_json='{"a": "json"}') == "json"
    assert worth("var.never_null", DECLARED, terraform_tfvars="never_null = null\n") == "d"


CHILD = """
variable "names" {}
variable "plain" {
  default = "p"
}
output "first" {
  value = var.names[0]
}
output "all" {
  value = { names = var.names, plain = var.plain }
}
"""


def test_modules_are_followed_in_both_directions(worth: Worth) -> None:
    call = 'module "m" {\n  source = "./child"\n  names  = [local.n]\n}\nlocals {\n  n = "x"\n}\n'
    assert worth("module.m.first", call, child__main_tf=CHILD) == "x"
    assert worth("module.m.all.plain", call, child__main_tf=CHILD) == "p"
    each = 'module "m" {\n  for_each = toset(["a", "b"])\n  source = "./child"\n  names = [each.key]\n}\n'
    assert worth('module.m["b"].first', each, child__main_tf=CHILD) == "b"
    counted = each.replace('for_each = toset(["a", "b"])', "count = 2").replace("each.key", "count.index")
    assert worth("module.m[1].first", counted, child__main_tf=CHILD) == 1
    gone = call.replace("./child", "./elsewhere")
    assert isinstance(worth("module.m.first", gone, child__main_tf=CHILD), Unknown)


def test_files_and_templates_of_the_answer_are_read(worth: Worth) -> None:
    assert worth('templatefile("${path.module}/a.tpl", { x = 1 })', a_tpl="v=${x}") == "v=1"
    assert worth('file("a.txt")', a_txt="text") == "text"


POLICY = """
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "one"
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "x" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  dynamic "statement" {
    for_each = ["a", "b"]
    iterator = word
    content {
      effect  = word.value == "a" ? "Deny" : "Allow"
      actions = ["sts:${word.value}"]
      principals {
        type        = "AWS"
        identifiers = [word.value]
      }
      principals {
        type        = "AWS"
        identifiers = ["c"]
      }
      condition {
        test     = "StringEquals"
        variable = "k"
        values   = ["v"]
      }
    }
  }
}
"""


def test_a_policy_document_is_built_from_its_blocks(worth: Worth) -> None:
    value = worth("data.aws_iam_policy_document.x.json", POLICY)
    assert isinstance(value, Encoded)
    assert value.value["Statement"] == [
        {"Effect": "Allow", "Sid": "one", "Action": ["s3:GetObject"], "Resource": ["*"]},
        *(
            {
                "Effect": effect,
                "Action": [f"sts:{word}"],
                "Principal": {"AWS": [word, "c"]},
                "Condition": {"StringEquals": {"k": ["v"]}},
            }
            for word, effect in (("a", "Deny"), ("b", "Allow"))
        ),
    ]


def test_blocks_come_from_dynamic_ones_and_from_attributes() -> None:
    from graders.terraform.reading.configuration import configurations

    text = """
variable "open" {}
resource "aws_thing" "x" {
  dynamic "rule" {
    for_each = { a = 1, b = 2 }
    content {
      port = rule.value
    }
  }
  dynamic "rule" {
    for_each = var.open
    content {
      port = rule.value
    }
  }
  dynamic "rule" {
    for_each = []
    content {
      port = 9
    }
  }
  item = [{ port = 3 }]
}
"""
    (resource,) = configurations(bundle_of(text))[0].resources("aws_thing")
    first, second, third = (rule.value("port") for rule in resource.view.blocks("rule"))
    assert (first, second) == (1, 2)
    assert isinstance(third, Unknown)
    assert [item.value("port") for item in resource.view.blocks("item")] == [3]


def test_count_zero_makes_nothing_and_modules_are_roots_no_more() -> None:
    from graders.terraform.reading.configuration import configurations

    files = {
        "main.tf": 'variable "on" {\n  default = false\n}\n'
        'resource "aws_thing" "x" {\n  count = var.on ? 1 : 0\n}\n'
        'module "m" {\n  source = "./m"\n  count = 0\n}\n',
        "m/main.tf": 'resource "aws_thing" "y" {}\n',
        "on.tfvars": "on = true\n",
    }
    (found,) = configurations(bundle_of(files))
    assert [one.address for one in found.resources()] == ["aws_thing.x"]
    without = {path: text for path, text in files.items() if path != "on.tfvars"}
    assert configurations(bundle_of(without))[0].resources() == []
