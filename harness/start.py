"""Start a run, or go on with one: everything that can be wrong is found before the first call is paid for."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path

from graders.facts import Assignment
from harness.batching import Batcher
from harness.corpus import Corpus, Variant
from harness.corpus.case import case_hashes, hash_of
from harness.evaluate import Evaluation
from harness.models import Budget, Model, Settings
from harness.models.recordings import Recording, find
from harness.persona import Persona
from harness.plan import (
    PlanError,
    Sample,
    check_context,
    choose_variants,
    find_tools,
    grader_version,
    without_tools,
)
from harness.progress import Progress
from harness.prompt import CONTRACT_VERSION
from harness.reference import RECORDINGS, CorpusRecording
from harness.runs import Row, Run, identity
from harness.workers import Graders, dask_graders, local_graders


@dataclass(frozen=True, slots=True)
class Order:
    """What the user asked for: one run of one model."""

    settings: Settings
    persona: Persona | None
    corpus: Corpus
    only: tuple[str, ...] = ()
    seed: int = 1
    epochs: int = 1
    max_cost: float | None = None
    without: frozenset[str] = field(default_factory=frozenset[str])
    workers: int = 2
    executor: str | None = None
    runs: Path = Path("runs")


def evaluate_order(order: Order) -> tuple[Run, str | None]:
    """Carry out one order. Returns its run and why it stopped early (None when it is complete).

    Raises `PlanError` or `Unreachable` before any call is made, `RunError` when the run's folder fails.
    """
    variants = choose_variants(order.corpus, order.seed, order.only)
    assignments = [without_tools(variant.assignment, order.without) for variant in variants]
    tools = find_tools(assignments)
    check_context(variants, order.persona, order.settings.model, order.settings.max_tokens)
    recording = recording_of(order.settings, variants, order.runs)
    samples = [Sample(variant, epoch) for epoch in range(1, order.epochs + 1) for variant in variants]
    about = _about(order, samples, assignments, tools)
    run = Run(order.runs / _name(order, about))
    return run, asyncio.run(_open_and_evaluate(order, run, samples, recording, about))


async def _open_and_evaluate(
    order: Order, run: Run, samples: list[Sample], recording: Recording | None, about: Row
) -> str | None:
    """A model that cannot be reached is found before anything is written."""
    spent = sum(turn["cost"] or 0.0 for row in run.answers().values() for turn in row["turns"])
    budget = Budget(order.max_cost, spent) if order.max_cost is not None else None
    model = await Model.open(order.settings, recording, budget)
    try:
        graders = _graders(order)
        try:
            with run.writing(about):
                return await _evaluate(order, run, samples, model, graders, about["grader"])
        finally:
            graders.close()
    finally:
        await model.close()


async def _evaluate(
    order: Order, run: Run, samples: list[Sample], model: Model, graders: Graders, grader: str
) -> str | None:
    answered, grades = run.answers(), run.grades()
    done = sum(1 for row in answered.values() if row["status"] != "unanswered")
    graded = sum(1 for row in grades.values() if row["grader"] == grader)
    with Progress(
        order.settings.model, len(samples), done, graded, lambda: model.limiter.waiting_for
    ) as progress:
        evaluation = Evaluation(
            run=run,
            model=model,
            batcher=Batcher(graders, order.workers),
            persona=order.persona,
            max_tokens=order.settings.max_tokens,
            concurrency=order.settings.concurrency,
            grader=grader,
            without=order.without,
            report=progress.stored,
        )
        return await _until_interrupted(evaluation, samples)


def _graders(order: Order) -> Graders:
    if order.executor is None:
        return local_graders(order.workers)
    try:
        return dask_graders(order.executor)
    except (OSError, ValueError) as error:
        raise PlanError(
            f"--executor {order.executor}: no Dask scheduler answers there ({error}); start one with `dask scheduler`"
        ) from None


async def _until_interrupted(evaluation: Evaluation, samples: list[Sample]) -> str | None:
    """Ctrl-C and SIGTERM stop asking; what was answered stays, and the same command goes on from there."""
    work = asyncio.ensure_future(evaluation.evaluate(samples))
    loop = asyncio.get_running_loop()
    interrupted = False

    def interrupt() -> None:
        nonlocal interrupted
        interrupted = True
        work.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupt)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await work
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
    return "interrupted" if interrupted else evaluation.stopped


def recording_of(settings: Settings, variants: list[Variant], runs: Path) -> Recording | None:
    """The recording behind `replay/…`: of the corpus, of an earlier run, or of a folder; None for any other model.

    Raises `Unreachable`.
    """
    if not settings.replays:
        return None
    by_id = {variant.id: variant for variant in variants}
    known = {
        name.removeprefix("replay/"): lambda name=name: CorpusRecording(name, by_id) for name in RECORDINGS
    }
    return find(settings.model.removeprefix("replay/"), known, runs)


def _about(order: Order, samples: list[Sample], assignments: list[Assignment], tools: dict[str, str]) -> Row:
    settings, persona = order.settings, order.persona
    asked = sorted(
        {sample.variant.case.id: sample.variant.case for sample in samples}.values(), key=lambda case: case.id
    )
    return {
        "model": {
            "name": settings.model,
            "api_base": settings.api_base,
            "temperature": settings.temperature,
            "max_tokens": settings.max_tokens,
            "reasoning_tokens": settings.reasoning_tokens,
            "seed": settings.seed,
            "extra": dict(settings.extra),
        },
        "persona": persona
        and {
            "name": persona.name,
            "version": persona.version,
            "hash": persona.hash,
            "context_limit": persona.context_limit,
        },
        "corpus": {
            "hash": hash_of(asked),
            "cases": [case.id for case in asked],
            "case_hashes": case_hashes(asked),
        },
        "contract": CONTRACT_VERSION,
        "seed": order.seed,
        "epochs": order.epochs,
        "samples": [sample.id for sample in samples],
        "grader": grader_version(assignments, tools),
        "rules": sorted({rule.id for assignment in assignments for rule in assignment.rules}),
        "without": sorted(order.without),
        "tools": tools,
        "litellm": metadata.version("litellm"),
        "revision": _revision(),
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def _name(order: Order, about: Row) -> str:
    """The same command gives the same folder, so giving it again goes on with the run."""
    makes_the_answers = {
        key: about[key] for key in ("model", "persona", "contract", "seed", "epochs", "samples")
    }
    # The hash of each case says nothing that the hash of all does not.
    makes_the_answers["corpus"] = {key: about["corpus"][key] for key in ("hash", "cases")}
    card = order.persona.name if order.persona else "none"
    model = "".join(c if c.isalnum() or c in ".-" else "-" for c in order.settings.model)[:60]
    return f"{model}__{card}__seed{order.seed}__{identity(makes_the_answers)}"


def _revision() -> str | None:
    root = Path(__file__).resolve().parent.parent
    try:
        found = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607 - git is found as the user would find it
            capture_output=True, text=True, timeout=10, check=True, env={"PATH": os.environ.get("PATH", "")},
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip()


def with_model(order: Order, model: str) -> Order:
    """The same order for another model."""
    return replace(order, settings=replace(order.settings, model=model))


def exit_code(stopped: str | None, invalid: bool) -> int:
    """0 done, 3 stopped by budget or interrupt, 4 done but invalid."""
    return 3 if stopped else 4 if invalid else 0
