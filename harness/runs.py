"""A run's directory: rows appended and flushed, never rewritten; every figure is computed from them.

`run.json` says what the run is, `answers.jsonl` holds one row a sample that was asked, `grades.jsonl` one a sample that
was graded. The last row of a sample counts. A killed run loses at most the row being written.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, TextIO

Row = dict[str, Any]

RUN, ANSWERS, GRADES, LOCK = "run.json", "answers.jsonl", "grades.jsonl", ".lock"


class RunError(Exception):
    """A run that cannot be read, written or entered; the message says which and what to do."""


def identity(parts: Row) -> str:
    """Eight hex digits over what makes the answers of a run what they are."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=True).encode()).hexdigest()[:8]


class Run:
    """One run's directory, open for reading; `writing()` opens it for appending."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, TextIO] = {}

    @property
    def about(self) -> Row:
        """What `run.json` says. Raises `RunError`."""
        path = self.folder / RUN
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise RunError(
                f"{self.folder}: is no run (it has no {RUN}); `ls runs/` shows what is there"
            ) from None
        except (OSError, ValueError) as error:
            raise RunError(f"{path}: cannot be read: {error}") from None

    def answers(self) -> dict[str, Row]:
        """The last answer of each sample, by sample id."""
        return {row["sample"]: row for row in _rows(self.folder / ANSWERS)}

    def grades(self) -> dict[str, Row]:
        """The last grade of each sample, by sample id."""
        return {row["sample"]: row for row in _rows(self.folder / GRADES)}

    @contextlib.contextmanager
    def writing(self, about: Row | None = None) -> Generator[Run, None, None]:
        """Hold the run for this process alone, cut torn last lines off, and write `run.json` when `about` is new.

        Raises `RunError` when another process holds the run or the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = (self.folder / LOCK).open("a+")
        except OSError as error:
            raise RunError(
                f"{self.folder}: cannot be written: {error.strerror}; --runs FOLDER puts it elsewhere"
            ) from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                lock.seek(0)
                holder = lock.read().strip() or "unknown"
                raise RunError(
                    f"{self.folder}: another process (pid {holder}) works on this run; wait for it, or stop it first"
                ) from None
            try:
                lock.truncate(0)
                lock.write(str(os.getpid()))
                lock.flush()
                if about is not None:
                    self._describe(about)
                for name in (ANSWERS, GRADES):
                    _cut_torn_line(self.folder / name)
                    self._files[name] = (self.folder / name).open("a", encoding="utf-8")
            except OSError as error:
                raise RunError(f"{self.folder}: cannot be written: {error.strerror}") from None
            try:
                yield self
            finally:
                for file in self._files.values():
                    with contextlib.suppress(OSError):
                        file.close()
                self._files.clear()

    def _describe(self, about: Row) -> None:
        """Write `run.json`. Going on with a run keeps when it started; what grades it may have changed since."""
        known = self.about if (self.folder / RUN).exists() else {}
        described = {**about, **({"started": known["started"]} if "started" in known else {})}
        if described != known:
            _write_whole(self.folder / RUN, json.dumps(described, indent=2, ensure_ascii=False) + "\n")

    def append_answer(self, row: Row) -> None:
        """Append and flush one answer. Raises `RunError` when the disk takes it not (what stands before stays whole)."""
        self._append(ANSWERS, row)

    def append_grade(self, row: Row) -> None:
        """Append and flush one grade. Raises `RunError` as `append_answer`."""
        self._append(GRADES, row)

    def _append(self, name: str, row: Row) -> None:
        file = self._files[name]
        try:
            # A lone surrogate in a reply must not tear the row: JSON escapes it.
            line = json.dumps(row, ensure_ascii=False)
            line.encode("utf-8")
        except UnicodeEncodeError:
            line = json.dumps(row, ensure_ascii=True)
        try:
            file.write(line + "\n")
            file.flush()
        except OSError as error:
            raise RunError(
                f"{self.folder / name}: cannot be written: {error.strerror}; what was written before is kept. "
                "Make room, then give the same command again: it goes on from here"
            ) from None


def _rows(path: Path) -> Iterator[Row]:
    if not path.exists():
        return
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    return  # torn by a kill; the next writer cuts it off
                try:
                    row = json.loads(line)
                    row["sample"]
                except (ValueError, KeyError, TypeError) as error:
                    raise RunError(f"{path}:{number}: is no row of a run: {error}") from None
                yield row
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror}") from None


def _cut_torn_line(path: Path) -> None:
    if not path.exists() or path.stat().st_size == 0:
        return
    with path.open("rb+") as file:
        content = file.read()
        if not content.endswith(b"\n"):
            file.truncate(content.rfind(b"\n") + 1)


def _write_whole(path: Path, text: str) -> None:
    beside = path.with_suffix(".tmp")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
