"""The command line in a process of its own that need not import everything first.

LiteLLM takes some three seconds to import, and a journey starts the command several times. Here the commands are forked
from one process that has imported it (multiprocessing's fork server, one for each process of tests); each has its own
memory, working directory, environment and exit code, as a command that a shell starts. What is about the start of the
process itself (signals, kills) starts the installed script instead.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from harness.cli.main import main

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["tests.harness.warm_imports"])


def run(
    arguments: tuple[str, ...], folder: Path, environment: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """What `drydock ARGUMENTS` in this folder prints and returns. Raises `TimeoutExpired`, as subprocess does."""
    with tempfile.TemporaryDirectory() as scratch:
        out, err = Path(scratch, "out"), Path(scratch, "err")
        process = _SERVER.Process(target=_command, args=(arguments, folder, dict(environment), out, err))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(["drydock", *arguments], timeout)
        return subprocess.CompletedProcess(
            ["drydock", *arguments], process.exitcode, out.read_text(), err.read_text()
        )


def _command(
    arguments: tuple[str, ...], folder: Path, environment: dict[str, str], out: Path, err: Path
) -> None:
    for descriptor, file in ((1, out), (2, err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[:] = ["drydock", *arguments]
    main()
