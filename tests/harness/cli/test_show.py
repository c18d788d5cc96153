"""`drydock show` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from graders import trace
from harness.cli import show
from tests.reports.trend.nights import about, write_night


def finding(rule: str, outcome: str, message: str = "wrong", **more: Any) -> dict[str, Any]:
    violations = [{"file": "main.tf", "line": 1, "message": message}] if outcome == "fail" else []
    return {
        "rule": rule, "version": 1, "outcome": outcome, "severity": "H", "constraint": "intent", "advisory": False,
        "gated_by": None, "error": None, "violations": violations, **more,
    }  # fmt: skip


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A valid run, an invalid one and an unfinished one; the first has findings of several rules."""
    folder = write_night(tmp_path / "runs/x__aaaa1111", about("2026-11-01T02:00:00Z"))
    write_night(tmp_path / "runs/x__bbbb2222", about("2026-11-02T02:00:00Z"), (0.5, None, 1.0, 1.0))
    write_night(tmp_path / "runs/nested/y__cccc3333", about("2026-11-03T02:00:00Z", "openai/y"), (0.5,))
    grades = [json.loads(line) for line in (folder / "grades.jsonl").read_text().splitlines()]
    grades[0]["findings"] += [
        finding("GHA-02", "fail", "permissions are missing"),
        finding("GHA-21", "pass"),
        finding("CTR-01", "fail", "no path", severity="L", advisory=True),
        finding("K8S-01", "grader_error", error="the schema was not there"),
        finding("SEC-01", "fail", "a secret", severity="C"),
    ]
    (folder / "grades.jsonl").write_text("".join(json.dumps(row) + "\n" for row in grades))
    return tmp_path / "runs"


def call(runs: Path, *arguments: str) -> Result:
    return CliRunner().invoke(show.command, ["--runs", str(runs), *arguments])


def test_without_a_run_all_are_listed_the_newest_first(runs: Path) -> None:
    output = call(runs).output
    assert [line.rsplit("/", 1)[1] for line in output.splitlines() if line.startswith("/")] == [
        "y__cccc3333", "x__bbbb2222", "x__aaaa1111",
    ]  # fmt: skip
    assert "openai/y, devops-engineer 1.0, seed 1, 2026-11-03 02:00" in output
    assert "4 (3 not asked) samples: unfinished" in output
    assert "4 (1 ungraded) samples: invalid" in output
    assert "ships 25%, 4 samples\n" in output


def test_a_run_that_cannot_be_read_is_named_beside_the_others(runs: Path) -> None:
    (runs / "x__bbbb2222/run.json").write_text("{")
    (runs / "nested/y__cccc3333/run.json").write_text("[]")
    output = call(runs).output
    assert output.count("left out: ") == 2
    assert "x__aaaa1111" in output


def test_no_run_at_all_says_what_makes_one(tmp_path: Path) -> None:
    done = call(tmp_path)
    assert done.exit_code == 5
    assert "`drydock eval` makes one" in done.output


@pytest.mark.parametrize("name", ["x__aaaa1111", "x__a", "aaaa1111"])
def test_a_run_is_found_by_name_beginning_and_end(runs: Path, name: str) -> None:
    assert "iac/keys@1#1" in call(runs, name).output


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("x__", "2 runs in"),
        ("aaaa", "there is no such run; near it: x__aaaa1111"),
        ("zzz", "there is no such run;"),
    ],
)
def test_a_name_of_no_run_or_of_several_is_clear(runs: Path, name: str, says: str) -> None:
    done = call(runs, name)
    assert done.exit_code == 5
    assert says in done.output


def test_samples_have_their_failed_rules_and_filters_pick(runs: Path) -> None:
    def samples(*filters: str) -> list[str]:
        lines = call(runs, "x__aaaa1111", *filters).output.splitlines()
        return [line.split()[0].partition("@")[0] for line in lines if "@" in line]

    assert "IAC-03 GHA-02 SEC-01" in call(runs, "x__aaaa1111").output
    assert samples() == ["iac/keys", "iac/state", "pipelines/deploy", "pipelines/release"]
    assert samples("--failed") == ["iac/keys", "iac/state", "pipelines/deploy"]
    assert samples("--rule", "GHA") == samples("--rule", "gha-02") == ["iac/state"]
    assert samples("--failed", "--rule", "CTR") == []
    assert samples("--rule", "K8S", "--rule", "IAC", "--case", "iac/") == ["iac/keys", "iac/state"]
    assert samples("--case", "*/deploy", "--case", "iac/k") == ["iac/keys", "pipelines/deploy"]
    assert samples("--outcome", "grader_error") == ["iac/state"]


