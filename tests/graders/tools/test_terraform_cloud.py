"""Terraform against the simulated cloud: the line between a fault of an answer and a limit of ours, and scenarios."""

from __future__ import annotations

from typing import Any

import pytest

from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.kinds import kind_of
from graders.report import Report
from graders.simulate.terraform import worker
from graders.simulate.terraform.outcome import Outcome, Root
from graders.terraform.applied.simulated import roots
from graders.tools import terraform_cloud

from .conftest import FakeTool

PROVIDER = 'provider "aws" {\n  region = "eu-west-1"\n}\n'
QUEUE = 'resource "aws_sqs_queue" "q" {\n  name = "q"\n}\n'


def report(files: dict[str, str], facts: dict[str, Any] | None = None) -> Report:
    artifacts = [Artifact(path, kind_of(path, "", text), text) for path, text in files.items()]
    (found,) = terraform_cloud.run([artifacts], [{"terraform": facts or {}}])
    return found


def simulated(text: str, facts: dict[str, Any] | None = None, **files: str) -> Root:
    """The one root of a main.tf with the provider before it, and files beside it (`__` stands for a dot in a name)."""
    given = {"main.tf": PROVIDER + text, **{name.replace("__", "."): one for name, one in files.items()}}
    (root,) = roots(Bundle((), reports={terraform_cloud.NAME: report(given, facts)}))
    return root


def actions(outcome: Outcome) -> list[tuple[str, str]]:
    assert outcome.plan is not None, outcome
    return [(change.address, change.action) for change in outcome.plan.changes]


def test_a_guess_that_the_provider_refuses_is_a_limit_and_a_written_value_is_not() -> None:
    rule = (
        'resource "aws_vpc_security_group_ingress_rule" "r" {\n  security_group_id = "sg-1"\n  ip_protocol = "-1"\n'
        "  cidr_ipv4 = var.office\n}\n"
    )
    guessed = simulated('variable "office" {\n  type = string\n}\n' + rule)
    assert guessed.limit is not None
    assert "var.office" in guessed.limit
    written = simulated('variable "office" {\n  default = "sim-office"\n}\n' + rule)
    assert (written.limit, written.failed_at) == (None, "plan")


def test_equal_objects_get_names_of_their_own() -> None:
    policy = 'jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:ListBucket", Resource = "*" }] })'
    root = simulated(
        f'resource "aws_iam_policy" "p" {{\n  count       = 2\n  name_prefix = "p-"\n  policy      = {policy}\n}}\n'
        + 'resource "aws_eip" "e" {\n  count = 2\n}\n'
    )
    assert root.state is not None, root.diagnostics
    assert len({one.values["id"] for one in root.applied()}) == 4
    assert root.second.plan is not None
    assert root.second.plan.empty


VALIDATED = """
variable "size" {
  type = string
  validation {
    condition     = contains(["S-1", "S-2"], var.size)
    error_message = "S-1 or S-2"
  }
}
"""


def test_a_guessed_value_that_is_refused_is_a_limit_and_a_given_one_is_not() -> None:
    guessed = simulated(VALIDATED + QUEUE)
    assert guessed.limit is not None
    assert guessed.guessed == {"size"}
    given = simulated(VALIDATED + QUEUE, {"variables": {"size": "S-9"}})
    assert (given.limit, given.failed_at) == (None, "plan")
    assert "the validation rule at main.tf" in given.diagnostics[0].detail
    right = simulated(VALIDATED + QUEUE, {"variables": {"size": "S-2"}})
    assert (right.limit, right.failed_at, right.second.errors) == (None, None, ())


WORDED = """
data "aws_region" "here" {}
resource "aws_sqs_queue" "q" {
  name = "q"
  lifecycle {
    precondition {
      condition     = data.aws_region.here.name == "mars"
      error_message = "NotSimulated: Request cancelled."
    }
  }
}
"""


def test_an_answer_cannot_word_its_error_as_ours() -> None:
    root = simulated(WORDED)
    assert (root.limit, root.failed_at) == (None, "plan")


