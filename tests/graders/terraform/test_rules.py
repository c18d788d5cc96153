"""Right modules that look wrong and wrong ones that look right, for each rule."""

from __future__ import annotations

from typing import Any

import pytest

from graders.report import Message
from tests.graders.terraform.conftest import Ask

Files = dict[str, str] | str

DB = """
resource "aws_db_instance" "x" {
  identifier                = "orders"
  deletion_protection       = var.protect
  skip_final_snapshot       = false
  final_snapshot_identifier = "last"
  backup_retention_period   = lookup(local.days, var.env, 1)
  storage_encrypted         = true
  multi_az                  = var.protect
  lifecycle {
    prevent_destroy = true
  }
}
variable "env" {}
variable "protect" {
  default = false
}
locals {
  days = { production = 30 }
}
"""
PRODUCTION = {"main.tf": DB, "production.tfvars": 'env = "production"\nprotect = true\n'}
STAGING_TOO = {**PRODUCTION, "staging.tfvars": 'env = "staging"\n'}
NON_PROD_TOO = {**PRODUCTION, "non-prod.tfvars": 'env = "staging"\n'}
NETWORK = {"network/main.tf": 'resource "aws_vpc" "x" {\n  tags = { team = "shop" }\n}\n'}
BUCKETS = """
resource "aws_s3_bucket" "x" {
  for_each = toset(["a", "b"])
  bucket   = "acme-${each.key}"
}
resource "aws_s3_bucket_versioning" "x" {
  for_each = KEYS
  bucket   = aws_s3_bucket.x[each.key].ATTRIBUTE
  versioning_configuration {
    status = "Enabled"
  }
}
"""


def buckets(keys: str, attribute: str) -> str:
    return BUCKETS.replace("KEYS", keys).replace("ATTRIBUTE", attribute)


def backends(**keys: str) -> dict[str, str]:
    files = {"infra/main.tf": 'terraform {\n  backend "s3" {\n    bucket = "state"\n  }\n}\n'}
    return files | {f"infra/env/{name}.s3.tfbackend": f'key = "{key}"\n' for name, key in keys.items()}


DOCUMENT = "Run `terraform init -backend-config=env/$ENV.s3.tfbackend`.\n"
BOTH: dict[str, Any] = {"environments": ["staging", "production"]}

PLAN = """
resource "aws_dynamodb_table" "x" {
  name = "orders"
  tags = { backup = "daily" }
}
resource "aws_backup_plan" "x" {
  rule {
    lifecycle {
      delete_after = 35
    }
  }
}
resource "aws_backup_selection" "x" {
  plan_id = aws_backup_plan.x.id
  SELECTED
}
"""
TAG = 'condition {\n string_equals {\n key = "aws:ResourceTag/backup"\n value = "VALUE"\n }\n }'

ROLE = """
variable "branch" {}
locals {
  unused = "StringEquals repo:a/b:environment:production"
  sub    = SUBJECT
}
resource "aws_iam_role" "x" {
  assume_role_policy = <<-EOT
    {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
      "Principal": {"Federated": "${aws_iam_openid_connect_provider.x.arn}"},
      "Condition": {"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "${local.sub}"}}}]}
  EOT
}
"""
SUBJECTS = {"subjects": [["repo:a/b:environment:production"]]}

SECRET = 'resource "random_password" "x" {\n  length = 20\n}\nlocals {\n  db = { user = "app", password = random_password.x.result }\n}\n'
ALIAS = 'provider "aws" {\n  region = "eu-central-1"\n}\nprovider "aws" {\n  alias  = "b"\n  region = REGION\n}\nvariable "r" {\n  default = "us-west-2"\n}\n'

