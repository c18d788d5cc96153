"""A long-lived program in the sandbox that answers one JSON line with another."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from graders import sandbox
from graders.sandbox import Limits
from graders.tools.batch import Unproven


class JsonWorker:
    """One process, which answers one request at a time: `{"id": n, …}` with `{"id": n, …}`, or with `error`."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        read_only: Sequence[Path],
        limits: Limits,
        *,
        work: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        """`name` is the program's in messages. Raises what `sandbox.start` raises."""
        self.name = name
        self.owner = os.getpid()
        self.process = sandbox.start(command, work=work, read_only=read_only, env=env, limits=limits)
        self._numbers = count()

    def alive(self) -> bool:
        """Whether it can be asked: not after its end, nor in a process that was forked from its owner."""
        return self.owner == os.getpid() and self.process.poll() is None

    def stop(self) -> None:
        """End it, unless it is another process's."""
        if self.owner == os.getpid():
            sandbox.stop(self.process)

    def exchange(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """The answer to a request, without its id. Raises `Unproven` when none comes in time, or a wrong one."""
        number = next(self._numbers)
        answer: dict[str, Any] = json.loads(
            self._line(json.dumps({"id": number, **request}).encode() + b"\n", seconds)
        )
        if answer.pop("id") != number:
            raise Unproven("the worker answered another question")
        if "error" in answer:
            raise Unproven(f"{self.name} failed: {answer['error']}")
        return answer

    def _line(self, request: bytes, seconds: float) -> bytes:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            sandbox.stop(self.process)

        watchdog = threading.Timer(seconds, expire)
        watchdog.daemon = True
        watchdog.start()
        try:
            self.process.stdin.write(request)
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            watchdog.cancel()
        if not line.endswith(b"\n"):
            raise Unproven("timed out" if expired.is_set() else "the worker died")
        return line
