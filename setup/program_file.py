"""Puts a program where Drydock looks for it, out of an archive or a folder."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import IO

from setup.problem import SetupProblem


def is_from(target: Path, origin: str) -> bool:
    """Whether the program `target` is here already and was taken from this origin."""
    note = _note(target)
    return os.access(target, os.X_OK) and note.exists() and note.read_text(encoding="utf-8") == origin


def install_from_archive(archive: Path, member: str, target: Path, origin: str) -> None:
    """Makes the one file called `member`, in any folder of a .zip or .tar.gz, the program `target`.

    Only that file is read: no path of the archive is ever used as a path here.
    """
    if archive.suffix == ".zip":
        with (
            zipfile.ZipFile(archive) as content,
            content.open(_only(content.namelist(), member, archive)) as stream,
        ):
            install_program(stream, target, origin)
        return
    with tarfile.open(archive) as content:
        stream = content.extractfile(_only(content.getnames(), member, archive))
        if stream is None:
            raise SetupProblem(f"{member} in {archive.name} is no file")
        install_program(stream, target, origin)


def install_program(stream: IO[bytes], target: Path, origin: str) -> None:
    """Writes an executable file in one move, so that one that runs at the moment is not disturbed.

    `origin`, one line that names package or release and version, is noted beside it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            shutil.copyfileobj(stream, file)
        draft.chmod(0o755)
        _note(target).unlink(missing_ok=True)
        draft.replace(target)
        _note(target).write_text(origin, encoding="utf-8")
    finally:
        draft.unlink(missing_ok=True)


def _note(target: Path) -> Path:
    return target.with_name(f"{target.name}.origin")


def _only(names: list[str], member: str, archive: Path) -> str:
    found = [name for name in names if name.rsplit("/", 1)[-1] == member]
    if len(found) != 1:
        raise SetupProblem(f"{archive.name} holds {len(found)} files called {member}, expected is one")
    return found[0]
