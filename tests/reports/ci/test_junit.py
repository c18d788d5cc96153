"""JUnit XML: a test case for each rule in each case, read back by another parser."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from harness.runs import RunError
from reports.ci.junit import write_junit
from reports.ci.outcome import outcomes_of


def finding(rule: str, outcome: str, message: str = "") -> dict[str, Any]:
    violations = [{"file": "main.tf", "line": 4, "message": message}] if outcome == "fail" else []
    return {"rule": rule, "outcome": outcome, "error": "timed out" if outcome == "grader_error" else None, "violations": violations}  # fmt: skip


def test_outcomes_become_what_ci_knows(tmp_path: Path) -> None:
    rows = [
        ("iac/a", "iac/a@1#1", finding("IAC-03", "pass")),
        ("iac/a", "iac/a@1#2", finding("IAC-03", "fail", "no lock")),
        ("iac/a", "iac/a@1#1", finding("IAC-08", "grader_error")),
        ("iac/b", "iac/b@1#1", finding("IAC-03", "not_applicable")),
        ("iac/b", "iac/b@1#1", finding("IAC-08", "pass")),
    ]
    write_junit(outcomes_of(rows), "drydock x", tmp_path / "deep" / "out.xml")
    root = ElementTree.parse(tmp_path / "deep" / "out.xml").getroot()
    suite = root[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        "4", "1", "1", "1",
    )  # fmt: skip
    cases = {(case.get("classname"), case.get("name")): list(case) for case in suite}
    (failure,) = cases["iac.a", "IAC-03"]
    assert failure.get("message") == "main.tf:4: no lock"
    assert "iac/a@1#2: main.tf:4: no lock" in (failure.text or "")
    assert cases["iac.a", "IAC-08"][0].tag == "error"
    assert cases["iac.b", "IAC-03"][0].tag == "skipped"
    assert cases["iac.b", "IAC-08"] == []


def test_no_text_breaks_the_file(tmp_path: Path) -> None:
    hostile = "]]></failure><x>&\x00\x1b\ud800\ufffe\u202e" + "y" * 10_000
    write_junit(
        outcomes_of([("a/b", "a/b@1#1", finding("IAC-03", "fail", hostile))]), "s", tmp_path / "o.xml"
    )
    root = ElementTree.parse(tmp_path / "o.xml").getroot()
    assert root.find(".//x") is None
    assert "]]></failure><x>&" in (root[0][0][0].text or "")


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be written"):
        write_junit([], "s", tmp_path / "file" / "o.xml")
