"""Where grading runs: worker processes of this machine, or those of a Dask cluster.

A parser in C can crash or hang on a stranger's text. A worker that dies takes its batch with it: the batch is then
graded answer by answer in new workers, and the answer that kills its worker again is a `grader_error`.
"""

from __future__ import annotations

import concurrent.futures
import faulthandler
import multiprocessing
import resource
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from graders.examine import Examination, Examined, examine
from graders.finding import Finding
from graders.garbage import collect_seldom
from graders.kinds import RULES

SECONDS_FOR_A_BATCH = 600
MEMORY_OF_A_WORKER = 6 * 1024**3


def local_graders(workers: int) -> Graders:
    """Worker processes of this machine, started fresh (no state of the caller is inherited)."""
    return Graders(lambda: _local_executor(workers))


def dask_graders(address: str) -> Graders:
    """The workers of the Dask cluster whose scheduler listens at `address` (tcp://host:port). Raises `OSError`."""
    from distributed import Client

    client: Any = Client(address, set_as_default=False)
    return Graders(client.get_executor, client.close)


def _local_executor(workers: int) -> Executor:
    return concurrent.futures.ProcessPoolExecutor(
        max_workers=workers, mp_context=multiprocessing.get_context("spawn"), initializer=_prepare_worker
    )


class Graders:
    """Batches of answers go in, `Examined` come out, whatever happens to the workers."""

    def __init__(
        self, make_executor: Callable[[], Executor], close: Callable[[], object] | None = None
    ) -> None:
        """`close` is called in the end, for what the executors stand on."""
        self._make = make_executor
        self._close = close
        self._executor = make_executor()
        self._renewing = threading.Lock()

    def grade(self, batch: Sequence[Examination]) -> list[Examined]:
        """Grade a batch and wait for it; called from threads. When its worker dies, each answer is graded alone."""
        executor = self._executor
        try:
            return executor.submit(grade_batch, list(batch)).result()
        except BrokenProcessPool:
            with self._renewing:
                if self._executor is executor:
                    executor.shutdown(wait=False, cancel_futures=True)
                    self._executor = self._make()
            return list(self._one_by_one(batch))

    def _one_by_one(self, batch: Sequence[Examination]) -> Iterator[Examined]:
        for examination in batch:
            try:
                with _local_executor(1) as alone:
                    yield alone.submit(grade_batch, [examination]).result()[0]
            except BrokenProcessPool:
                yield _killed(examination)

    def close(self) -> None:
        self._executor.shutdown(wait=True)
        if self._close is not None:
            self._close()


def grade_batch(batch: list[Examination]) -> list[Examined]:
    """What a worker does. A batch that takes too long ends the worker (the watchdog is a thread of C, so a parser that
    never returns does not stop it)."""
    faulthandler.dump_traceback_later(SECONDS_FOR_A_BATCH, exit=True)
    try:
        return examine(batch)
    finally:
        faulthandler.cancel_dump_traceback_later()


def _killed(examination: Examination) -> Examined:
    reason = "the grader's process died on this answer"
    findings: list[Any] = []
    for applied in examination.assignment.rules:
        outcome = "grader_error" if applied.applies else "not_applicable"
        findings.append(Finding(applied.id, RULES[applied.id].version, outcome, outcome, error=reason))
    return Examined(tuple(findings), (), {})


def _prepare_worker() -> None:
    collect_seldom()
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C is the caller's to handle: what is being graded ends in peace
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_OF_A_WORKER, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
