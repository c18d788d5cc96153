"""The journey of a sample: variant, messages, answer, artifacts, findings, grade, appended to the run.

Nothing else knows the whole way. Graders know no model, models know no grader, reports read runs only.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from graders.facts import Assignment
from harness.batching import Batcher
from harness.grading import examination_of, grade_row
from harness.models import BudgetSpent, Model, Reply, Unreachable
from harness.persona import Persona
from harness.plan import Sample, room_for_a_turn, without_tools
from harness.prompt import first_messages, next_messages
from harness.runs import Row, Run, RunError

ENDS_A_DIALOGUE = frozenset({"unanswered", "filtered"})


@dataclass(slots=True)
class Evaluation:
    """One run in progress. `report(row)` is called with each row that is stored; `stopped` says why it ended early."""

    run: Run
    model: Model
    batcher: Batcher
    persona: Persona | None
    max_tokens: int
    concurrency: int
    grader: str
    without: frozenset[str]
    report: Callable[[Row], None]
    stopped: str | None = None
    _grading: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    async def evaluate(self, samples: Sequence[Sample]) -> None:
        """Take every sample the whole way; what the run already holds is not asked for and not graded again."""
        answers, grades = self.run.answers(), self.run.grades()
        waiting = iter(samples)
        failure: Exception | None = None

        async def take_samples() -> None:
            for sample in waiting:
                answer = answers.get(sample.id)
                grade = grades.get(sample.id)
                if answer is None or answer["status"] == "unanswered":
                    try:
                        answer = await self._answer(sample)
                    except BudgetSpent as spent:  # calls in flight end and are kept; no new one starts
                        self.stopped = str(spent)
                        return
                elif grade is not None and grade["grader"] == self.grader:
                    continue
                self._start(self._grade(sample, answer))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(self.concurrency, len(samples))):
                    group.create_task(take_samples())
        except* (Unreachable, RunError) as failed:  # what a user can mend, as one clear line
            failure = failed.exceptions[0]
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*self._grading)
        if failure is not None:
            raise failure

    async def _answer(self, sample: Sample) -> Row:
        """Ask turn by turn, and store what came back."""
        row = await ask(self.model, sample, self.persona, self.max_tokens)
        self.run.append_answer(row)
        self.report(row)
        return row

    async def _grade(self, sample: Sample, answer: Row) -> None:
        """Take the files out, examine them, score the findings, and store the grade."""
        if answer["status"] == "unanswered":
            return
        assignment: Assignment = without_tools(sample.variant.assignment, self.without)
        examined = await self.batcher.examine(examination_of(answer, assignment))
        row = grade_row(answer, sample.variant, assignment, examined, self.grader)
        self.run.append_grade(row)
        self.report(row)

    def _start(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._grading.add(task)
        task.add_done_callback(self._grading.discard)


async def ask(model: Model, sample: Sample, persona: Persona | None, max_tokens: int) -> Row:
    """Ask turn by turn. Gives the answer as one line of `answers.jsonl`; `max_tokens` is the room of the whole sample."""
    variant = sample.variant
    messages = first_messages(variant, persona)
    replies: list[Reply] = []
    for number, turn in enumerate((None, *variant.turns)):
        if turn is not None:
            messages = next_messages(messages, replies[-1].text, turn)
        room = room_for_a_turn(variant, max_tokens)
        replies.append(await model.ask(sample.id, number, messages, max_tokens=room))
        if replies[-1].status in ENDS_A_DIALOGUE:
            break
    return answer_row(sample, replies)


def answer_row(sample: Sample, replies: Sequence[Reply]) -> Row:
    """One line of `answers.jsonl`. The status of a dialogue is that of its first turn that was not simply answered."""
    turns: list[dict[str, Any]] = [
        {
            "text": reply.text,
            "status": reply.status,
            "model": reply.model,
            "finish_reason": reply.finish_reason,
            "prompt_tokens": reply.prompt_tokens,
            "completion_tokens": reply.completion_tokens,
            "reasoning_tokens": reply.reasoning_tokens,
            "cost": reply.cost,
            "seconds": round(reply.seconds, 4),
            "first_token_seconds": reply.first_token_seconds,
            "attempts": reply.attempts,
            "error": reply.error,
        }
        for reply in replies
    ]
    statuses = [reply.status for reply in replies]
    status = next((s for s in statuses if s in ENDS_A_DIALOGUE), None) or next(
        (s for s in statuses if s != "answered"), "answered"
    )
    variant = sample.variant
    return {
        "sample": sample.id,
        "case": variant.case.id,
        "cluster": variant.case.cluster,
        "area": variant.case.area,
        "seed": variant.seed,
        "epoch": sample.epoch,
        "status": status,
        "turns": turns,
    }
