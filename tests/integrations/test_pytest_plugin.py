"""The plugin as a team uses it: pytest in a folder of its own, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ONE = ["--drydock-case", "kubernetes/network-segments"]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_own.py").write_text("def test_own(): pass\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_without_a_model_there_is_nothing_but_options(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 0
    assert "1 passed" in done.stdout
    probe = "import sys, integrations.pytest_plugin as p; print(any(m in sys.modules for m in ('harness', 'graders', 'litellm')))"
    assert (
        subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout
        == "False\n"
    )


@pytest.mark.slow
def test_an_accepted_answer_passes_and_a_careless_one_says_why(tmp_path: Path) -> None:
    assert "2 passed" in run(tmp_path, "--drydock-model", "replay/reference", *ONE).stdout
    careless = run(tmp_path, "--drydock-model", "replay/careless", *ONE, "--junitxml", "out.xml")
    assert careless.returncode == 1
    assert "1 failed, 1 passed" in careless.stdout
    assert "NET-02 network/policies.yaml:" in careless.stdout
    assert "Traceback" not in careless.stdout
    case = ElementTree.parse(tmp_path / "out.xml").find(".//testcase[@classname='drydock']")
    assert case is not None
    assert case.get("name") == "kubernetes/network-segments@1#1"
    properties = {each.get("name"): each.get("value") for each in case.iter("property")}
    assert 0 < float(properties["drydock_score"] or 0) < 1
    assert "drydock_constraint_least_privilege" in properties


@pytest.mark.slow
def test_a_threshold_and_two_workers(tmp_path: Path) -> None:
    done = run(tmp_path, "-n", "2", "--drydock-model", "replay/careless", *ONE, "--drydock-threshold", "0.2")
    assert "2 passed" in done.stdout


@pytest.mark.slow
def test_no_reply_is_an_error_and_no_failure(tmp_path: Path) -> None:
    recording = tmp_path / "answers" / "kubernetes"
    recording.mkdir(parents=True)
    (recording / "other.md").write_text("an answer to another case\n")
    done = run(tmp_path, "--drydock-model", f"replay/{tmp_path}/answers", *ONE)
    assert "1 passed, 1 error" in done.stdout
    assert "unanswered" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--drydock-model", "replay/nothing-here"], "replay/nothing-here"),
        (["--drydock-model", "replay/careless", "--drydock-case", "none/*"], "none/*"),
        (["--drydock-model", "replay/careless", "--drydock-threshold", "7"], "between 0 and 1"),
    ],
)
def test_bad_input_is_one_clear_line(tmp_path: Path, arguments: list[str], says: str) -> None:
    done = run(tmp_path, *arguments)
    assert done.returncode != 0
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
