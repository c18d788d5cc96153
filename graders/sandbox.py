"""The one way in which a program may read the files of an answer: inside a bubblewrap box.

The box has no network but a loopback of its own, no file of this machine but read-only programs, an empty
environment, and limits on time, memory, processes and file size. As root the program runs under an
unprivileged user id of its own, since neither the process limit nor file permissions hold for root; a user
who is not root gets a user namespace instead.
"""

from __future__ import annotations

import functools
import os
import secrets
import select
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import IO

from graders.tools.locate import ToolMissing, locate

WORK = "/w"
"""Where the work folder is seen from inside the box."""
TEMPORARY = "/tmp"  # noqa: S108 (of the box: memory that ends with it)
"""The writable folder for temporary files inside the box."""

_OUTPUT_BYTES = 16_000_000
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32", "/etc/alternatives")
# systemd keeps this range for users that exist only while a service runs, so nobody's files belong to it.
_BOX_USERS = range(61_184, 65_520)


@dataclass(frozen=True, slots=True)
class Limits:
    """`seconds` of wall clock for a whole run (`start` sets none), `processes` of a box, threads included;
    the others hold for each process: `memory` and `file_size` in bytes, `cpu_seconds` of processor time. All
    files in `/tmp` together may hold `memory` / 4."""

    seconds: float = 30.0
    memory: int = 2 * 1024**3
    file_size: int = 100_000_000
    processes: int = 256
    cpu_seconds: int = 60


@dataclass(frozen=True, slots=True)
class Completed:
    """How a program ended. `code` is negative after a signal or a timeout; each output is cut at 16 MB."""

    code: int
    stdout: str
    stderr: str
    timed_out: bool


class SandboxMissing(Exception):
    """There is no box on this machine; the text says why. Nothing of an answer may run without it."""


def run(
    command: Sequence[str],
    *,
    work: Path | None,
    read_only: Sequence[Path] = (),
    placed: Mapping[str, Path] | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    limits: Limits = Limits(),
) -> Completed:
    """Run `command` in a box until it ends or its time is up; then nothing that it started is left.

    `work` is bound to `/w`, writable, and is the working folder (without it: `/tmp`); as root its files are
    given to the user of the box. `read_only` paths are seen at their own place, the programs of `placed` at
    that of their key, in the stead of what the system has there. `env` is the whole environment beside PATH,
    HOME, TMPDIR and LANG. Raises SandboxMissing, and FileNotFoundError for a path that is not there.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryFile() as given:
        # Files, not pipes: a flood ends at the file size limit, and no reader thread has to keep up with it.
        given.write((stdin or "").encode())
        given.seek(0)
        process = _spawn(command, work, read_only, placed or {}, env or {}, limits, given, out, err)
        try:
            timed_out = not _ends(process, limits.seconds)
        finally:
            stop(process)
        return Completed(process.returncode, _text(out), _text(err), timed_out)


def _ends(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the end, at most so long. `Popen.wait` with a timeout would look only every 50 ms."""
    handle = os.pidfd_open(process.pid)
    try:
        waiting = select.poll()
        waiting.register(handle, select.POLLIN)
        return bool(waiting.poll(seconds * 1000))
    finally:
        os.close(handle)


def start(
    command: Sequence[str],
    *,
    work: Path | None,
    read_only: Sequence[Path] = (),
    env: Mapping[str, str] | None = None,
    limits: Limits = Limits(),
) -> subprocess.Popen[bytes]:
    """Start a long-lived worker in the same box as `run`, with pipes as stdin and stdout and no stderr.

    The caller watches the clock and ends it with `stop`; it never outlives this process.
    """
    started: SimpleQueue[subprocess.Popen[bytes] | BaseException] = SimpleQueue()

    def keep() -> None:
        # bwrap dies with the thread that started it, so that thread stays until the worker has ended.
        pipe = subprocess.PIPE
        try:
            process = _spawn(command, work, read_only, {}, env or {}, limits, pipe, pipe, subprocess.DEVNULL)
        except BaseException as error:  # noqa: BLE001 (raised again in the caller's thread)
            started.put(error)
            return
        started.put(process)
        with suppress(ChildProcessError):  # the caller has seen its end already
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)

    threading.Thread(target=keep, name="sandbox", daemon=True).start()
    result = started.get()
    if isinstance(result, BaseException):
        raise result
    return result


def stop(process: subprocess.Popen[bytes]) -> None:
    """Kill a box with everything in it, and wait for its end. Does nothing when it has ended."""
    if process.poll() is None:
        # The box's first process dies with bwrap, and the kernel then kills all others of its namespace.
        # A watchdog's thread may have ended it since it was asked.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@functools.cache
