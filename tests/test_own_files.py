"""Drydock's own workflows under Drydock's own graders."""

from pathlib import Path

import pytest

from harness.loose import grade_files

WORKFLOWS = sorted((Path(__file__).parents[1] / ".github" / "workflows").glob("*.yml"))


@pytest.mark.slow
@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_our_workflows_pass_every_rule_that_applies(workflow: Path) -> None:
    row = grade_files([workflow], frozenset())
    failed = [finding for finding in row["findings"] if finding["outcome"] not in ("pass", "not_applicable")]
    assert failed == []
    assert sum(finding["outcome"] == "pass" for finding in row["findings"]) >= 8