def test_samples_that_were_never_asked_are_listed(runs: Path) -> None:
    assert call(runs, "y__cccc3333").output.count("not asked") == 3


def test_an_answer_has_findings_under_its_lines_and_rules_below(runs: Path) -> None:
    output = call(runs, "x__aaaa1111", "iac/s").output
    lines = output.splitlines()
    assert lines[0] == "iac/state@1#1: answered, score 0.500"
    place = next(n for n, line in enumerate(lines) if line.endswith("x = 1"))
    assert lines[place + 1].strip() == "^ IAC-03: the state has no lock"
    assert any("grader_error" in line and "the schema was not there" in line for line in lines)
    assert any("CTR-01" in line and "advisory" in line for line in lines)
    only = call(runs, "x__aaaa1111", "iac/s", "--rule", "GHA", "--failed").output
    assert "^ GHA-02" in only
    assert "IAC-03" not in only
    assert "GHA-21" not in only
    assert "(5 not asked for)" in only


def test_a_simulations_trace_is_drawn_under_the_violation(runs: Path) -> None:
    file = runs / "x__aaaa1111/grades.jsonl"
    grades = [json.loads(line) for line in file.read_text().splitlines()]
    drawn = trace.row(trace.Path("a failed test reaches production", (trace.Step("test", "failure"),)))
    grades[0]["findings"].append(finding("GHA-12", "fail"))
    grades[0]["findings"][-1]["violations"][0] |= {"trace": drawn, "file": "nowhere.yml"}
    file.write_text("".join(json.dumps(row) + "\n" for row in grades))
    output = call(runs, "x__aaaa1111", str(grades[0]["sample"])).output
    at = output.index("nowhere.yml: wrong")
    assert "┌ a failed test reaches production" in output[at:]
    assert "✕ test: failure" in output[at:]


def test_findings_stand_by_rule_the_heaviest_first(runs: Path) -> None:
    output = call(runs, "x__aaaa1111", "--findings").output
    headings = [line.split()[1] for line in output.splitlines() if "×" in line]
    assert headings == ["SEC-01", "GHA-02", "IAC-03", "K8S-01", "CTR-01"]
    assert "H IAC-03 (intent) ×3" in output
    assert "      main.tf:1: permissions are missing" in output
    assert "CTR-01" not in call(runs, "x__aaaa1111", "--findings", "--failed").output
    passed = call(runs, "x__aaaa1111", "--findings", "--outcome", "pass", "--rule", "GHA").output
    assert [line.split()[1] for line in passed.splitlines() if "×" in line] == ["GHA-21"]
    assert "iac/keys" not in call(runs, "x__aaaa1111", "iac/state", "--findings").output
    assert (
        "No finding is as asked for." in call(runs, "x__aaaa1111", "--findings", "--case", "*/release").output
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["iac/stat3"], "no sample begins with 'iac/stat3'; near it: iac/state@1#1"),
        (["iac/"], "2 samples begin with 'iac/': iac/keys@1#1, iac/state@1#1; say more of its id"),
        (["--rule", "GHA-2l"], "no rule of this run is or begins with 'GHA-2l'; near it: GHA-21"),
        (["--case", "iac/staet"], "no case of this run is or begins with 'iac/staet'; near it: iac/state"),
    ],
)
def test_what_is_not_there_is_said_with_what_is_near(runs: Path, arguments: list[str], says: str) -> None:
    done = call(runs, "x__aaaa1111", *arguments)
    assert done.exit_code == 5
    assert says in done.output


@pytest.mark.parametrize(
    "arguments",
    [["--failed"], ["x__a", "--failed", "--outcome", "fail"], ["x__a", "iac/state", "--case", "iac/"]],
)
def test_options_that_make_no_sense_together_are_a_usage_error(runs: Path, arguments: list[str]) -> None:
    assert call(runs, *arguments).exit_code == 2


def test_a_strangers_text_steers_no_terminal(runs: Path) -> None:
    folder = runs / "x__aaaa1111"
    hostile = "\x1b]0;owned\x07[bold]\u202e"
    for name, old in (("answers.jsonl", "x = 1"), ("grades.jsonl", "permissions are missing")):
        text = (folder / name).read_text()
        (folder / name).write_text(text.replace(old, json.dumps(hostile)[1:-1]))
    described = json.loads((folder / "run.json").read_text())
    described["model"]["name"] = hostile
    (folder / "run.json").write_text(json.dumps(described))
    for arguments in ([], ["x__a"], ["x__a", "iac/state"], ["x__a", "--findings"]):
        output = call(runs, *arguments).output
        assert "\x1b" not in output
        assert "\u202e" not in output
        assert arguments == ["x__a"] or "[bold]" in output
