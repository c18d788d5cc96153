"""The steps around a night, against a GitHub command line that only keeps what it is told."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from harness.night.baseline import keep
from harness.night.issues import settle
from harness.night.models import ModelsError, load_models, slug_of
from harness.night.panel import load_panel, rotating_seed
from harness.night.proposal import propose
from harness.runs import RunError
from tests.reports.trend.nights import about, write_night

# Keeps issues in a file, and every call in another.
GH = """#!/usr/bin/env python3
import json, pathlib, sys
here = pathlib.Path(__file__).parent
store = here / "issues.json"
issues = json.loads(store.read_text()) if store.exists() else []
args = sys.argv[1:]
with (here / "calls").open("a") as calls:
    calls.write(" ".join(args[:2]) + "\\n")
if args[:2] == ["issue", "list"]:
    print(json.dumps([{"number": n + 1, "title": i["title"]} for n, i in enumerate(issues) if i["open"]]))
elif args[:2] == ["issue", "create"]:
    issues.append({"title": args[args.index("--title") + 1], "text": [sys.stdin.read()], "open": True})
    print(f"issue {len(issues)}")
elif args[:2] == ["issue", "view"]:
    print(json.dumps(issues[int(args[2]) - 1]["text"]))
elif args[:2] == ["issue", "comment"]:
    issues[int(args[2]) - 1]["text"].append(sys.stdin.read())
elif args[:2] == ["issue", "close"]:
    issues[int(args[2]) - 1]["open"] = False
elif args[:2] == ["pr", "create"]:
    print("pull request of " + args[args.index("--head") + 1])
store.write_text(json.dumps(issues))
"""


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "gh").write_text(GH)
    (folder / "gh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def verdict(night: Path, code: int, started: str) -> None:
    folder = night / "openai-x"
    folder.mkdir(parents=True, exist_ok=True)
    document = {"model": "openai/x", "exit_code": code, "started": started, "verdict": "regression"}
    (folder / "verdict.json").write_text(json.dumps(document))
    (folder / "summary.md").write_text("# openai/x\n\ncalls @someone\n" + "y" * 70_000)


def test_an_issue_is_opened_once_told_of_each_night_and_closed_on_recovery(
    tmp_path: Path, github: Path
) -> None:
    def issues() -> list[dict[str, Any]]:
        return json.loads((github / "issues.json").read_text())

    night = tmp_path / "night"
    verdict(night, 6, "2026-11-25")
    settle(night)
    (opened,) = issues()
    (body,) = opened["text"]
    assert "@someone" not in body
    assert len(body) < 65_536
    for _ in range(2):
        assert "has this night already" in settle(night)[0]
    verdict(night, 6, "2026-11-26")
    assert "one more night" in settle(night)[0]
    verdict(night, 4, "2026-11-27")
    assert "stays open" in settle(night)[0]
    verdict(night, 0, "2026-11-28")
    assert "is closed" in settle(night)[0]
    assert "none is needed" in settle(night)[0]
    assert [issue["open"] for issue in issues()] == [False]


def test_no_verdict_and_no_command_line_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no verdict" in settle(tmp_path)[0]
    verdict(tmp_path, 6, "2026-11-25")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RunError, match="gh"):
        settle(tmp_path)
    (tmp_path / "openai-x" / "verdict.json").write_text("{}")
    with pytest.raises(RunError, match=r"verdict\.json"):
        settle(tmp_path)


def test_the_baseline_keeps_the_last_nights_of_a_model_and_only_what_is_compared(tmp_path: Path) -> None:
    baseline = tmp_path / "baseline"
    for day in range(1, 5):
        described = about(f"2026-11-0{day}T02:00:00Z", settings={"api_base": "http://inside.example"})
        run = write_night(tmp_path / f"{day}" / "run", described)
        (run / "report.md").write_text("x")
        keep(run, baseline, 3)
    assert sorted(path.name for path in baseline.iterdir()) == ["20261102", "20261103", "20261104"]
    kept = baseline / "20261104" / "run"
    assert sorted(path.name for path in kept.iterdir()) == ["answers.jsonl", "grades.jsonl", "run.json"]
    assert "inside.example" not in (kept / "run.json").read_text()
    void = write_night(tmp_path / "void", about("2026-11-09T02:00:00Z"), (None, 1.0, 1.0, 1.0))
    with pytest.raises(RunError, match="must be whole"):
        keep(void, baseline, 3)


def git(folder: Path, *arguments: str) -> str:
    named = ("-c", "user.name=t", "-c", "user.email=t@t.invalid")
    ran = subprocess.run(
        ["git", "-C", folder, *named, *arguments], capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def test_a_proposal_is_a_branch_and_never_main(tmp_path: Path, github: Path) -> None:
    origin, clone = tmp_path / "origin.git", tmp_path / "clone"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", origin], check=True)
    subprocess.run(["git", "clone", "--quiet", origin, clone], check=True, capture_output=True)
    (clone / "nightly" / "baseline").mkdir(parents=True)
    (clone / "nightly" / "baseline" / "README.md").write_text("x")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "--message", "x")
    git(clone, "push", "--quiet", "origin", "HEAD:refs/heads/main")
    main = git(origin, "rev-parse", "main")
    night = tmp_path / "night"
    write_night(night / "good" / "fixed" / "run", about("2026-11-25T02:00:00Z"))
    (night / "good" / "verdict.json").write_text('{"exit_code": 0}')
    write_night(night / "bad" / "fixed" / "worse", about("2026-11-25T02:00:00Z", "openai/bad"))
    (night / "bad" / "verdict.json").write_text('{"exit_code": 6}')
    said = propose(night, 7, datetime.date(2026, 11, 25), clone / "nightly" / "baseline")
    assert said == "pull request of nightly-baseline-2026-11-25"
    assert git(origin, "rev-parse", "main") == main
    files = git(origin, "ls-tree", "-r", "--name-only", "nightly-baseline-2026-11-25").splitlines()
    assert "nightly/baseline/20261125/run/run.json" in files
    assert not [file for file in files if "worse" in file]
    assert (github / "calls").read_text().splitlines() == ["auth setup-git", "pr create"]


def test_the_committed_lists_are_right() -> None:
    assert {model.epochs >= 2 for model in load_models()} == {True}
    assert load_panel().seed != rotating_seed(datetime.date(2026, 11, 25)) == 20261125
    assert slug_of("openai/gpt 4:x") == "openai-gpt-4-x"


@pytest.mark.parametrize(
    "entries",
    [
        "[]",
        "{",
        '[{"model": "openai/x", "epochs": 0, "environment": "e"}]',
        '[{"model": "openai/x; rm", "epochs": 1, "environment": "e"}]',
        '[{"model": "openai/x", "epochs": true, "environment": "e"}]',
        '[{"model": "openai/x", "epochs": 1}]',
        '[{"model": "o/x", "epochs": 1, "environment": "e"}, {"model": "o-x/", "epochs": 1, "environment": "e"}, {"model": "o/x", "epochs": 2, "environment": "e"}]',
    ],
)
def test_a_broken_list_is_refused(tmp_path: Path, entries: str) -> None:
    (tmp_path / "models.json").write_text(entries)
    with pytest.raises(ModelsError, match=r"models\.json"):
        load_models(tmp_path / "models.json")
