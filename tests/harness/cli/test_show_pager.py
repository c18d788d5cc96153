"""The pager of `drydock show`, on a terminal of its own."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from setup.places import ROOT
from tests.reports.trend.nights import about, write_night


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return write_night(tmp_path / "runs/x__aaaa1111", about("2026-11-01T02:00:00Z"))


@pytest.fixture
def marking_pager(tmp_path: Path) -> str:
    program = tmp_path / "mypager"
    program.write_text("#!/bin/sh\necho PAGED BY MINE\ncat\n")
    program.chmod(0o755)
    return str(program)


def on_a_terminal(arguments: list[str], **variables: str) -> str:
    """What `drydock` with these arguments writes to a terminal; 40 × 120 characters."""
    environment = {
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        **variables,
    }
    command = [sys.executable, "-m", "harness.cli.main", "show", *arguments]
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    with subprocess.Popen(
        command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        written = bytearray()
        with contextlib.suppress(OSError):  # Linux says so when the other side has closed
            while chunk := os.read(ours, 65536):
                written += chunk
        process.wait(timeout=30)
    os.close(ours)
    assert process.returncode == 0, written
    return written.decode()


def test_a_terminal_gets_the_users_pager(run: Path, marking_pager: str) -> None:
    written = on_a_terminal([str(run)], PAGER=marking_pager)
    assert "PAGED BY MINE" in written
    assert "iac/keys@1#1" in written


def test_less_is_told_to_show_colours_and_to_end_when_all_fits(run: Path, tmp_path: Path) -> None:
    less = tmp_path / "bin/less"
    less.parent.mkdir()
    less.write_text('#!/bin/sh\necho "LESS is $LESS"\ncat\n')
    less.chmod(0o755)
    path = f"{less.parent}:{os.environ['PATH']}"
    written = on_a_terminal([str(run), "iac/state"], PATH=path)
    assert "LESS is -FRX" in written
    assert "\x1b[31m" in written, "the note under the line is red"
    assert "the state has no lock" in written
    assert "LESS is -S" in on_a_terminal([str(run), "iac/state"], PATH=path, LESS="-S")


def test_no_pager_prints_at_once_in_colour(run: Path, marking_pager: str) -> None:
    written = on_a_terminal([str(run), "iac/state", "--no-pager"], PAGER=marking_pager)
    assert "PAGED BY MINE" not in written
    assert "\x1b[31m" in written


def test_no_color_is_kept(run: Path) -> None:
    assert "\x1b[31m" not in on_a_terminal([str(run), "iac/state", "--no-pager"], NO_COLOR="1")


def test_an_error_is_not_paged(tmp_path: Path, marking_pager: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli.main", "show", str(tmp_path / "none")],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "PAGER": marking_pager},
    )  # fmt: skip
    assert done.returncode == 5
    assert done.stdout == ""


def test_a_pipe_gets_plain_text(run: Path, marking_pager: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "harness.cli.main", "show", str(run), "iac/state"],
        cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "PAGER": marking_pager},
    )  # fmt: skip
    assert "PAGED" not in done.stdout
    assert "\x1b" not in done.stdout
