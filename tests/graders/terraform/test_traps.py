"""Places where a Terraform rule is easily wrong in either direction, and rules on shapes that nobody expects."""

from __future__ import annotations

from typing import Any

import pytest

from graders import terraform
from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.facts import Facts
from graders.report import Report
from graders.rule import Rule
from graders.terraform.applied.simulated import TOOL
from graders.terraform.language import hcl
from tests.graders.terraform.conftest import JUDGE_PLANS

RULES: dict[str, Rule] = {rule.id: rule for rule in terraform.RULES if rule.id not in JUDGE_PLANS}
PARAMS: dict[str, dict[str, Any]] = {
    "IAC-09": {"days": 14, "outside": True},
    "IAC-13": {
        "needs": [
            {
                "role": "x",
                "account": "123456789012",
                "region": "eu-central-1",
                "required": [{"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::acme/x"]}],
            }
        ]
    },
    "IAC-14": {"subjects": [["repo:a/b:ref:refs/heads/main"]]},
    "IAC-15": {"public_ports": [443]},
    "IAC-16": {"cmk": True},
    "IAC-19": {"target": 99.95},
    "IAC-20": {"environments": ["staging", "production"], "forbidden": ["123456789012"]},
    "IAC-21": {"tags": ["team"]},
    "IAC-22": {"regions": ["eu-central-1"]},
}


def messages(rule: str, **files: str) -> list[str]:
    """What the rule says of these files (`main` is main.tf)."""
    artifacts = tuple(Artifact(f"{name}.tf", "terraform", text) for name, text in files.items())
    parsed = {one.path: hcl.parse(one.text, one.path) for one in artifacts}
    facts = Facts(params=PARAMS.get(rule, {}))
    bundle = Bundle(artifacts, parsed, reports={name: Report(name, "test") for name in ("checkov", TOOL)})
    return [violation.message for violation in RULES[rule].check(bundle, facts)]


def role(conditions: str) -> str:
    return f"""
resource "aws_iam_role" "deploy" {{
  assume_role_policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Action    = "sts:AssumeRoleWithWebIdentity"
      Principal = {{ Federated = "arn:aws:iam::1:oidc-provider/token.actions.githubusercontent.com" }}
      Condition = {conditions}
    }}]
  }})
}}
"""


AUD = '"token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"'
SUB = '"token.actions.githubusercontent.com:sub"'
MAIN = "repo:a/b:ref:refs/heads/main"


@pytest.mark.parametrize(
    ("conditions", "right"),
    [
        (f'{{ StringEquals = {{ {AUD}, {SUB} = "{MAIN}" }} }}', True),
        (f'{{ StringEquals = {{ {AUD} }}, StringLike = {{ {SUB} = ["{MAIN}"] }} }}', True),
        (f'{{ StringEquals = {{ {AUD} }}, StringLike = {{ {SUB} = "repo:a/b:*" }} }}', False),
        (f'{{ StringEqualsIfExists = {{ {AUD}, {SUB} = "{MAIN}" }} }}', False),
        (f'{{ "ForAllValues:StringEquals" = {{ {AUD}, {SUB} = "{MAIN}" }} }}', False),
        (f'{{ StringEquals = {{ {AUD}, {SUB} = ["{MAIN}", "repo:a/b:pull_request"] }} }}', False),
        (f"{{ StringEquals = {{ {AUD}, {SUB} = var.subject }} }}", False),
        (f"{{ StringEquals = {{ {AUD}, {SUB} = [] }} }}", False),
        (f'{{ StringEquals = {{ {SUB} = "{MAIN}" }} }}', False),
    ],
)
def test_a_trust_policy_needs_both_conditions_pinned(conditions: str, right: bool) -> None:
    assert (messages("IAC-14", main=role(conditions)) == []) is right


def group(ingress: str) -> str:
    return f'resource "aws_security_group" "g" {{\n  ingress {{\n{ingress}\n  }}\n}}\n'


@pytest.mark.parametrize(
    ("ports", "source", "right"),
    [
        ("from_port = 443\nto_port = 443", 'cidr_blocks = ["0.0.0.0/0"]', True),
        ("from_port = 22\nto_port = 22", 'cidr_blocks = ["10.0.0.0/8"]', True),
        ("from_port = 443\nto_port = 444", 'cidr_blocks = ["0.0.0.0/0"]', False),
        ("from_port = 0\nto_port = 65535", 'ipv6_cidr_blocks = ["::/0"]', False),
        ("from_port = 22\nto_port = 22", 'cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]', False),
        ("from_port = 22\nto_port = 22", 'cidr_blocks = concat(var.more, ["0.0.0.0/0"])', False),
    ],
)
def test_only_public_ports_are_open_to_the_world(ports: str, source: str, right: bool) -> None:
    assert (messages("IAC-15", main=group(f'{ports}\nprotocol = "tcp"\n{source}')) == []) is right


