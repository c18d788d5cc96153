"""Seconds and memory for one answer and oracle, alone and with every core busy: `python -m benchmarks.oracles [ORACLE…]`.

Graded are the accepted and careless answers of all cases that ask an oracle, with the oracle's rules alone, one answer at a
time in a process that is warm (it has graded the same cases with other parameters before).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from graders.examine import Examination, examine
from graders.facts import Assignment
from graders.kinds import RULES
from harness.corpus import draw, load_corpus
from harness.grading import examination

# What an answer may take on an idle core, in seconds.
BOUNDS = {"alerts": 1.0, "routing": 1.0, "workflows": 1.0, "terraform": 3.0, "access": 1.0}
_ALERTS = {"ALR-02", "ALR-18", "ALR-20", *(f"ALR-{number:02}" for number in range(5, 14))}
_TERRAFORM_CLOUD = "terraform-cloud"


def oracle_of(rule: str) -> str | None:
    """The oracle that answers a rule; None for a rule that reads or lints."""
    if rule in _ALERTS:
        return "alerts"
    if rule.startswith("ALM"):
        return "routing"
    if "node" in RULES[rule].tools:
        return "workflows"
    if _TERRAFORM_CLOUD in RULES[rule].tools:
        return "terraform"
    if rule in ("IAC-13", "IAC-14") or rule.startswith(("RBAC", "VLT", "NET")):
        return "access"
    return None


def main() -> None:
    """Print a line for each oracle; the exit code is 1 when the median of one is above its bound on an idle core."""
    asked = sys.argv[1:] or list(BOUNDS)
    late = False
    print(
        f"{'oracle':10} {'answers':>7}  {'alone: median':>13} {'max':>6} {'memory':>9}  busy: median    max     s an answer"
    )
    for oracle in asked:
        alone = _measured(oracle, 1)
        busy = _measured(oracle, os.cpu_count() or 1)
        seconds = alone[0]["seconds"]
        if not seconds:
            print(f"{oracle:10} no case asks it")
            continue
        late |= statistics.median(seconds) > BOUNDS[oracle]
        crowded = [second for each in busy for second in each["seconds"]]
        print(
            f"{oracle:10} {len(seconds):7}  {statistics.median(seconds):11.2f} s {max(seconds):5.2f}s "
            f"{alone[0]['memory'] / 2**20:5.0f} MiB  {statistics.median(crowded):10.2f} s {max(crowded):5.2f}s "
            f"{sum(crowded) / len(crowded):11.2f}"
        )
    sys.exit(1 if late else 0)


def _measured(oracle: str, at_once: int) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "benchmarks.oracles", "--worker", oracle]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(at_once)]
    return [json.loads(each.communicate()[0]) for each in running]


def worker(oracle: str) -> None:
    """Grade every answer by itself and print the seconds of each and the most memory of the process and its children."""
    for other in _examinations(oracle, seed=2):
        examine([other])
    seconds: list[float] = []
    memory = [0]
    with _Watching(memory):
        for each in _examinations(oracle, seed=1):
            started = time.perf_counter()
            found = examine([each])[0]
            seconds.append(time.perf_counter() - started)
            errors = [finding.error for finding in found.findings if finding.outcome == "grader_error"]
            assert not errors, errors
    print(json.dumps({"seconds": seconds, "memory": memory[0]}))


def _examinations(oracle: str, seed: int) -> Iterator[Examination]:
    corpus = load_corpus([Path("cases")])
    for id in corpus.ids:
        variant = draw(corpus.case(id), seed)
        assignment = _only(oracle, variant.assignment)
        careless = [variant.case.careless] if variant.case.careless else []
        for recording in (*variant.case.accepted, *careless) if assignment.rules else ():
            yield examination(variant.text_of(recording), assignment)


def _only(oracle: str, assignment: Assignment) -> Assignment:
    return replace(assignment, rules=tuple(each for each in assignment.rules if oracle_of(each.id) == oracle))


class _Watching:
    """Samples the resident memory of this process and all below it; shared pages count once for each process."""

    def __init__(self, most: list[int]) -> None:
        self._most, self._done = most, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        own = psutil.Process()
        while not self._done.wait(0.05):
            self._most[0] = max(self._most[0], sum(map(_resident, [own, *own.children(recursive=True)])))


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


if __name__ == "__main__":
    run: Callable[[], None] = (lambda: worker(sys.argv[2])) if sys.argv[1:2] == ["--worker"] else main
    run()
