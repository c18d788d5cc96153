"""What a run needs on the machine is known before its first call."""

from __future__ import annotations

from pathlib import Path

import pytest

from graders.facts import AppliedRule, Assignment
from graders.kinds import RULES
from graders.tools.locate import Installation, ToolMissing
from harness import plan


def reads(*tools: str) -> Assignment:
    """An assignment of one rule for each tool."""
    rules = [next(rule for rule in RULES.values() if tool in rule.tools) for tool in tools]
    return Assignment((), tuple(AppliedRule(rule.id, (), "Card") for rule in rules))


def test_the_programs_of_every_rules_tools_are_found() -> None:
    found = plan.find_tools([reads(*sorted({tool for rule in RULES.values() for tool in rule.tools}))])
    assert {"actionlint", "terraform", "terraform-provider-aws", "bwrap"} <= set(found)
    assert not {"terraform-cloud", "kubernetes_schema"} & set(found)


def test_a_missing_program_names_every_tool_that_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_provider(name: str) -> Installation:
        if name == "terraform-provider-aws":
            raise ToolMissing(name, "not found", "fetch it")
        return Installation(name, Path("/bin/true"), "1.0")

    monkeypatch.setattr(plan, "locate", no_provider)
    with pytest.raises(plan.PlanError) as refused:
        plan.find_tools([reads("terraform", "terraform-cloud")])
    assert str(refused.value).endswith("with --without terraform --without terraform-cloud")
