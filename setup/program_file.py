"""Puts a program where Drydock looks for it, out of an archive or a folder."""

from __future__ import annotations

import os
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import IO

from setup.problem import SetupProblem


def install_from_archive(archive: Path, member: str, target: Path) -> None:
    """Makes the one file called `member`, in any folder of a .zip or .tar.gz, the program `target`.

    Only that file is read: no path of the archive is ever used as a path here.
    """
    if archive.suffix == ".zip":
        with (
            zipfile.ZipFile(archive) as content,
            content.open(_only(content.namelist(), member, archive)) as stream,
        ):
            install_program(stream, target)
        return
    with tarfile.open(archive) as content:
        stream = content.extractfile(_only(content.getnames(), member, archive))
        if stream is None:
            raise SetupProblem(f"{member} in {archive.name} is no file")
        install_program(stream, target)


def install_program(stream: IO[bytes], target: Path) -> None:
    """Writes an executable file in one move, so that one that runs at the moment is not disturbed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as file:
            shutil.copyfileobj(stream, file)
        draft.chmod(0o755)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _only(names: list[str], member: str, archive: Path) -> str:
    found = [name for name in names if name.rsplit("/", 1)[-1] == member]
    if len(found) != 1:
        raise SetupProblem(f"{archive.name} holds {len(found)} files called {member}, expected is one")
    return found[0]
