"""Versions of programs: reading one out of what a program prints, and comparing it with an accepted range."""

from __future__ import annotations

import operator
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

_SECONDS = 20
_NUMBER = re.compile(r"(?<![\w.])v?(\d+(?:\.\d+)+)")
_BOUND = re.compile(r"(>=|<=|==|<|>)\s*(\d+(?:\.\d+)*)")
_COMPARE = {">=": operator.ge, "<=": operator.le, "==": operator.eq, "<": operator.lt, ">": operator.gt}


def read_version(output: str) -> str | None:
    """The first dotted number that a program printed, without a leading `v`; None if it printed none."""
    match = _NUMBER.search(output)
    return match.group(1) if match else None


def accepted(version: str, accept: str) -> bool:
    """Whether a dotted version satisfies every bound of a range such as `>=1.11,<1.12`; "" accepts all.

    Missing parts count as zero (`1.11` is `1.11.0`).
    """
    bounds = [part.strip() for part in accept.split(",") if part.strip()]
    return all(_within(version, bound) for bound in bounds)


def ask_version(program: Path, arguments: Sequence[str]) -> str | None:
    """The version that a program gives when it is asked; None if it doesn't run, fails or names none."""
    # Nothing of the user's environment: it may hold keys, and settings that let a program call its vendor.
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "CHECKPOINT_DISABLE": "1"}
    try:
        ran = subprocess.run(
            [program, *arguments],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            env=environment,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return read_version(ran.stdout + ran.stderr) if ran.returncode == 0 else None


def _within(version: str, bound: str) -> bool:
    match = _BOUND.fullmatch(bound)
    if match is None:
        raise ValueError(f"not a version bound: {bound!r}")
    left, right = _parts(version), _parts(match.group(2))
    width = max(len(left), len(right))
    pad = (0,) * width
    return _COMPARE[match.group(1)]((left + pad)[:width], (right + pad)[:width])


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
