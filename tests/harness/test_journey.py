"""The whole journey through the command line: prompt to report, over real HTTP, killed and resumed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from harness.corpus import draw, load_corpus
from harness.prompt import first_messages
from tests.harness import warm
from tests.harness.corpus_folder import WORKFLOW, write_corpus
from tests.servers.openai_server import Faults, OpenAIServer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ANSWER = (
    "`.github/workflows/test.yml`\n```yaml\n"
    + WORKFLOW.replace("⟦cap⟧", "10").replace("⟦service⟧", "x")
    + "```\n"
)


def command(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).parent / "drydock"), *arguments]


def run(*arguments: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
    return warm.run(arguments, ROOT, environment(), timeout)


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
    return {**kept, "COLUMNS": "200"}


def eval_arguments(folder: Path, *more: str) -> list[str]:
    corpus = folder / "corpus"
    if not corpus.exists():
        write_corpus(corpus, cases=6)
    return [
        "eval",
        "--corpus",
        str(corpus),
        "--case",
        "area/*",
        "--runs",
        str(folder / "runs"),
        "--json",
        "--workers",
        "1",
        *more,
    ]


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    file = next((folder / "runs").glob(f"*/{name}"))
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_replays_give_one_and_exactly_the_declared_failures(tmp_path: Path) -> None:
    done = run(*eval_arguments(tmp_path))
    assert done.returncode == 0, done.stderr
    reference, careless = json.loads(done.stdout)
    assert reference["score"] == 1.0
    assert reference["score_interval"][0] < 1.0
    assert reference["ship_rate"] == 1.0
    assert reference["grader_errors"] == careless["grader_errors"] == []
    failed = {finding["rule"] for finding in careless["findings"] if finding["outcome"] == "fail"}
    assert failed == {"GHA-02", "GHA-14"}
    places = {
        (v["file"], v["line"]) for f in careless["findings"] if f["rule"] == "GHA-14" for v in f["violations"]
    }
    assert {file for file, _ in places} == {".github/workflows/test.yml"}
    assert all(line for _, line in places)
    folder = Path(reference["run"])
    assert "score 1.000" in (folder / "report.md").read_text()
    table: Any = import_module("pyarrow.parquet").read_table(folder / "results.parquet")
    assert set(table.column("outcome").to_pylist()) == {"pass"}
    assert table.num_rows == 6 * 5


def test_faults_of_a_server_lose_no_sample(tmp_path: Path) -> None:
    with OpenAIServer(Faults(p429=0.2, p500=0.1, broken=0.1, latency=0.02), ANSWER) as server:
        arguments = eval_arguments(
            tmp_path, "--model", "openai/mock", "--api-base", server.url, "--epochs", "2"
        )
        done = run(*arguments)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["samples"]["graded"] == 12
        asked = server.log.requests
        again = run(*arguments)
        assert again.returncode == 0
        assert server.log.requests == asked, "a stored answer was asked for again"
    assert json.loads(again.stdout)["findings"] == json.loads(done.stdout)["findings"]
    assert len(rows(tmp_path, "grades.jsonl")) == 12, "a stored grade was made again"


def test_the_corpus_through_a_faulty_server_scores_what_its_recordings_score(tmp_path: Path) -> None:
    """Cases of every area by a real model path: each accepted answer must arrive whole and keep its 1.000. That all
    accepted answers score that much is test_corpus.py's."""
    variants = [draw(case, 1) for case in load_corpus([ROOT / "cases"]).cases[::4]]
    chosen = [word for variant in variants for word in ("--case", variant.case.id)]
    by_prompt = {first_messages(variant, None)[0]["content"]: variant for variant in variants}

    def answer(messages: list[dict[str, str]]) -> str:
        asked = [message["content"] for message in messages if message["role"] == "user"]
        variant = by_prompt[asked[0]]
        return variant.text_of(variant.case.accepted[0])[len(asked) - 1]

    faults = Faults(p429=0.1, p500=0.1, broken=0.1, ends_early=0.05, latency=0.02, chunk=400)
    with OpenAIServer(faults, answer) as server:
        to_server = ["--model", "openai/mock", "--api-base", server.url]
        done = run("eval", "--runs", str(tmp_path), "--json", *to_server, *chosen)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["samples"]["graded"] == len(variants)
    assert document["grader_errors"] == []
    assert document["score"] == 1.0


@pytest.mark.parametrize(
    ("faults", "text", "status"),
    [
        (Faults(finish="length"), "Here is the workflow", "truncated"),
        (Faults(), "", "empty"),
        (Faults(refusal="I would rather not."), "", "refused"),
        (Faults(finish="content_filter"), "", "filtered"),
    ],
)
def test_replies_without_files_are_graded_and_get_no_points(
    faults: Faults, text: str, status: str, tmp_path: Path
) -> None:
    with OpenAIServer(faults, text) as server:
        done = run(*eval_arguments(tmp_path, "--model", "openai/mock", "--api-base", server.url))
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["samples"]["statuses"] == {status: 6}
    assert document["score"] == 0.0


def test_a_hanging_server_leaves_samples_unanswered_and_the_run_invalid(tmp_path: Path) -> None:
    with OpenAIServer(Faults(hang=1.0), ANSWER) as server:
        done = run(
            *eval_arguments(tmp_path, "--model", "openai/mock", "--api-base", server.url, "--timeout", "1"),
            timeout=120,
        )
    assert done.returncode == 4, done.stderr
    document = json.loads(done.stdout)
    assert document["samples"]["statuses"] == {"unanswered": 6}
    assert "6 unanswered: no complete reply within 1 s" in done.stderr
    assert (document["score"], document["valid"]) == (None, False)
    assert (document["score_if_void_samples_fail"], document["score_if_void_samples_pass"]) == (0.0, 1.0)


