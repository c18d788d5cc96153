"""Vault policies as files of an answer: recognised, told apart from Terraform, and limits that are no verdict."""

from __future__ import annotations

from typing import Any

import pytest

from graders import kinds
from graders.assemble import PlainFile
from graders.examine import Examination, examine
from graders.facts import AppliedRule, Assignment, Deliverable
from graders.finding import Finding

POLICY = 'path "kv/data/orders/*" {\n  capabilities = ["read"]\n}\n'
NEEDS = {
    "token": "orders",
    "mounts": [{"path": "kv", "type": "kv-v2"}],
    "required": [{"operations": ["read"], "path": "kv/data/orders/*"}],
}


@pytest.mark.parametrize(
    ("path", "info", "text", "kind"),
    [
        ("vault/policies/orders.hcl", "hcl", POLICY, "vault_policy"),
        ("vault/policies/orders.hcl", "hcl", f"# orders\n\n{POLICY}", "vault_policy"),
        ("vault/orders.json", "json", '{"path": {"a": {"policy": "read"}}}', "vault_policy"),
        (None, "hcl", POLICY, "vault_policy"),
        ("infra/main.tf", "hcl", f'resource "vault_policy" "x" {{\n  policy = <<EOT\n{POLICY}EOT\n}}', "terraform"),
        ("infra/backend.hcl", "hcl", 'bucket = "state"\n', "tfvars"),
        ("README.md", "markdown", f"# Policies\n\n```hcl\n{POLICY}```\n", "markdown"),
    ],
)  # fmt: skip
def test_recognised(path: str | None, info: str, text: str, kind: str) -> None:
    assert kinds.kind_of(path, info, text) == kind


def ask(rule: str, text: str, **more: Any) -> Finding:
    assignment = Assignment(
        deliverables=(Deliverable("policies", "vault_policy", "vault/*.hcl"),),
        rules=(AppliedRule(rule, ("policies",), "test", {"needs": [{**NEEDS, **more}]}),),
    )
    return examine([Examination((PlainFile("vault/orders.hcl", text),), (), assignment)])[0].findings[0]


@pytest.mark.parametrize("rule", ["VLT-01", "VLT-02", "VLT-03", "VLT-04", "VLT-05"])
def test_what_is_not_modelled_is_no_verdict(rule: str) -> None:
    templated = POLICY.replace("orders", "{{identity.entity.id}}")
    assert ask(rule, templated).outcome == "grader_error"
    assert ask(rule, POLICY, mounts=[{"path": "kv", "type": "kmip"}]).outcome == "grader_error"
    assert ask(rule, POLICY).outcome == "pass"


@pytest.mark.parametrize("rule", ["VLT-01", "VLT-02", "VLT-03", "VLT-04", "VLT-05"])
def test_what_vault_refuses_fails(rule: str) -> None:
    finding = ask(rule, POLICY.replace("read", "view"))
    assert finding.outcome == "fail"
    assert 'invalid capability "view"' in finding.violations[0].message


def test_the_policies_of_a_token_are_those_that_it_is_issued_with() -> None:
    finding = ask("VLT-01", POLICY, policies=["orders", "orders-extra"])
    assert [violation.message for violation in finding.violations] == [
        "the token of orders gets the policy orders-extra, which is not delivered"
    ]
    assert ask("VLT-01", POLICY, policies=["other"]).outcome == "fail"
