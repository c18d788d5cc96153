"""Remembers the versions that programs gave, so that a start of Drydock doesn't ask them all again."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import cast


class VersionMemory:
    """Versions in one JSON file, each under its program's path, time of change (ns) and size (bytes).

    A changed program is unknown again. The memory only saves time: a broken file, or a folder that can't be
    written, is as good as an empty memory.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def recall(self, program: Path) -> str | None:
        """The version of exactly this file, or None."""
        return self._read().get(_key(program))

    def remember(self, program: Path, version: str) -> None:
        """Keeps a version; what was known of the same path before is dropped."""
        kept = {key: value for key, value in self._read().items() if not key.startswith(f"{program}|")}
        kept[_key(program)] = version
        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=self._file.parent, prefix=self._file.name)
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(kept, stream, indent=1, sort_keys=True)
            Path(draft).replace(self._file)

    def _read(self) -> dict[str, str]:
        try:
            known = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return cast(dict[str, str], known) if isinstance(known, dict) else {}


def _key(program: Path) -> str:
    state = program.stat()
    return f"{program}|{state.st_mtime_ns}|{state.st_size}"
