"""A run as a comparison reads it: what `run.json` says, its answers, and the grades that count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from harness.runs import RUN, Row, Run, RunError
from reports.comparison.naming import names_of
from reports.summary import TOLERATED, Summary, summarise

# What `run.json` must say for a run to be compared (harness/start.py writes it).
_NEEDED = (
    "model",
    "persona",
    "corpus",
    "contract",
    "seed",
    "epochs",
    "samples",
    "grader",
    "without",
    "tools",
)


class ComparisonError(RunError):
    """Runs that cannot be compared: one line a reason, each with its remedy."""


@dataclass(frozen=True)
class StoredRun:
    """One run. `name` is unique among the runs of a comparison, for people."""

    name: str
    folder: Path
    summary: Summary

    @property
    def about(self) -> Row:
        return self.summary.about

    @cached_property
    def answers(self) -> dict[str, Row]:
        """Every stored answer by sample."""
        return {row["sample"]: row for row in self.summary.answers}

    @cached_property
    def grades(self) -> dict[str, Row]:
        """The rows that count, by sample: graded, by the grader that `run.json` names."""
        return {row["sample"]: row for row in self.summary.grades if row["graded"]}

    @property
    def ungraded(self) -> int:
        """Samples with a grader error in a rule that weighs."""
        return len(self.summary.grades) - len(self.grades)

    @property
    def unfinished(self) -> int:
        """Samples not asked yet, or answered and not graded yet."""
        return self.summary.expected - len(self.summary.grades) - self.summary.unanswered

    @property
    def invalid(self) -> bool:
        """More than 1 % of what was asked is ungraded or unanswered; samples that wait for their turn don't count."""
        asked = len(self.summary.answers)
        return asked > 0 and (self.ungraded + self.summary.unanswered) / asked > TOLERATED

    @property
    def card(self) -> str:
        """The persona in a few words."""
        persona = self.about["persona"]
        return f"{persona['name']} {persona['version']}" if persona else "no card"

    @property
    def card_hash(self) -> str | None:
        persona = self.about["persona"]
        return str(persona["hash"]) if persona else None


def variant_of(sample: str) -> str:
    """`area/case@seed` of `area/case@seed#epoch`."""
    return sample.rpartition("#")[0]


def case_of(variant: str) -> str:
    """`area/case` of `area/case@seed`."""
    return variant.rpartition("@")[0]


def read_runs(folders: list[Path]) -> list[StoredRun]:
    """The runs in these folders. Raises `RunError` for what is no run, `ComparisonError` for the same run given twice."""
    places = [folder.resolve() for folder in folders]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise ComparisonError(f"{folders[number]}: is given twice; give each run once")
    summaries = [_read(folder) for folder in folders]
    names = names_of([summary.about for summary in summaries])
    return [StoredRun(*parts) for parts in zip(names, folders, summaries, strict=True)]


def _read(folder: Path) -> Summary:
    if not folder.is_dir():
        raise RunError(f"{folder}: there is no such run; `ls runs` shows what is there")
    about = Run(folder).about
    missing = [key for key in _NEEDED if key not in about]
    if missing:
        raise RunError(f"{folder / RUN}: says nothing of {', '.join(missing)}; it is not a whole run")
    try:
        return summarise(Run(folder))
    except (KeyError, TypeError, AttributeError) as error:
        raise RunError(
            f"{folder}: its rows cannot be read ({type(error).__name__}: {error}); "
            f"`drydock grade {folder}` writes the grades again from the answers"
        ) from None