# fmt: off
CASES: list[tuple[str, str, Files, dict[str, Any], bool]] = [
    ("IAC-02", "exact and in another file", {"a.tf": "", "v.tf": 'terraform {\n required_version = "1.11.4"\n}\n'}, {}, True),
    ("IAC-02", "only a lower bound", 'terraform {\n required_version = ">= 1.11"\n}\n', {}, False),
    ("IAC-02", "only in a comment", '# required_version = "~> 1.11"\nterraform {}\n', {}, False),
    ("IAC-03", "another root's file", backends(a="a") | {"b/main.tf": 'terraform {\n  backend "s3" {}\n}\n'}, {}, False),
    ("IAC-08", "protected where it is production", STAGING_TOO, {}, True),
    ("IAC-08", "non-prod is not production", NON_PROD_TOO, {}, True),
    ("IAC-08", "a root beside it without data", PRODUCTION | NETWORK, {}, True),
    ("IAC-08", "unprotected by default", DB, {}, False),
    ("IAC-08", "nothing at all", NETWORK, {}, False),
    ("IAC-09", "by the environment's entry", STAGING_TOO, {"days": 30}, True),
    ("IAC-09", "an environment that is not known", DB, {"days": 7}, False),
    ("IAC-09", "every bucket versioned", buckets("aws_s3_bucket.x", "id"), {"days": 30}, True),
    ("IAC-09", "one bucket versioned", buckets('toset(["a"])', "id"), {"days": 30}, False),
    ("IAC-09", "one bucket versioned, by name", buckets('toset(["a"])', "bucket"), {"days": 30}, False),
    ("IAC-09", "by a pattern", PLAN.replace("SELECTED", 'resources = ["arn:aws:dynamodb:*:*:table/*"]'), {"days": 30}, True),
    ("IAC-09", "by another pattern", PLAN.replace("SELECTED", 'resources = ["arn:aws:rds:*:*:db:*"]'), {"days": 30}, False),
    ("IAC-09", "by tag", PLAN.replace("SELECTED", 'resources = ["*"]\n' + TAG.replace("VALUE", "daily")), {"days": 30}, True),
    ("IAC-09", "by another tag", PLAN.replace("SELECTED", 'resources = ["*"]\n' + TAG.replace("VALUE", "no")), {"days": 30}, False),
    ("IAC-10", "a secret under another name", 'locals {\n  a = "hunter2-x"\n}\nresource "aws_x" "x" {\n  password = local.a\n}\n', {}, False),
    ("IAC-10", "an empty default", 'variable "a" {\n  default = ""\n}\nresource "aws_x" "x" {\n  password = var.a\n}\n', {}, True),
    ("IAC-10", "text around a variable", 'resource "aws_x" "x" {\n  password = "Summer-${var.env}-2024"\n}\n', {}, False),
    ("IAC-10", "text around a secret", 'resource "aws_x" "x" {\n  password = "prefix-${random_password.x.result}"\n}\n', {}, True),
    ("IAC-10", "the path of a secret", 'resource "aws_x" "x" {\n  secret = "/orders/${var.env}/db"\n}\n', {}, True),
    ("IAC-10", "a dollar first", 'resource "aws_x" "x" {\n  password = "$ecretWord1"\n}\n', {}, False),
    ("IAC-10", "in a delivered script", {"main.tf": 'resource "aws_instance" "x" {\n  user_data = templatefile("u.sh", {})\n}\n', "u.sh": "export DB_PASSWORD=hunter2x\n"}, {}, False),
    ("IAC-10", "in cloud-init", 'resource "aws_instance" "x" {\n  user_data = <<EOT\n  db_password: hunter2x\nEOT\n}\n', {}, False),
    ("IAC-10", "a URL without a user", 'locals {\n  u = "redis://:hunter2x@cache:6379"\n}\n', {}, False),
    ("IAC-12", "the name beside a password", SECRET + 'output "u" {\n  value = local.db.user\n}\n', {}, True),
    ("IAC-12", "the password of a map", SECRET + 'output "u" {\n  value = local.db["password"]\n}\n', {}, False),
    ("IAC-12", "the whole map", SECRET + 'output "u" {\n  value = local.db\n}\n', {}, False),
    ("IAC-12", "an image id", 'data "aws_ssm_parameter" "a" {\n  name = "/aws/service/ami"\n}\noutput "a" {\n  value = nonsensitive(data.aws_ssm_parameter.a.value)\n}\n', {}, True),
    ("IAC-12", "a stored parameter", 'data "aws_ssm_parameter" "a" {\n  name = "/db"\n}\noutput "a" {\n  value = nonsensitive(data.aws_ssm_parameter.a.value)\n}\n', {}, False),
    ("IAC-12", "names that are keys", 'variable "secrets" {}\nresource "aws_secretsmanager_secret" "x" {\n  for_each = var.secrets\n  name = each.key\n}\n', {}, True),
    ("IAC-14", "a heredoc with a local", ROLE.replace("SUBJECT", '"repo:a/b:environment:production"'), SUBJECTS, True),
    ("IAC-14", "a subject that is not known", ROLE.replace("SUBJECT", '"repo:a/b:ref:${var.branch}"'), SUBJECTS, False),
    ("IAC-14", "another root without roles", {"a/main.tf": ROLE.replace("SUBJECT", '"repo:a/b:environment:production"'), "b/main.tf": ""}, SUBJECTS, True),
    ("IAC-15", "no group in one root", NETWORK | {"db/main.tf": 'resource "aws_db_instance" "x" {}\n'}, {}, True),
    ("IAC-15", "four quarters", 'resource "aws_security_group_rule" "x" {\n  type = "ingress"\n  protocol = "tcp"\n  from_port = 22\n  to_port = 22\n  cidr_blocks = ["0.0.0.0/2", "64.0.0.0/2"]\n}\n', {}, False),
    ("IAC-15", "added to an unknown list", 'variable "c" {}\nresource "aws_security_group" "x" {\n  ingress {\n    protocol = "tcp"\n    from_port = 22\n    to_port = 22\n    cidr_blocks = concat(var.c, ["0.0.0.0/0"])\n  }\n}\n', {}, False),
    ("IAC-15", "Redshift is public when nothing is said", 'resource "aws_redshift_cluster" "x" {}\n', {}, False),
    ("IAC-16", "a second disk", 'resource "aws_instance" "x" {\n  root_block_device {\n    encrypted = true\n  }\n  ebs_block_device {\n  }\n}\n', {}, False),
    ("IAC-17", "a managed secret in one root", NETWORK | {"db/main.tf": 'resource "aws_db_instance" "x" {\n  manage_master_user_password = true\n}\n'}, {}, True),
    ("IAC-18", "nothing to judge", NETWORK, {}, False),
    ("IAC-19", "two zones in production", STAGING_TOO | NETWORK, {"target": 99.95}, True),
    ("IAC-19", "one zone by default", DB, {"target": 99.95}, False),
    ("IAC-19", "subnets added to an unknown list", PRODUCTION | {"s.tf": 'variable "s" {}\nresource "aws_db_subnet_group" "x" {\n  subnet_ids = concat(["subnet-1"], var.s)\n}\n'}, {"target": 99.95}, True),
    ("IAC-19", "all instances in one subnet", PRODUCTION | {"s.tf": 'resource "aws_subnet" "x" {\n  count = 1\n}\nresource "aws_db_subnet_group" "x" {\n  subnet_ids = aws_subnet.x[*].id\n}\n'}, {"target": 99.95}, False),
    ("IAC-20", "a file each", backends(staging="s", production="p") | {"r.md": DOCUMENT}, BOTH, True),
    ("IAC-20", "the same key, an option with a variable", backends(staging="p", production="p") | {"r.md": DOCUMENT}, BOTH, False),
    ("IAC-20", "an option that names files that are not there", backends(production="p") | {"r.md": DOCUMENT}, BOTH, False),
    ("IAC-20", "a key with a variable", backends() | {"r.md": '`-backend-config="key=$ENV/x.tfstate"`\n'}, BOTH, True),
    ("IAC-20", "backend files that end in .hcl", {"main.tf": 'terraform {\n  backend "s3" {}\n}\n', "staging.hcl": 'key = "s"\n', "production.hcl": 'key = "p"\n'}, BOTH, True),
    ("IAC-20", "workspaces in use", 'resource "aws_s3_bucket" "x" {\n  bucket = local.n\n}\nlocals {\n  n = "x-${terraform.workspace}"\n}\n', BOTH, True),
    ("IAC-20", "workspaces in an unused local", 'resource "aws_s3_bucket" "x" {}\nlocals {\n  n = "x-${terraform.workspace}"\n}\n', BOTH, False),
    ("IAC-21", "beside an unknown map", 'variable "t" {}\nresource "aws_vpc" "x" {\n  tags = merge(var.t, { team = "shop" })\n}\n', {"tags": ["team"]}, True),
    ("IAC-21", "under an unknown map", 'variable "t" {}\nresource "aws_vpc" "x" {\n  tags = merge({ team = "shop" }, var.t)\n}\n', {"tags": ["team"]}, True),
    ("IAC-21", "an empty value", 'resource "aws_vpc" "x" {\n  tags = { team = "" }\n}\n', {"tags": ["team"]}, False),
    ("IAC-22", "another region by default", ALIAS.replace("REGION", "var.r"), {"regions": ["eu-central-1"]}, False),
    ("IAC-22", "set by a variable file", {"main.tf": ALIAS.replace("REGION", "var.r"), "terraform.tfvars": 'r = "eu-central-1"\n'}, {"regions": ["eu-central-1"]}, True),
    ("IAC-22", "a region that is not known", ALIAS.replace("REGION", "var.other"), {"regions": ["eu-central-1"]}, False),
]
# fmt: on


@pytest.mark.parametrize(
    ("id", "files", "params", "right"), [(c[0], *c[2:]) for c in CASES], ids=[f"{c[0]} {c[1]}" for c in CASES]
)
def test_rule(ask: Ask, id: str, files: Files, params: dict[str, Any], right: bool) -> None:
    found = ask(id, files, **params)
    assert (not found) is right, found


def test_validity_takes_errors_and_what_is_not_served_but_no_warning(ask: Ask) -> None:
    def said(level: str, code: str) -> tuple[Message, ...]:
        return (Message("main.tf", 1, code, "text", level),)

    assert not ask("IAC-01", "", messages=said("warning", "Deprecated"))
    assert ask("IAC-01", "", messages=said("error", "Unsupported argument"))
    assert ask("IAC-01", "", messages=said("warning", "unserved"))
    assert ask("IAC-01", 'module "m" {\n  source = "terraform-aws-modules/vpc/aws"\n}\n')