def test_all_protocols_from_the_world_are_wrong_whatever_the_ports_say() -> None:
    assert messages(
        "IAC-15", main=group('from_port=443\nto_port=443\nprotocol="-1"\ncidr_blocks=["0.0.0.0/0"]')
    )


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ('variable "db_password" {\n  default = ""\n}', True),
        ('variable "db_password" {\n  default = "hunter2hunter2"\n}', False),
        ('locals {\n  env = [{ name = "DB_PASSWORD", value = "hunter2hunter2" }]\n}', False),
        ('locals {\n  env = [{ name = "DB_PASSWORD", valueFrom = "arn:aws:ssm:x" }]\n}', True),
        ("locals {\n  script = <<EOT\nexport DB_PASSWORD=hunter2hunter2\nEOT\n}", False),
        ('locals {\n  script = <<EOT\nexport DB_PASSWORD="${var.p}"\nEOT\n}', True),
        ('resource "aws_db_instance" "d" {\n  password = var.p != "" ? var.p : "hunter2hunter2"\n}', False),
        ('locals {\n  db_password_secret_arn = "arn:aws:secretsmanager:x"\n  token_ttl = "3600s"\n}', True),
        ('locals {\n  c = { "token.actions.githubusercontent.com:sub" = "repo:a/b" }\n}', True),
        ('resource "aws_dynamodb_table" "t" {\n  hash_key = "pk"\n  range_key = "sort"\n}', True),
    ],
)
def test_literal_credentials(text: str, right: bool) -> None:
    assert (messages("IAC-10", main=text + "\n") == []) is right


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("random_password.p.result", False),
        ("local.url", False),
        ("module.db.secret", False),
        ("length(random_password.p.result)", True),
        ("aws_secretsmanager_secret.s.arn", True),
    ],
)
def test_outputs_are_followed_to_the_secret(value: str, right: bool) -> None:
    main = f"""
resource "random_password" "p" {{
}}
resource "aws_secretsmanager_secret" "s" {{
  name = "x"
}}
locals {{
  url = "postgres://u:${{urlencode(random_password.p.result)}}@h"
}}
module "db" {{
  source   = "./db"
  password = random_password.p.result
}}
output "o" {{
  value = {value}
}}
"""
    module = 'variable "password" {\n}\noutput "secret" {\n  value = var.password\n}\n'
    artifacts = {"main": main, "db/main": module}
    assert (messages("IAC-12", **artifacts) == []) is right


def test_a_certificate_for_cloudfront_may_be_in_us_east_1_and_nothing_else_there() -> None:
    text = """
provider "aws" {
  region = "eu-central-1"
}
provider "aws" {
  alias  = "global"
  region = "us-east-1"
}
resource "aws_acm_certificate" "c" {
  provider = aws.global
}
"""
    assert messages("IAC-22", main=text) == []
    assert messages("IAC-22", main=text + 'resource "aws_sqs_queue" "q" {\n  provider = aws.global\n}\n')


def test_tags_may_come_from_default_tags_and_from_an_unknown_map_only_with_the_key_beside_it() -> None:
    queue = 'resource "aws_sqs_queue" "q" {\n}\nvariable "more" {\n}\n'
    provider = 'provider "aws" {{\n  default_tags {{\n    tags = {tags}\n  }}\n}}\n'
    assert messages("IAC-21", main=queue + provider.format(tags='merge(var.more, { team = "x" })')) == []
    assert messages("IAC-21", main=queue + provider.format(tags="var.more"))


STRANGE = [
    "",
    "resource {\n}\nvariable {\n}\nterraform {\n  backend {\n  }\n}\nprovider {\n}\n",
    'terraform {\n  required_providers {\n    aws = [1]\n  }\n  required_version = [1]\n  backend "s3" {\n    key = {}\n  }\n}\n',
    'resource "aws_db_instance" "d" {\n  lifecycle = 3\n  tags = [1]\n  multi_az = {}\n  for_each = [[1]]\n}\n',
    'resource "aws_iam_role" "r" {\n  assume_role_policy = jsonencode([{ Statement = 3 }])\n}\n',
    'resource "aws_iam_role" "r" {\n  assume_role_policy = "{\\"Statement\\": [{\\"Condition\\": [1], \\"Principal\\": {}}]}"\n}\n',
    'resource "aws_security_group" "g" {\n  ingress = [{ from_port = [], cidr_blocks = "0.0.0.0/0" }, 7]\n}\n',
    'resource "aws_lb_listener" "l" {\n  protocol = []\n  ssl_policy = {}\n  default_action = "x"\n}\n',
    'resource "aws_cloudfront_distribution" "c" {\n  viewer_certificate {\n    minimum_protocol_version = [1]\n  }\n'
    "  default_cache_behavior {\n    viewer_protocol_policy = {}\n  }\n}\n",
    'module "m" {\n  source = ["./x"]\n  for_each = 3\n}\nmodule "n" {\n  source = "./"\n  providers = 3\n}\n',
    'provider "aws" {\n  alias = []\n  region = {}\n  default_tags = 3\n}\n',
    'resource "aws_kms_key" "k" {\n  customer_master_key_spec = []\n  key_usage = {}\n}\nresource "aws_s3_bucket" "b" {\n  bucket = {}\n}\n'
    'resource "aws_s3_bucket_versioning" "v" {\n  bucket = []\n}\n',
    'resource "aws_backup_selection" "s" {\n  resources = [[], {}]\n  plan_id = {}\n  selection_tag {\n    key = []\n  }\n}\n'
    'resource "aws_dynamodb_table" "t" {\n}\nresource "aws_backup_plan" "p" {\n}\n',
]


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"IAC-01"}))
@pytest.mark.parametrize("text", STRANGE)
def test_strange_shapes_are_judged_without_an_exception(rule: str, text: str) -> None:
    for message in messages(rule, main=text):
        assert message
