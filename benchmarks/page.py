"""Size, time to build and time to open of the HTML report of 20 models × 100 cases with answers of 10 kB, about five
failed rules each. Run from the repository's root: `python -m benchmarks.page [FILE]`; needs a Chromium on PATH.

The text is made of passages of the corpus' own answers in random order, one line in ten changed by a random number.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from reports.comparison.comparison import Comparison, Difference, Entry, Stability
from reports.page import write_page
from reports.statistics.intervals import Interval
from setup.browser import bring_browser

MODELS, CASES, SIZE, RULES = 20, 100, 10_000, 24
AREAS = ("iac", "kubernetes", "observability", "pipelines")
CONSTRAINTS = (
    "validity",
    "intent",
    "least_privilege",
    "secret_hygiene",
    "reproducible",
    "rollback_dr",
    "runbook",
    "cost",
)


def main() -> None:
    """Prints one line a figure, and whether the bounds (10 MB, 2 s) are kept."""
    with tempfile.TemporaryDirectory() as folder:
        compared = comparison(Path(folder), random.Random(1))
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "page.html"
        begin = time.perf_counter()
        write_page(compared, path)
        built = time.perf_counter() - begin
        size = path.stat().st_size / 1e6
        opened, evidence = time_to_open(path)
        left_out = re.search(r"The text of (\d+) answers", path.read_text())
    print(f"size {size:.2f} MB (bound 10), built in {built:.1f} s")
    print(f"answers without their text: {left_out[1] if left_out else 0} of {MODELS * CASES}")
    print(f"opened in {opened:.2f} s (bound 2), evidence in {evidence:.2f} s more")
    sys.exit(0 if size < 10 and opened < 2 else 1)


def time_to_open(path: Path) -> tuple[float, float]:
    """Seconds to the load event in a fresh Chromium (the middle of three), and to one answer behind a number."""
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    times: list[tuple[float, float]] = []
    with sync_playwright() as playwright:
        for _ in range(3):
            browser = playwright.chromium.launch(executable_path=bring_browser(), args=options)
            page = browser.new_page()
            begin = time.perf_counter()
            page.goto(path.resolve().as_uri())
            page.locator("#verdict").wait_for()
            opened = time.perf_counter() - begin
            page.evaluate("location.hash = document.querySelector('#failures .place a').hash")
            page.locator("#evidence .current").first.wait_for()
            times.append((opened, time.perf_counter() - begin - opened))
            browser.close()
    return sorted(times)[1]


def comparison(folder: Path, dice: random.Random) -> Comparison:
    """The synthetic comparison; its runs are written below `folder`."""
    lines = [
        line
        for path in sorted(Path("cases").glob("*/*/accepted/*.md"))
        for line in path.read_text().split("\n")
    ]
    entries = [entry(folder / f"run{number}", number, lines, dice) for number in range(MODELS)]
    names = [each.name for each in entries]
    pairs = [(one, two) for number, one in enumerate(names) for two in names[number + 1 :]]
    differences = [
        difference(one, two, measure, dice)
        for measure in ("score", *(f"constraint {name}" for name in CONSTRAINTS))
        for one, two in pairs
    ]
    stability = [Stability("all rules equal", dict.fromkeys(names, 0.5), names, 0.98)]
    return Comparison(entries, differences, stability, 0.05, ["Synthetic data."], [f"{names[0]} is ahead."])


def difference(one: str, two: str, measure: str, dice: random.Random) -> Difference:
    value, p = dice.uniform(-0.2, 0.3), dice.uniform(0, 0.1)
    return Difference(one, two, measure, value, (value - 0.1, value + 0.1), None, p, p, measure, CASES)


def entry(folder: Path, number: int, lines: list[str], dice: random.Random) -> Entry:
    answers: list[dict[str, Any]] = []
    grades: list[dict[str, Any]] = []
    for case in range(CASES):
        answers.append(answer(f"{AREAS[case % 4]}/case-{case}@1#1", lines, dice))
        grades.append(grade(answers[-1], dice, 0.1 + 0.015 * number))
    about: dict[str, Any] = {
        "model": {"name": f"vendor/model-{number}-2026-10-01"},
        "persona": {"name": "devops-engineer", "version": "1.0", "hash": "0" * 64},
        "corpus": {"hash": "0" * 64, "cases": [row["case"] for row in grades]},
        "samples": [row["sample"] for row in answers],
        "tools": {"actionlint": "1.17.0"},
        "contract": "1",
        "seed": 1,
        "epochs": 1,
        "grader": "g",
        "rules": [],
        "without": [],
        "litellm": "1",
        "revision": "r",
        "started": "2026-11-25",
    }
    folder.mkdir()
    (folder / "run.json").write_text(json.dumps(about))
    for name, rows in (("answers.jsonl", answers), ("grades.jsonl", grades)):
        (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    mean = sum(row["score"] for row in grades) / CASES
    score = Interval(mean, mean - 0.05, mean + 0.05)
    judged: dict[str, list[bool]] = {}
    for row in grades:
        for finding in row["findings"]:
            judged.setdefault(finding["rule"], []).append(finding["outcome"] == "pass")
    return Entry(
        name=about["model"]["name"],
        folder=folder,
        about=about,
        grades=grades,
        answers=answers,
        score=score,
        ship_rate=score,
        constraints=dict.fromkeys(CONSTRAINTS, score),
        areas=dict.fromkeys(AREAS, score),
        rules={rule: (sum(passes), len(passes)) for rule, passes in judged.items()},
        cases={row["case"]: row["score"] for row in grades},
        pass_at={1: mean},
        pass_all={1: mean},
        cost_per_1000=1.3**number,
        tokens=2500.0,
        latency=(10.0, 30.0),
        on_front=number % 4 == 0,
        rank=(number + 1, number + 1),
    )


def answer(sample: str, lines: list[str], dice: random.Random) -> dict[str, Any]:
    text: list[str] = []
    length = 0
    while length < SIZE:
        begin = dice.randrange(len(lines))
        for line in lines[begin : begin + dice.randrange(2, 20)]:
            text.append(f"{line[:20]} {dice.randrange(10**6)}" if dice.random() < 0.1 else line)
            length += len(text[-1]) + 1
    turn = {
        "text": "\n".join(text),
        "status": "answered",
        "seconds": 9.0,
        "cost": 0.01,
        "completion_tokens": 2500,
        "error": None,
    }
    return {"sample": sample, "status": "answered", "turns": [turn]}


def grade(answered: dict[str, Any], dice: random.Random, failing: float) -> dict[str, Any]:
    case = answered["sample"].partition("@")[0]
    lines = answered["turns"][0]["text"].count("\n")
    findings: list[dict[str, Any]] = []
    for rule in sorted(dice.sample(range(60), RULES)):
        failed = dice.random() < failing
        message = f"resource {dice.randrange(10**6)} grants {dice.choice(CONSTRAINTS)} to everyone, which the card forbids"
        findings.append(
            {
                "rule": f"GHA-{rule:02}",
                "outcome": "fail" if failed else "pass",
                "severity": "CHML"[rule % 4],
                "constraint": CONSTRAINTS[rule % 8],
                "version": 1,
                "advisory": False,
                "gated_by": None,
                "error": None,
                "violations": [{"file": "deploy/main.yaml", "line": 9, "message": message}] if failed else [],
            }
        )
    score = sum(finding["outcome"] == "pass" for finding in findings) / RULES
    file = {"path": "deploy/main.yaml", "kind": "kubernetes", "turn": 0, "line": 3, "lines": lines - 5}
    return {
        "sample": answered["sample"],
        "case": case,
        "cluster": case,
        "area": case.split("/")[0],
        "grader": "g",
        "graded": True,
        "score": score,
        "ungated": score,
        "ships": score == 1,
        "contract_kept": True,
        "artifacts": [file | {"whole": True, "asked": True}],
        "findings": findings,
    }


if __name__ == "__main__":
    main()
