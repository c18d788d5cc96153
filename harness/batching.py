"""Answers wait a moment for each other, since tools are cheap in batches."""

from __future__ import annotations

import asyncio
from collections import deque

from graders.examine import Examination, Examined
from harness.workers import Graders

LARGEST_BATCH = 16
# How long the first answer waits for company, in seconds: far below what one tool's start costs.
PATIENCE = 0.05


class Batcher:
    """Gathers examinations and grades them in `workers` batches at a time."""

    def __init__(self, graders: Graders, workers: int) -> None:
        self._graders = graders
        self._workers = workers
        self._waiting: deque[tuple[Examination, asyncio.Future[Examined]]] = deque()
        self._busy: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def examine(self, examination: Examination) -> Examined:
        """Wait for the findings of one answer."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[Examined] = loop.create_future()
        self._waiting.append((examination, result))
        if self._timer is None:
            self._timer = loop.call_later(PATIENCE, self._start_batches)
        return await result

    def _start_batches(self) -> None:
        self._timer = None
        while self._waiting and len(self._busy) < self._workers:
            free = self._workers - len(self._busy)
            size = min(LARGEST_BATCH, -(-len(self._waiting) // free))
            batch = [self._waiting.popleft() for _ in range(size)]
            task = asyncio.get_running_loop().create_task(self._grade(batch))
            self._busy.add(task)
            task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._start_batches()

    async def _grade(self, batch: list[tuple[Examination, asyncio.Future[Examined]]]) -> None:
        examinations = [examination for examination, _ in batch]
        try:
            results = await asyncio.to_thread(self._graders.grade, examinations)
        except BaseException as error:  # noqa: BLE001 - handed on to whoever waits
            for _, waiting in batch:
                if not waiting.done():
                    waiting.set_exception(error)
            return
        for (_, waiting), result in zip(batch, results, strict=True):
            if not waiting.done():
                waiting.set_result(result)
