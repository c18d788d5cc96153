"""The runs below a folder: what was asked of whom, and what came out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.runs import RUN, Run, RunError
from reports.figures import interval, samples
from reports.listing.selection import near
from reports.listing.style import Line, Style
from reports.status import Status, status_of
from reports.summary import Summary, summarise

_STYLES: dict[Status, Style] = {"invalid": "note", "unfinished": "error", "no grades": "error"}


def find_run(given: Path, runs: Path) -> Path:
    """The run's folder, by its path, its name below `runs`, or the one beginning or end of a name there (`c6cb67c7`).

    Raises `RunError`.
    """
    if (given / RUN).is_file() or given.is_dir():
        return given
    folders = {str(file.parent.relative_to(runs)): file.parent for file in sorted(runs.rglob(RUN))}
    word = str(given)
    if word in folders:
        return folders[word]
    matches = [name for name in folders if name.startswith(word) or name.endswith(word)]
    if len(matches) == 1:
        return folders[matches[0]]
    if matches:
        raise RunError(
            f"{given}: {len(matches)} runs in {runs} begin or end so: {', '.join(matches[:4])}; say more of its name"
        )
    raise RunError(
        f"{given}: there is no such run{near(word.removeprefix(f'{runs}/'), list(folders))}; "
        "`drydock show` lists those in runs/, `drydock show --runs DIR` others"
    )


def run_lines(runs: Path) -> Iterator[Line]:
    """Two lines a run, the newest first; then what cannot be read. Raises `RunError` when there is none."""
    found: list[tuple[str, Path, Summary]] = []
    unreadable: list[str] = []
    for file in sorted(runs.rglob(RUN)):
        try:
            summary = summarise(Run(file.parent))
            found.append((str(summary.about.get("started", "")), file.parent, summary))
        except RunError as error:
            unreadable.append(str(error))
        except (KeyError, TypeError, AttributeError) as error:
            unreadable.append(f"{file.parent}: is no whole run ({type(error).__name__}: {error})")
    if not found and not unreadable:
        raise RunError(f"{runs}: there is no run in it; `drydock eval` makes one, --runs DIR looks elsewhere")
    for started, folder, summary in sorted(found, key=lambda run: (run[0], str(run[1])), reverse=True):
        yield "turn", str(folder)
        yield from _about(started, summary)
    for reason in unreadable:
        yield "error", f"left out: {reason}"


def _about(started: str, summary: Summary) -> Iterator[Line]:
    about = summary.about
    status = status_of(summary)
    card = about["persona"]
    when = started[:16].replace("T", " ") or "no date"
    persona = f"{card['name']} {card['version']}" if card else "no card"
    yield "text", f"  {about['model']['name']}, {persona}, seed {about['seed']}, {when}"
    ships = "-" if summary.ship_rate is None else f"{summary.ship_rate.mean:.0%}"
    figures = f"  score {interval(summary.score)}, ships {ships}, {samples(summary)} samples"
    if status == "valid":
        yield "text", figures
    else:
        yield _STYLES[status], f"{figures}: {status}"