def test_killed_half_way_the_same_command_repeats_only_what_was_in_flight(tmp_path: Path) -> None:
    in_flight = 4
    with OpenAIServer(Faults(latency=0.3), ANSWER) as server:
        arguments = eval_arguments(
            tmp_path, "--model", "openai/mock", "--api-base", server.url,
            "--epochs", "5", "--concurrency", str(in_flight),
        )  # fmt: skip
        victim = subprocess.Popen(
            command(*arguments), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment(),
            start_new_session=True,
        )  # fmt: skip
        wait_until(lambda: server.log.answered >= 10, victim)
        os.killpg(victim.pid, signal.SIGKILL)
        victim.wait()
        done = run(*arguments)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["samples"]["graded"] == 30
        assert server.log.requests <= 30 + in_flight
    samples = [row["sample"] for row in rows(tmp_path, "answers.jsonl")]
    assert len(samples) == len(set(samples)) == 30


def test_ctrl_c_stops_with_three_and_the_same_command_goes_on(tmp_path: Path) -> None:
    with OpenAIServer(Faults(latency=0.3), ANSWER) as server:
        arguments = eval_arguments(
            tmp_path,
            "--model",
            "openai/mock",
            "--api-base",
            server.url,
            "--epochs",
            "5",
            "--concurrency",
            "4",
        )
        victim = subprocess.Popen(
            command(*arguments),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        wait_until(lambda: server.log.answered >= 10, victim)
        victim.send_signal(signal.SIGINT)
        _, said = victim.communicate(timeout=60)
        assert victim.returncode == 3, said
        assert "the same command goes on from here" in said
        wait_for_idle(server)
        done = run(*arguments)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["samples"]["graded"] == 30


def test_two_processes_on_one_run_are_refused(tmp_path: Path) -> None:
    with OpenAIServer(Faults(latency=1.0), ANSWER) as server:
        arguments = eval_arguments(
            tmp_path,
            "--model",
            "openai/mock",
            "--api-base",
            server.url,
            "--epochs",
            "20",  # longer than the second process takes to start on a busy machine
            "--concurrency",
            "1",
        )
        first = subprocess.Popen(
            command(*arguments),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment(),
        )
        wait_until(lambda: server.log.answered >= 1, first)
        second = run(*arguments)
        first.send_signal(signal.SIGINT)
        first.wait(timeout=60)
    assert second.returncode == 5
    assert f"another process (pid {first.pid})" in second.stderr


def test_a_budget_stops_cleanly(tmp_path: Path) -> None:
    with OpenAIServer(Faults(), ANSWER) as server:
        arguments = eval_arguments(
            tmp_path,
            "--model",
            "openai/gpt-4o",
            "--api-base",
            server.url,
            "--max-cost",
            "0.05",
            "--concurrency",
            "1",
        )
        server.faults.models = ("gpt-4o",)
        done = run(*arguments)
    assert done.returncode == 3, done.stderr
    document = json.loads(done.stdout)
    assert 0 < document["samples"]["graded"] < 6
    assert document["samples"]["missing"] == 6 - document["samples"]["graded"]
    assert 0.05 <= document["cost"] < 0.10


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--model", "gpt4o"], 5, "gpt4o"),
        (["--model", "openai/gpt-4o"], 5, "OPENAI_API_KEY"),
        (["--model", "openai/x", "--api-base", "http://127.0.0.1:9/v1"], 5, "127.0.0.1:9"),
        (["--model", "replay/nothing"], 5, "replay/reference"),
        (["--case", "nothing/*"], 5, "drydock cases list"),
        (["--persona", "nowhere.md"], 5, "nowhere.md"),
        (["--corpus", "nowhere"], 5, "nowhere"),
        (["--without", "hammer"], 2, "hammer"),
        (["--extra", "{"], 2, "not JSON"),
        (["--extra", '{"messages": []}'], 2, "can't set messages"),
        (["--max-tokens", "9000"], 5, "context limit of 8192"),
        (["--runs", "/proc/nowhere"], 5, "cannot be written"),
    ],
)
def test_what_can_be_mended_is_one_clear_line_and_no_call(
    arguments: list[str], code: int, says: str, tmp_path: Path
) -> None:
    done = run(*eval_arguments(tmp_path, *arguments))
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("runs/*/answers.jsonl"))


def test_grading_again_from_the_answers_alone_gives_the_same_findings(tmp_path: Path) -> None:
    first = run(*eval_arguments(tmp_path, "--model", "replay/careless"))
    document = json.loads(first.stdout)
    again = run("grade", document["run"], "--corpus", str(tmp_path / "corpus"), "--json")
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["findings"] == document["findings"]


def test_show_puts_findings_under_the_lines_they_speak_of(tmp_path: Path) -> None:
    document = json.loads(run(*eval_arguments(tmp_path, "--model", "replay/careless")).stdout)
    shown = run("show", document["run"], "area/case-3").stdout.splitlines()
    note = next(number for number, line in enumerate(shown) if "^ GHA-14" in line)
    above = next(line for line in reversed(shown[:note]) if "^" not in line)
    assert re.match(r"\s+\d+    test:", above)
    listed = run("show", document["run"], "--failed").stdout
    assert listed.count("GHA-14") == 6


def wait_until(condition: Any, process: subprocess.Popen[Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert process.poll() is None, "the command ended too early"
        assert time.monotonic() < end, "the command took too long"
        time.sleep(0.02)


def wait_for_idle(server: OpenAIServer, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while server.log.in_flight and time.monotonic() < end:
        time.sleep(0.05)
    assert server.log.in_flight == 0, "a call that was interrupted still holds its slot"
