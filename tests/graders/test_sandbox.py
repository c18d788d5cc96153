"""What a program in the box can and cannot do. Every probe is bounded, so that a broken box hurts nobody."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graders import sandbox
from graders.sandbox import Completed, Limits, SandboxMissing
from graders.tools.locate import ToolMissing
from tests.eventually import eventually

Shell = Callable[..., Completed]


def as_user(user: int, call: Callable[[], Completed]) -> Completed:
    """`call()` in a child process that has become `user`; only root can ask for that."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
            sandbox.available.cache_clear()
            os.write(writing, pickle.dumps(call()))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    result = pickle.loads(answer)
    assert isinstance(result, Completed)
    return result


def command_lines() -> str:
    return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout


def users() -> list[int]:
    """The users to be tested: the one that runs the tests, and nobody (65534) where we may become it."""
    return [0, 65534] if os.geteuid() == 0 else [os.geteuid()]


@pytest.fixture(params=users(), ids=lambda user: f"uid{user}")
def user(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def work(tmp_path: Path, user: int) -> Iterator[Path]:
    folder = Path("/tmp") / f"box-test-{os.getpid()}-{tmp_path.name}"
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(folder, user, user)
    yield folder
    subprocess.run(["rm", "-rf", str(folder)], check=True)


@pytest.fixture
def shell(user: int, work: Path) -> Shell:
    """Runs a script in a box as the user under test, with the work folder."""

    def run(script: str, **options: object) -> Completed:
        def call() -> Completed:
            return sandbox.run(["bash", "-c", script], work=work, **options)  # pyright: ignore[reportArgumentType]

        return call() if user == os.geteuid() else as_user(user, call)

    return run


def test_a_box_can_be_had_here() -> None:
    assert sandbox.available() is None


def test_code_output_and_input_come_through(shell: Shell) -> None:
    done = shell("cat; echo err >&2; exit 3", stdin="in\n")
    assert done == Completed(3, "in\n", "err\n", timed_out=False)


def test_output_that_is_not_utf8_is_replaced(shell: Shell) -> None:
    assert shell(r"printf 'a\xffb'").stdout == "a�b"


def test_the_environment_of_the_user_stays_outside(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-the-box")
    done = shell("env; cat /proc/self/environ /proc/1/environ", env={"GIVEN": "1"})
    names = {line.split("=")[0] for line in done.stdout.split("\0")[0].splitlines()}
    assert "sk-not-for-the-box" not in done.stdout
    assert names - {"PWD", "SHLVL", "_", "OLDPWD"} >= {"PATH", "HOME", "TMPDIR", "LANG", "GIVEN"}
    assert not any(name.startswith(("TF_", "PYTHON", "OPENAI")) for name in names)


def test_there_is_no_network_but_a_loopback_of_its_own(shell: Shell) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = shell(
            f"tail -n +3 /proc/net/dev; (echo > /dev/tcp/127.0.0.1/{port}) && echo LOCAL; "
            "(echo > /dev/tcp/1.1.1.1/53) && echo REMOTE"
        )
    assert [line.split(":")[0].strip() for line in done.stdout.splitlines()] == ["lo"]
    assert "Connection refused" in done.stderr
    assert "Network is unreachable" in done.stderr


def test_files_of_the_machine_cannot_be_read(shell: Shell) -> None:
    done = shell(
        f"ls -A /; ls {Path.home()} /home /etc/passwd /var /srv /sys 2>&1; ls /proc | grep -c '^[0-9]'"
    )
    top = set(done.stdout.split("ls:")[0].split())
    assert top <= {"bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "sbin", "tmp", "usr", "w"}
    assert done.stdout.count("No such file or directory") == 6
    assert int(done.stdout.split()[-1]) < 10, "sees processes of the machine"


def test_only_the_work_folder_and_tmp_can_be_written(shell: Shell, work: Path) -> None:
    (work / "given.txt").write_text("given")
    (work / "given.txt").chmod(0o644)
    done = shell(
        "pwd; cat given.txt; echo x > made.txt; echo x > $TMPDIR/made.txt && echo tmp;"
        "for f in /x /usr/x /etc/x /dev/x /proc/sys/kernel/hostname; do echo x > $f && echo WROTE $f; done"
    )
    assert done.stdout == "/w\ngiventmp\n"
    assert (work / "made.txt").read_text() == "x\n"
    assert not Path("/tmp/made.txt").exists()


def test_links_left_in_the_work_folder_are_not_followed(shell: Shell, work: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("x")
    owner = outside.stat().st_uid
    shell(f"ln -s {outside} link; ln -s {tmp_path} folder")
    assert shell("cat link").code != 0
    assert outside.stat().st_uid == owner


def test_a_program_has_no_privileges(shell: Shell) -> None:
    done = shell(
        "id -u; grep -E 'Cap(Prm|Eff|Amb|Inh)|NoNewPrivs' /proc/self/status; mount -t tmpfs none /tmp"
    )
    assert done.stdout.splitlines()[0] != "0"
    assert [line.split()[1] for line in done.stdout.splitlines()[1:]] == ["0" * 16] * 4 + ["1"]
    assert done.code != 0


def test_a_read_only_path_is_seen_at_its_place(user: int, shell: Shell) -> None:
    here = Path(__file__)
    if user != os.geteuid() and not os.access(here, os.R_OK):
        return
    done = shell(f"head -c3 {here}; echo x >> {here}", read_only=[here])
    assert done.stdout == '"""'
    assert here.read_text().endswith("x\n") is False
    assert done.code != 0


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sandbox.run(["true"], work=None, read_only=[tmp_path / "absent"])
    with pytest.raises(FileNotFoundError):
        sandbox.run(["true"], work=tmp_path / "absent")


def test_without_a_work_folder_it_runs_in_tmp() -> None:
    assert sandbox.run(["pwd"], work=None).stdout == "/tmp\n"


def test_the_process_limit_holds(shell: Shell) -> None:
    # Bounded: 60 sleepers at most, even if the limit were not there.
    done = shell("for i in $(seq 60); do sleep 2 & done; wait", limits=Limits(processes=20, seconds=10))
    assert "fork" in done.stderr
    assert done.code != 0


def test_the_memory_limit_holds(shell: Shell) -> None:
    done = shell("head -c 300000000 /dev/zero | tail -c 300000000 | wc -c", limits=Limits(memory=100_000_000))
    assert "memory exhausted" in done.stderr or "cannot allocate" in done.stderr.lower()


def test_tmp_counts_as_memory(shell: Shell) -> None:
    done = shell("head -c 60000000 /dev/zero > /tmp/big", limits=Limits(memory=100_000_000))
    assert "No space left" in done.stderr


def test_the_file_size_limit_holds_for_output_too(shell: Shell) -> None:
    limits = Limits(file_size=20_000_000, seconds=20)
    assert shell("head -c 30000000 /dev/zero > big; stat -c %s big", limits=limits).stdout == "20000000\n"
    flood = shell("exec yes", limits=limits)
    assert len(flood.stdout) == 16_000_000
    assert not flood.timed_out


def test_the_cpu_limit_holds(shell: Shell) -> None:
    begin = time.monotonic()
    done = shell("while :; do :; done", limits=Limits(cpu_seconds=1, seconds=20))
    assert done.code != 0
    assert time.monotonic() - begin < 10


def test_time_is_up_for_grandchildren_too(shell: Shell) -> None:
    mark = f"31.{os.getpid()}"
    script = f"echo begun; (setsid sleep {mark} &) ; (trap '' TERM; sleep {mark}) & sleep {mark}"
    done = shell(script, limits=Limits(seconds=3))
    assert done.timed_out
    assert done.stdout == "begun\n"
    assert eventually(lambda: mark not in command_lines())


def test_children_do_not_outlive_their_program(shell: Shell) -> None:
    mark = f"32.{os.getpid()}"
    assert not shell(f"setsid sleep {mark} >/dev/null 2>&1 & exit 0").timed_out
    assert eventually(lambda: mark not in command_lines())


def test_a_worker_answers_and_is_stopped() -> None:
    worker = sandbox.start(["cat"], work=None)
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(b"hello\n")
    worker.stdin.flush()
    assert worker.stdout.readline() == b"hello\n"
    sandbox.stop(worker)
    sandbox.stop(worker)
    assert worker.returncode == -9


def test_a_worker_that_another_thread_has_just_ended_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = sandbox.start(["cat"], work=None)
    sandbox.stop(worker)
    monkeypatch.setattr(worker, "poll", lambda: None)
    sandbox.stop(worker)


def test_a_worker_outlives_the_thread_that_started_it() -> None:
    with ThreadPoolExecutor(1) as threads:
        worker = threads.submit(sandbox.start, ["cat"], work=None).result()
    time.sleep(0.2)
    assert worker.poll() is None
    sandbox.stop(worker)


def test_a_worker_that_cannot_start_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sandbox.start(["cat"], work=None, read_only=[tmp_path / "absent"])


def test_without_bubblewrap_nothing_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def absent(name: str) -> object:
        raise ToolMissing(name, "not found", "install it")

    def refused(name: str) -> object:
        program = tmp_path / "bwrap"
        program.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
        program.chmod(0o755)
        return type("Found", (), {"path": program})()

    for locate, reason in ((absent, "missing"), (refused, "No permissions to create new namespace")):
        sandbox.available.cache_clear()
        monkeypatch.setattr(sandbox, "locate", locate)
        with pytest.raises(SandboxMissing, match=reason):
            sandbox.run(["touch", str(tmp_path / "ran")], work=None)
    monkeypatch.undo()
    sandbox.available.cache_clear()
    assert not (tmp_path / "ran").exists()
    assert sys.platform == "linux"
