"""The commands `cases` and `grade` as a user calls them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from harness.cli import cases, corpora, grade
from tests.harness.corpus_folder import write_corpus


@pytest.fixture(autouse=True)
def _own_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "OWN", write_corpus(tmp_path / "cases", cases=2))


def call(command: object, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)  # type: ignore[arg-type]


def test_list_and_show_and_rules_as_json() -> None:
    listed = json.loads(call(cases.command, "list", "--json").output)
    assert [case["id"] for case in listed["cases"]] == ["area/case-0", "area/case-1"]
    shown = json.loads(call(cases.command, "show", "area/case-0", "--json").output)
    assert shown["messages"][0]["role"] == "system"
    assert {rule["rule"] for rule in shown["rules"]} >= {"GHA-01", "GHA-14"}
    rules = json.loads(call(cases.command, "rules", "--json").output)["rules"]
    assert next(rule for rule in rules if rule["rule"] == "GHA-14")["parameters"] == ["cap_minutes"]


def test_show_prints_the_prompt_and_what_makes_each_rule_fair() -> None:
    output = call(cases.command, "show", "area/case-1", "--persona", "none").output
    assert "──── system" not in output
    assert "because: jobs end within" in output


def test_an_unknown_case_is_one_clear_line() -> None:
    done = call(cases.command, "show", "area/nothing")
    assert done.exit_code == 5
    assert "drydock cases list" in done.output


def test_validate_names_file_and_line(tmp_path: Path) -> None:
    assert call(cases.command, "validate").exit_code == 0
    broken = write_corpus(tmp_path / "broken") / "area/case-0/case.yaml"
    broken.write_text(broken.read_text().replace("GHA-02:", "GHA-99:"))
    done = call(cases.command, "validate", "--corpus", str(tmp_path / "broken"))
    assert done.exit_code == 5
    assert f"{broken}:" in done.output
    assert "no rule GHA-99" in done.output


def test_a_new_case_explains_itself_and_is_not_written_twice(tmp_path: Path) -> None:
    done = call(cases.command, "new", "ops/my-case", "--corpus", str(tmp_path / "ours"))
    assert done.exit_code == 0
    assert (tmp_path / "ours/ops/my-case/careless.md").is_file()
    assert call(cases.command, "new", "ops/my-case", "--corpus", str(tmp_path / "ours")).exit_code == 5
    assert call(cases.command, "new", "Bad Name").exit_code == 5
    validated = call(cases.command, "validate", "--corpus", str(tmp_path / "ours"))
    assert validated.exit_code == 5, "nothing is written yet"
    assert "accepted/first.md holds no .github/workflows/deploy.yml" in validated.output


@pytest.mark.slow
def test_an_answer_is_graded_against_its_case(tmp_path: Path) -> None:
    folder = corpora.OWN / "area/case-0"
    right = json.loads(
        call(grade.command, "--case", "area/case-0", str(folder / "accepted/first.md"), "--json").output
    )
    assert right["score"] == 1.0
    answer = tmp_path / "answer.md"
    answer.write_text("Sorry, no files today.")
    wrong = call(grade.command, "--case", "area/case-0", str(answer), "--json")
    assert wrong.exit_code == 0
    assert json.loads(wrong.output)["score"] == 0.0


@pytest.mark.slow
def test_loose_files_are_asked_only_what_needs_no_case(tmp_path: Path) -> None:
    workflow = tmp_path / "repo/.github/workflows/ci.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v4\n"
    )
    document = json.loads(call(grade.command, str(tmp_path / "repo"), "--json").output)
    outcome = {finding["rule"]: finding["outcome"] for finding in document["findings"]}
    assert outcome["GHA-04"] == outcome["GHA-02"] == "fail"
    assert outcome["GHA-10"] == "not_applicable"
    assert "GHA-11" not in outcome
    violation = next(f for f in document["findings"] if f["rule"] == "GHA-04")["violations"][0]
    assert (violation["file"], violation["line"]) == (".github/workflows/ci.yml", 6)


@pytest.mark.slow
def test_files_of_the_same_name_in_two_folders_are_both_judged(tmp_path: Path) -> None:
    for folder, port in (("a", 22), ("b", 443)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "main.tf").write_text(
            f'resource "aws_security_group" "x" {{\n  ingress {{\n    from_port = {port}\n    to_port = {port}\n'
            '    protocol = "tcp"\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n'
        )
    done = call(grade.command, str(tmp_path / "a"), str(tmp_path / "b"), "--without", "terraform", "--json")
    exposed = next(f for f in json.loads(done.output)["findings"] if f["rule"] == "IAC-15")
    assert {violation["file"] for violation in exposed["violations"]} == {"a/main.tf", "b/main.tf"}


def test_what_is_not_there_or_not_read_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\xff\xfe")
    for path, says in (
        (tmp_path / "nothing.yml", "no such file"),
        (tmp_path / "photo.png", "cannot be read"),
    ):
        done = call(grade.command, str(path))
        assert done.exit_code == 5
        assert says in done.output
