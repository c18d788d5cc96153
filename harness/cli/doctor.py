"""`drydock doctor`: every tool, its version and place, what it grades, what to do if it is missing."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass

import click

from graders.tools.locate import Installation, ToolMissing, every_tool
from setup.places import ROOT
from setup.tool import known_tools

EXIT_MISSING = 5

_LOG_WIDTH = 160


@dataclass(frozen=True, slots=True)
class Examination:
    """What the doctor found of one tool; `problem` and `remedy` are set where it can't grade as it is."""

    name: str
    version: str | None
    path: str | None
    grades: tuple[str, ...]
    problem: str | None = None
    remedy: str | None = None


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of a table.")
def command(as_json: bool) -> None:
    """Say which tools are here, in which version, what each grades, and what to do about a missing one.

    Exit codes: 0 all is there, 5 a tool is missing or does not work here.

    The JSON document has the keys `complete`, `python` and `tools`; each tool has `name`, `version`, `path`,
    `grades`, `problem` and `remedy`, null where there is nothing to say.
    """
    examinations = examine()
    complete = all(examination.problem is None for examination in examinations)
    if as_json:
        tools = [asdict(examination) for examination in examinations]
        document = {"complete": complete, "python": sys.version.split()[0], "tools": tools}
        click.echo(json.dumps(document, indent=2))
    else:
        _print_table(examinations)
    if not complete:
        raise SystemExit(EXIT_MISSING)


def examine() -> list[Examination]:
    """Looks at every tool of tools.toml, in the order of that file."""
    return [_examine(found) for found in every_tool()]


def _examine(found: Installation | ToolMissing) -> Examination:
    tool = known_tools()[found.name]
    if isinstance(found, ToolMissing):
        return Examination(found.name, None, None, tool.grades, found.reason, found.remedy)
    problem, remedy = _cannot_isolate(found) if found.name == "bwrap" else (None, None)
    return Examination(found.name, found.version, str(found.path), tool.grades, problem, remedy)


def _cannot_isolate(bwrap: Installation) -> tuple[str, str] | tuple[None, None]:
    """The problem and the remedy where this machine lets bubblewrap make no sandbox.

    It is tried each time, since that hangs on the kernel's settings and not on the program.
    """
    attempt = [str(bwrap.path), "--unshare-all", "--ro-bind", "/", "/", "true"]
    ran = subprocess.run(attempt, capture_output=True, text=True, timeout=20, check=False)
    if ran.returncode == 0:
        return None, None
    said = ran.stderr.strip().splitlines()
    return (
        f"makes no sandbox here ({said[-1] if said else f'exit status {ran.returncode}'})",
        "allow user namespaces, as docs/setup.md says; without a sandbox no tool reads an answer's files",
    )


def _print_table(examinations: list[Examination]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("tool", no_wrap=True)
    table.add_column("version", no_wrap=True)
    table.add_column("grades")
    table.add_column("found at", overflow="fold")
    for item in examinations:
        style = "red" if item.problem else None
        place = (item.path or "-").removeprefix(f"{ROOT}/")
        table.add_row(item.name, item.version or "missing", ", ".join(item.grades), place, style=style)
    # A log has no width of its own: there no path is broken.
    console = Console(markup=False, highlight=False, width=None if sys.stdout.isatty() else _LOG_WIDTH)
    console.print(table)
    for item in examinations:
        if item.problem:
            console.print(f"{item.name}: {item.problem}.\n  Remedy: {item.remedy}.", soft_wrap=True)
    if all(item.problem is None for item in examinations):
        console.print(f"All {len(examinations)} tools are here (Python {sys.version.split()[0]}).")