def available() -> str | None:
    """None when a box can be had, else why not, in one line. Tried once in a process."""
    try:
        probe = subprocess.run(
            _box(["true"], None, (), {}, {}, Limits()),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=30,
            check=False,
        )
    except ToolMissing as missing:
        return f"bubblewrap is missing: {missing}"
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bubblewrap does not start: {error}"
    if probe.returncode == 0:
        return None
    said = probe.stderr.strip().splitlines()
    reason = said[-1] if said else f"exit code {probe.returncode}"
    return f"bubblewrap cannot make a box (are user namespaces forbidden?): {reason}"


def _spawn(
    command: Sequence[str],
    work: Path | None,
    read_only: Sequence[Path],
    placed: Mapping[str, Path],
    env: Mapping[str, str],
    limits: Limits,
    stdin: int | IO[bytes],
    stdout: int | IO[bytes],
    stderr: int | IO[bytes],
) -> subprocess.Popen[bytes]:
    reason = available()
    if reason is not None:
        raise SandboxMissing(reason)
    line = _box(command, work, read_only, placed, env, limits)
    return subprocess.Popen(line, stdin=stdin, stdout=stdout, stderr=stderr, env={}, start_new_session=True)


def _box(
    command: Sequence[str],
    work: Path | None,
    read_only: Sequence[Path],
    placed: Mapping[str, Path],
    env: Mapping[str, str],
    limits: Limits,
) -> list[str]:
    """The whole command line: bwrap, then (as root) the change of user, then the limits, then the command."""
    line = [
        str(locate("bwrap").path),
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        "--cap-drop",
        "ALL",
    ]
    user: list[str] = []
    if os.geteuid() == 0:
        # A user namespace would not free root from being root where processes are counted.
        number = _BOX_USERS[secrets.randbelow(len(_BOX_USERS))]
        line += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
        line += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
        user = ["/usr/bin/setpriv", f"--reuid={number}", f"--regid={number}", "--clear-groups"]
        user += ["--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
        if work is not None:
            _give(work, number)
    else:
        line += ["--unshare-all", "--unshare-user", "--disable-userns"]
    line += [*_system(), "--proc", "/proc", "--dev", "/dev"]
    line += ["--size", str(limits.memory // 4), "--perms", "1777", "--tmpfs", TEMPORARY]
    for path in read_only:
        line += _bind(path)
    for place, path in placed.items():
        line += ["--ro-bind", str(path.resolve(strict=True)), place]
    if work is not None:
        line += ["--bind", str(work.resolve(strict=True)), WORK]
    line += ["--remount-ro", "/dev", "--remount-ro", "/"]
    known = {"PATH": "/usr/bin:/bin", "HOME": TEMPORARY, "TMPDIR": TEMPORARY, "LANG": "C.UTF-8"}
    for name, value in {**known, **env}.items():
        line += ["--setenv", name, value]
    # Set inside the box: there the process limit counts the box's own processes, not all that the user has.
    held = ["/usr/bin/prlimit", f"--as={limits.memory}", f"--cpu={limits.cpu_seconds}"]
    held += [f"--fsize={limits.file_size}", f"--nproc={limits.processes}", "--nofile=1024", "--core=0"]
    folder = WORK if work is not None else TEMPORARY
    return [*line, "--", *user, *held, "/usr/bin/env", f"--chdir={folder}", *command]


def _system() -> Iterator[str]:
    """The system's programs and libraries, read-only; links such as /lib -> usr/lib stay links."""
    for folder in _SYSTEM:
        if os.path.islink(folder):
            yield from ("--symlink", os.readlink(folder), folder)
        elif os.path.isdir(folder):
            yield from _bind(Path(folder))


def _bind(path: Path) -> Iterator[str]:
    """`path` at its own place. Its parents are made one by one, else bwrap makes them open to root only."""
    place = Path(os.path.abspath(path))
    for parent in reversed(place.parents[:-1]):
        yield from ("--dir", str(parent))
    yield from ("--ro-bind", str(path.resolve(strict=True)), str(place))


def _give(work: Path, user: int) -> None:
    """Make all of `work` the box user's. Links are not followed: an earlier box may have left some."""
    os.chown(work, user, user, follow_symlinks=False)
    for _, folders, files, descriptor in os.fwalk(work, follow_symlinks=False):
        for name in (*folders, *files):
            os.chown(name, user, user, dir_fd=descriptor, follow_symlinks=False)


def _text(output: IO[bytes]) -> str:
    output.seek(0)
    return output.read(_OUTPUT_BYTES).decode(errors="replace")
