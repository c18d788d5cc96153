"""The simulated cloud's process: one for each process that grades, started when the first answer needs it."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.sandbox import Limits
from graders.tools.batch import Unproven
from graders.tools.json_worker import JsonWorker
from graders.tools.locate import locate

PROVIDER = "terraform-provider-aws"
_HERE = Path(__file__).parent
_MODULE = "graders.simulate.terraform.cloud"
_SOURCES = _HERE.parents[2]
# Go and gRPC reserve more addresses than they use, and have a thread for each call that waits.
_LIMITS = Limits(memory=8 * 1024**3, cpu_seconds=24 * 3600, processes=2048)
_START_SECONDS = 60.0
_SECONDS = 30.0
_ENVIRONMENT = {
    "PYTHONPATH": str(_SOURCES),
    "PYTHONDONTWRITEBYTECODE": "1",
    "GRPC_ENABLE_FORK_SUPPORT": "0",  # the provider is started again beside live gRPC threads
    "GRPC_VERBOSITY": "ERROR",
}


@dataclass(frozen=True, slots=True)
class Noted:
    """`unsettled` are the types of objects that the provider would change again and again after they were made,
    `fought` those of objects that two resources write, `gaps` what the provider has asked AWS for in vain."""

    unsettled: frozenset[str]
    fought: frozenset[str]
    gaps: tuple[str, ...]


@dataclass(slots=True)
class Session:
    """A cloud in which nothing is built yet. `sockets` is the folder (of this machine) to show to terraform's box,
    `providers` the value of TF_REATTACH_PROVIDERS there."""

    worker: JsonWorker
    name: str
    sockets: Path
    providers: dict[str, Any]

    def drift(self, attributes: Mapping[str, Mapping[str, Any]]) -> None:
        """Something else sets attributes of every object of these types; empty: back to what was applied."""
        request = {"do": "drift", "session": self.name, "set": {k: dict(v) for k, v in attributes.items()}}
        self.worker.exchange(request, _SECONDS)

    def noted(self) -> Noted:
        """What was noted since it was opened."""
        noted = self.worker.exchange({"do": "noted", "session": self.name}, _SECONDS)
        return Noted(frozenset(noted["unsettled"]), frozenset(noted["fought"]), tuple(noted["gaps"]))


@contextmanager
def session(types: set[str]) -> Generator[Session]:
    """A session for configurations and states that use these types. Raises `Unproven`, ToolMissing or SandboxMissing when it
    can't be had; one at a time for each process."""
    with _lock:
        worker = _ready_worker()
        opened = worker.exchange({"do": "open", "types": sorted(types)}, _START_SECONDS)
        sockets = _folders[0] / opened["session"]
        for provider in opened["providers"].values():
            provider["Addr"]["String"] = str(sockets / provider["Addr"]["String"])
        found = Session(worker, opened["session"], sockets, opened["providers"])
        try:
            yield found
        finally:
            if worker.alive():
                worker.exchange({"do": "close", "session": found.name}, _SECONDS)


def kill_provider() -> None:
    """End the real provider of this process's cloud as an accident would."""
    _current[0].exchange({"do": "restart"}, _SECONDS)


_lock = threading.RLock()
_current: list[JsonWorker] = []
_folders: list[Path] = []


def _ready_worker() -> JsonWorker:
    if _current and not _current[0].alive():
        dismiss()
    if not _current:
        provider = locate(PROVIDER)
        binaries = sorted(provider.path.glob("terraform-provider-aws*"))
        if not binaries:
            raise Unproven(f"there is no program in {provider.path}")
        folder = Path(tempfile.mkdtemp(prefix="cloud-"))
        folder.chmod(0o755)
        _folders.append(folder)
        python = Path(sys.executable)
        command = [str(python), "-m", _MODULE, str(binaries[0])]
        read_only = [provider.path, Path(sys.prefix), python.resolve().parent.parent, _HERE]
        worker = JsonWorker("cloud", command, read_only, _LIMITS, work=folder, env=_ENVIRONMENT)
        _current.append(worker)
    return _current[0]


@atexit.register
def dismiss() -> None:
    """End this process's cloud, if there is one."""
    for worker in _current:
        worker.stop()
        if worker.owner == os.getpid():
            for folder in _folders:
                shutil.rmtree(folder, ignore_errors=True)
    _current.clear()
    _folders.clear()
