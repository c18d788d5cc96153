"""Policies as a simulated apply made them, with what the cloud invents told apart from what the answer wrote."""

from __future__ import annotations

import json

from graders import terraform
from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.simulate.access.iam.patterns import UNKNOWN
from graders.terraform.applied.policies import with_applied_policies
from graders.terraform.iam.names import Place
from graders.terraform.iam.roles import Role, roles
from graders.terraform.reading.configuration import configurations
from graders.tools import terraform_cloud

HEAD = """
provider "aws" {
  region = "eu-west-1"
}
data "aws_caller_identity" "me" {}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" }
  }] })
}
"""
PLACE = Place("440000000044", "eu-west-1")


def applied(text: str, **beside: str) -> tuple[list[Role], list[Role]]:
    """The roles as they are written, and as they were applied. `beside`: files, `__` for the dot in a name."""
    files = {"main.tf": HEAD + text, **{name.replace("__", "."): one for name, one in beside.items()}}
    artifacts = tuple(
        Artifact(path, "terraform" if path.endswith(".tf") else "text", one) for path, one in files.items()
    )
    parsed = {one.path: terraform.parse(one) for one in artifacts if one.kind == "terraform"}
    (report,) = terraform_cloud.run([artifacts], [{}])
    bundle = Bundle(artifacts, parsed, reports={terraform_cloud.NAME: report})
    (written,) = configurations(bundle)
    (made,) = with_applied_policies(bundle, [written], PLACE)
    assert made is not written, report.detail
    return roles(written, PLACE), roles(made, PLACE)


def allowed(role: Role) -> set[tuple[str, str]]:
    """Every pair of action and resource that the role's statements name."""
    return {
        (action, resource)
        for document in role.identity
        for statement in document.statements
        for action in statement.actions
        for resource in statement.resources
    }


def policy(resources: str) -> str:
    return f"""
resource "aws_iam_role_policy" "p" {{
  name   = "p"
  role   = aws_iam_role.r.id
  policy = jsonencode({{ Version = "2012-10-17", Statement = [{{
    Effect = "Allow", Action = "sqs:SendMessage", Resource = {resources}
  }}] }})
}}
"""


def sends(role: Role) -> set[str]:
    return {resource for action, resource in allowed(role) if action == "sqs:SendMessage"}


def test_what_only_terraform_evaluates_is_read() -> None:
    arns = '[for s in setsubtract(["a", "b"], ["b"]) : "arn:aws:sqs:eu-west-1:440000000044:${s}"]'
    (written,), (made,) = applied(policy(arns))
    assert sends(written) == {UNKNOWN}
    assert sends(made) == {"arn:aws:sqs:eu-west-1:440000000044:a"}


def test_the_account_is_that_of_the_case_and_not_that_of_the_simulation() -> None:
    _, (made,) = applied(policy('"arn:aws:sqs:eu-west-1:${data.aws_caller_identity.me.account_id}:a"'))
    assert sends(made) == {"arn:aws:sqs:eu-west-1:440000000044:a"}
    _, (made,) = applied('resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n' + policy("aws_sqs_queue.q.arn"))
    assert sends(made) == {"arn:aws:sqs:eu-west-1:440000000044:q"}


def test_the_id_of_a_bucket_is_its_name() -> None:
    bucket = 'resource "aws_s3_bucket" "b" {\n  bucket = "files-1"\n}\n'
    (written,), (made,) = applied(bucket + policy('"arn:aws:s3:::${aws_s3_bucket.b.id}/*"'))
    assert sends(written) == {f"arn:aws:s3:::{UNKNOWN}/*"}
    assert sends(made) == {"arn:aws:s3:::files-1/*"}


def test_what_the_simulation_invents_stays_unknown() -> None:
    secret = 'resource "aws_secretsmanager_secret" "s" {\n  name = "s"\n}\n'
    _, (made,) = applied(secret + policy("aws_secretsmanager_secret.s.arn"))
    assert sends(made) == {UNKNOWN}
    _, (made,) = applied(secret + policy('"${aws_secretsmanager_secret.s.arn}/x"'))
    assert sends(made) == {f"{UNKNOWN}/x"}


def test_what_an_invented_value_decides_or_is_made_into_is_read_as_written() -> None:
    secret = 'resource "aws_secretsmanager_secret" "s" {\n  name = "s"\n}\n'
    for expression in (
        "substr(aws_secretsmanager_secret.s.arn, 0, 20)",
        'endswith(aws_secretsmanager_secret.s.arn, "b") ? "arn:aws:sqs:::a" : "arn:aws:sqs:::b"',
        'terraform.workspace == "default" ? "arn:aws:sqs:::a" : "arn:aws:sqs:::b"',
        '"arn:aws:sqs:::${terraform.workspace}-a"',
        'data.aws_caller_identity.me.account_id == "440000000044" ? "arn:aws:sqs:::a" : "arn:aws:sqs:::b"',
    ):
        _, (made,) = applied(secret + policy(expression))
        assert all(UNKNOWN in one for one in sends(made)), (expression, sends(made))


def test_an_account_that_the_answer_names_itself_is_not_taken_for_the_simulations() -> None:
    """The simulated account is the placeholder that answers write, too."""
    (one, other) = (
        "arn:aws:sqs:eu-west-1:${data.aws_caller_identity.me.account_id}:a",
        "arn:aws:sqs:eu-west-1:123456789012:b",
    )
    _, (made,) = applied(policy(f'["{one}", "{other}"]'))
    assert sends(made) == {"arn:aws:sqs:eu-west-1:440000000044:a", other}


def test_each_instance_of_a_module_keeps_its_own_policy() -> None:
    module = """
variable "queue" {
  type = string
}
resource "aws_iam_role" "m" {
  name_prefix        = "worker-"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" }
  }] })
}
resource "aws_iam_policy" "m" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{
    Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:eu-west-1:440000000044:${var.queue}"
  }] })
}
resource "aws_iam_role_policy_attachment" "m" {
  role       = aws_iam_role.m.name
  policy_arn = aws_iam_policy.m.arn
}
"""
    call = """
module "worker" {
  source   = "./worker"
  for_each = %s
  queue    = each.key
}
"""
    for chosen in ('toset(["a", "b"])', 'setsubtract(["a", "b", "c"], ["c"])'):
        written, made = applied(call % chosen, **{"worker/main__tf": module})
        assert sorted(sorted(sends(role)) for role in made) == [
            [],
            ["arn:aws:sqs:eu-west-1:440000000044:a"],
            ["arn:aws:sqs:eu-west-1:440000000044:b"],
        ]
        if chosen.startswith("toset"):
            assert sorted(map(allowed, written), key=str) == sorted(map(allowed, made), key=str)


def test_both_ways_of_reading_agree() -> None:
    text = json.dumps({"a": ["sqs:SendMessage"], "b": ["sqs:ReceiveMessage"]})
    (written,), (made,) = applied(
        """
locals {
  calls = jsondecode(file("${path.module}/calls.json"))
}
data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = local.calls
    content {
      actions   = statement.value
      resources = ["arn:aws:sqs:eu-west-1:${data.aws_caller_identity.me.account_id}:${statement.key}"]
    }
  }
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.d.json
}
resource "aws_iam_policy_attachment" "p" {
  name       = "p"
  roles      = [aws_iam_role.r.name]
  policy_arn = aws_iam_policy.p.arn
}
""",
        calls__json=text,
    )
    assert (
        allowed(written)
        == allowed(made)
        == {
            ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:440000000044:a"),
            ("sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:440000000044:b"),
        }
    )