@pytest.mark.parametrize(
    "text",
    [
        # The invented data source finds three subnets, another cloud may have more.
        'data "aws_subnets" "s" {}\noutput "o" {\n  value = data.aws_subnets.s.ids[7]\n}\n',
        'resource "terraform_data" "x" {\n  provisioner "remote-exec" {\n    inline = ["ls"]\n  }\n}\n',
        'resource "terraform_data" "x" {\n  provisioner "local-exec" {\n    interpreter = ["python3", "-c"]\n    command     = "1"\n  }\n}\n',
        'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws", version = ">= 6.0" }\n  }\n}\n',
    ],
    ids=["invented-data", "remote-exec", "interpreter", "version"],
)
def test_a_limit_is_no_fault(text: str) -> None:
    root = simulated(text)
    assert root.limit is not None
    assert (root.failed_at, root.second) == (None, Outcome())


@pytest.mark.parametrize(
    ("text", "step"),
    [
        (
            'resource "terraform_data" "x" {\n  provisioner "local-exec" {\n    command = "exit 3"\n  }\n}\n',
            "apply",
        ),
        ('data "aws_subnets" "s" {}\noutput "o" {\n  value = data.aws_subnets.s.idss\n}\n', "validate"),
        (
            'resource "aws_sqs_queue" "q" {\n  count = length(aws_sns_topic.t.arn) > 3 ? 1 : 0\n}\nresource "aws_sns_topic" "t" {}\n',
            "plan",
        ),
    ],
    ids=["local-exec", "attribute", "count"],
)
def test_a_fault_is_no_limit(text: str, step: str) -> None:
    root = simulated(text)
    assert (root.limit, root.failed_at) == (None, step), root.diagnostics


def test_the_scenarios_of_a_case() -> None:
    text = """
variable "names" {
  type    = list(string)
  default = ["a", "b", "c"]
}
resource "aws_sqs_queue" "q" {
  count = length(var.names)
  name  = var.names[count.index]
}
"""
    before = PROVIDER + 'resource "aws_sns_topic" "old" {\n  name = "old"\n}\n'
    scenarios = {
        "first-removed": {"remove_first": "names"},
        "one-more": {"variables": {"names": ["a", "b", "c", "d"]}},
        "destroy": {"destroy": True},
        "delayed": {"drift": {"aws_sqs_queue": {"delay_seconds": 30}}},
        "absent": {"remove_first": "nothing"},
        "existing": {"before": {"main.tf": before}},
    }
    root = simulated(text, {"scenarios": scenarios})
    found = root.scenarios
    assert root.second.plan is not None
    assert root.second.plan.empty
    assert actions(found["first-removed"]) == [
        ("aws_sqs_queue.q[0]", "replace"),
        ("aws_sqs_queue.q[1]", "replace"),
        ("aws_sqs_queue.q[2]", "delete"),
    ]
    assert actions(found["one-more"]) == [("aws_sqs_queue.q[3]", "create")]
    assert [action for _, action in actions(found["destroy"])] == ["delete"] * 3
    assert [action for _, action in actions(found["delayed"])] == ["update"] * 3
    assert found["absent"].errors[0].summary == "No such variable"
    assert ("aws_sns_topic.old", "delete") in actions(found["existing"])


def test_each_alias_has_its_own_region_and_the_provider_may_die() -> None:
    text = """
provider "aws" {
  alias               = "far"
  region              = "us-east-1"
  allowed_account_ids = ["210987654321"]
}
resource "aws_sqs_queue" "q" {
  name = "q"
}
resource "aws_sqs_queue" "far" {
  provider = aws.far
  name     = "q"
}
"""
    for _ in (1, 2):
        root = simulated(text)
        assert root.state is not None
        arns = {one.name: one.values["arn"] for one in root.applied()}
        assert arns == {
            "q": "arn:aws:sqs:eu-west-1:123456789012:q",
            "far": "arn:aws:sqs:us-east-1:210987654321:q",
        }
        worker.kill_provider()


def test_a_word_that_the_facts_do_not_know_is_a_failure_of_the_tool() -> None:
    found = report({"main.tf": PROVIDER + QUEUE}, {"scenarios": {"x": {"destory": True}}})
    assert found.failure is not None
    assert "destory" in found.failure
    assert found.detail is None


@pytest.mark.parametrize("script", ["exit 0", "exit 1", "kill -SEGV $$", "echo '{}'"])
def test_a_terraform_that_does_not_work_is_a_failure_of_the_tool(script: str, fake_tool: FakeTool) -> None:
    fake_tool(script)
    found = report({"main.tf": PROVIDER + QUEUE})
    assert found.failure is not None
    assert (found.detail, found.judged) == (None, frozenset())


def test_what_has_no_terraform_is_not_judged() -> None:
    assert report({"notes.md": "# Notes\n"}) == Report(terraform_cloud.NAME, "")
