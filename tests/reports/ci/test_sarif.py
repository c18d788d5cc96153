"""SARIF of loose files against the official schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from harness.cli.grade import command
from reports.ci.sarif import sarif_document

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parent / "fixtures" / "sarif-2.1.0-rtm.5.json").read_text()
)


def finding(
    rule: str, outcome: str, *violations: tuple[str, int | None, str], error: str | None = None
) -> dict[str, Any]:
    return {
        "rule": rule, "version": 1, "outcome": outcome, "severity": "H", "constraint": "reproducible", "advisory": False,
        "gated_by": None, "error": error,
        "violations": [{"file": file, "line": line, "message": message} for file, line, message in violations],
    }  # fmt: skip


def check(document: dict[str, Any]) -> None:
    validator: Any = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    validator.validate(document)


def test_every_kind_of_finding_is_valid() -> None:
    document = sarif_document([
        finding("GHA-02", "pass"),
        finding("GHA-04", "fail", (".github/workflows/a b.yml", 7, "not pinned"), ("", None, "no file at all")),
        finding("GHA-15", "grader_error", error="zizmor: timed out"),
        finding("GHA-10", "not_applicable"),
        finding("CTR-01", "fail", ("x.md", None, "")),
    ])  # fmt: skip
    check(document)
    run = document["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["CTR-01", "GHA-02", "GHA-04", "GHA-15"]
    pinned, nowhere, advisory = run["results"]
    assert pinned["level"] == "error"
    assert run["tool"]["driver"]["rules"][pinned["ruleIndex"]]["id"] == "GHA-04"
    place = pinned["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == ".github/workflows/a%20b.yml"
    assert place["region"] == {"startLine": 7}
    assert "locations" not in nowhere
    assert advisory["level"] == "note"
    assert run["invocations"][0]["executionSuccessful"] is False
    assert "timed out" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_the_schema_is_one_that_refuses() -> None:
    document = sarif_document([finding("GHA-04", "fail", ("a.yml", 1, "x"))])
    document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(jsonschema.ValidationError):
        check(document)


def test_hostile_text_is_text() -> None:
    hostile = "[click](https://evil.example)\n\x1b[2J\ud800 {0}"
    document = sarif_document([finding("GHA-04", "fail", ("../a\nb.yml", 1, hostile))])
    check(document)
    json.dumps(document, ensure_ascii=False).encode("utf-8")
    text = document["runs"][0]["results"][0]["message"]["text"]
    assert "](" not in text
    assert "\n" not in text
    assert "\x1b" not in text


@pytest.mark.slow
def test_the_command_writes_all_three_formats(tmp_path: Path) -> None:
    workflow = tmp_path / ".github" / "workflows" / "a.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(
        "name: a\non: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n"
    )
    sarif, junit = tmp_path / "out.sarif", tmp_path / "out.xml"
    options = [str(workflow), "--sarif", str(sarif), "--junit", str(junit), "--annotations"]
    done = CliRunner().invoke(command, options)
    assert done.exit_code == 0, done.output
    check(json.loads(sarif.read_text()))
    assert '<testcase name="GHA-04" classname="files">' in junit.read_text()
    assert "::error file=.github/workflows/a.yml,line=7,title=GHA-04 (reproducible)::" in done.output


def test_an_answer_has_no_files_on_this_disk(tmp_path: Path) -> None:
    answer = tmp_path / "answer.md"
    answer.write_text("x")
    done = CliRunner().invoke(command, [str(answer), "--case", "a/b", "--sarif", str(tmp_path / "o")])
    assert done.exit_code == 2
    assert "--junit works" in done.output
