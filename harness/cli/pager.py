"""Output that may be longer than the screen: through the user's pager on a terminal, plainly everywhere else."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Generator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

# A log or a pipe has no width of its own.
_PLAIN_WIDTH = 160


@contextlib.contextmanager
def pager(wanted: bool) -> Generator[Console, None, None]:
    """A console. On a terminal its output goes through $PAGER, else `less`, at the end of the block; without `wanted`, or
    where standard input or output is no terminal, it is printed at once.

    `less` shows colours and ends by itself when all fits on the screen, unless $LESS says otherwise.
    """
    from rich.console import Console

    if not (wanted and sys.stdout.isatty() and sys.stdin.isatty()):
        yield Console(highlight=False, width=None if sys.stdout.isatty() else _PLAIN_WIDTH)
        return
    console = Console(highlight=False)
    with console.capture() as captured:
        yield console
    os.environ.setdefault("LESS", "-FRX")
    click.echo_via_pager(captured.get().removesuffix("\n"))
