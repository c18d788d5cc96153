"""The simulator's process: one for each process that grades, started when the first answer needs it."""

from __future__ import annotations

import atexit
import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from graders.bundle import ToolFailed
from graders.sandbox import Limits, SandboxMissing
from graders.tools.batch import Unproven
from graders.tools.json_worker import JsonWorker
from graders.tools.locate import ToolMissing, locate
from setup.node_packages import NODE_FOLDER

_SCRIPTS = Path(__file__).with_name("node")
_PACKAGES = NODE_FOLDER / "workflows" / "node_modules"
_EXPRESSIONS = _PACKAGES / "@actions" / "expressions" / "dist" / "index.js"
# V8 reserves far more addresses than it uses.
_LIMITS = Limits(memory=64 * 1024**3, cpu_seconds=3600)
_SECONDS = 30.0

_lock = threading.Lock()
_current: list[JsonWorker] = []


def ask(
    repository: Mapping[str, Any], worlds: Sequence[Mapping[str, Any]], scripts: Mapping[str, Any]
) -> list[dict[str, Any] | None]:
    """The simulator's answer for each world (see node/scheduler.mjs). Raises `ToolFailed`, after one more try with a fresh
    process, when it can't be had or ends."""
    text = json.dumps(repository, default=str)
    key = hashlib.sha256(text.encode()).hexdigest()
    request = {"key": key, "worlds": list(worlds), "scripts": dict(scripts)}
    with _lock:
        for attempt in (1, 2):
            try:
                worker = _ready_worker()
                answer = worker.exchange(request, _SECONDS)
                if answer.get("unknown"):
                    answer = worker.exchange({**request, "repository": json.loads(text)}, _SECONDS)
                return answer["runs"]
            except (Unproven, ToolMissing, SandboxMissing, ValueError, OSError) as error:
                _dismiss_all()
                if attempt == 2:
                    raise ToolFailed(f"workflow simulator: {error}") from None
    raise AssertionError("not reached")


def _ready_worker() -> JsonWorker:
    for worker in [*_current]:
        if not worker.alive():
            worker.stop()
            _current.remove(worker)
    if not _current:
        if not _EXPRESSIONS.is_file():
            raise Unproven("GitHub's expression engine is missing: run `make setup`")
        node = locate("node").path
        command = [str(node), "--max-old-space-size=512", str(_SCRIPTS / "server.mjs"), str(_EXPRESSIONS)]
        _current.append(JsonWorker("node", command, [node, _SCRIPTS, _PACKAGES], _LIMITS))
    return _current[0]


@atexit.register
def _dismiss_all() -> None:
    for worker in [*_current]:
        worker.stop()
    _current.clear()
