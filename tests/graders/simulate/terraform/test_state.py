"""The state as it is read from its file is the state as terraform itself shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from graders.simulate.terraform import drive
from graders.simulate.terraform.state import Applied
from tests.graders.simulate.terraform.test_worked_examples import CASES, files, simulated

ODD = """
provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "here" {}

resource "terraform_data" "any" {
  for_each         = { "a" = 1, "b \\"c\\" $${d} %%{e} ü/\\n" = 2 }
  input            = { type = "x", value = each.value, list = [1, "two", null] }
  triggers_replace = [each.key]
}

resource "terraform_data" "none" {
  count = 2
}

resource "aws_sqs_queue" "q" {
  count       = 2
  name_prefix = "q-"
  tags        = { owner = data.aws_caller_identity.here.account_id }
}

module "inner" {
  source   = "./inner"
  for_each = toset(["x", "y z"])
  name     = each.key
}
"""
INNER = """
variable "name" {
  type      = string
  sensitive = true
}

data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}

resource "aws_ssm_parameter" "p" {
  name  = "/p/${replace(nonsensitive(var.name), " ", "-")}"
  type  = "SecureString"
  value = var.name
}

output "arn" {
  value = aws_ssm_parameter.p.arn
}
"""


def shown(module: dict[str, Any]) -> Iterator[Applied]:
    for one in module.get("resources", ()):
        yield Applied(one["address"], one["mode"], one["type"], one["name"], one.get("index"), one["values"])
    for child in module.get("child_modules", ()):
        yield from shown(child)


def both(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> tuple[list[Applied], list[Applied]]:
    """The last applied state (the first may be the canary's) as it was read, and as terraform shows it."""
    documents: list[dict[str, Any]] = []
    apply = drive.Run.apply

    def applied(run: drive.Run) -> tuple[Applied, ...]:
        found = apply(run)
        (document,) = run._terraform.run(run._folder, "show", "-json").events  # pyright: ignore[reportPrivateUsage]
        documents.append(document)
        return found

    monkeypatch.setattr(drive.Run, "apply", applied)
    root = simulated(given)
    assert root.state is not None, (root.limit, root.diagnostics)
    told = shown(documents[-1].get("values", {}).get("root_module", {}))
    return list(root.state), sorted(told, key=lambda one: one.address)


def test_odd_keys_modules_and_values_of_any_type(monkeypatch: pytest.MonkeyPatch) -> None:
    read, told = both(monkeypatch, {"main.tf": ODD, "inner/main.tf": INNER})
    assert len(read) == 11
    assert read == told


@pytest.mark.parametrize("name", ["clean-wide", "clean-modules", "clean-write-only"])
def test_worked_examples(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (case,) = [case for case in CASES if case.name == name]
    read, told = both(monkeypatch, files(case))
    assert read
    assert read == told


def test_nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    assert both(monkeypatch, {"main.tf": "locals {\n  a = 1\n}\n"}) == ([], [])
