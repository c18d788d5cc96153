"""Which runs are nights of the same panel, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.runs import RUN, Row, Run, RunError
from reports.summary import Summary, summarise

# What `run.json` must say for a run to be compared (harness/start.py writes it).
_NEEDED = (
    "model",
    "persona",
    "corpus",
    "contract",
    "seed",
    "samples",
    "grader",
    "without",
    "started",
    "tools",
)


@dataclass(frozen=True, slots=True)
class Night:
    """One run. `grades` are its graded samples under the grader that `run.json` names."""

    folder: Path
    summary: Summary

    @property
    def about(self) -> Row:
        return self.summary.about

    @property
    def grades(self) -> list[Row]:
        return [row for row in self.summary.grades if row["graded"]]

    @property
    def started(self) -> str:
        return str(self.about["started"])

    @property
    def model(self) -> str:
        return str(self.about["model"]["name"])


def read_night(folder: Path) -> Night:
    """Raises `RunError` for a folder that is no run, or whose rows cannot be read."""
    about = Run(folder).about
    missing = [key for key in _NEEDED if key not in about]
    if missing:
        raise RunError(f"{folder / RUN}: says nothing of {', '.join(missing)}; it is not a whole run")
    try:
        return Night(folder, summarise(Run(folder)))
    except (KeyError, TypeError, AttributeError) as error:
        raise RunError(
            f"{folder}: its rows cannot be read as grades ({type(error).__name__}: {error}); "
            f"`drydock grade {folder}` writes them again from the answers"
        ) from None


def baseline_of(tonight: Night, place: Path, nights: int) -> tuple[list[Night], list[str]]:
    """The nights that tonight is held against, newest first, and why others were left out.

    `place` is one run, or a folder with runs anywhere below: of these the last `nights` before tonight, of the same
    model, persona, delivery contract, seed and cases. Raises `RunError` where there is none, or one run that differs.
    """
    if (place / RUN).is_file():
        night = read_night(place)
        reason = _differs(night, tonight)
        if reason is not None:
            raise RunError(f"{place}: cannot be the baseline of {tonight.folder}: {reason}")
        notes: list[str] = []
        if night.model != tonight.model:
            notes.append(
                f"The baseline is another model ({night.model}): this says what changed with the model's name"
            )
        return [night], notes
    if not place.is_dir():
        raise RunError(f"{place}: there is no such run or folder of runs")
    return _last_of(tonight, place, nights)


def _last_of(tonight: Night, place: Path, nights: int) -> tuple[list[Night], list[str]]:
    found: list[Night] = []
    left_out: list[str] = []
    other_seeds: list[str] = []
    for file in sorted(place.rglob(RUN)):
        if file.parent.resolve() == tonight.folder.resolve():
            continue
        night = read_night(file.parent)
        if night.model != tonight.model:
            continue  # another entry of the same matrix
        reason = _differs(night, tonight) or _no_night_before(night, tonight)
        if reason is None:
            found.append(night)
            continue
        # A rotating panel lies beside each fixed one: worth a word only where nothing else was found.
        other = night.about["seed"] != tonight.about["seed"]
        words = f"{night.folder.relative_to(place)} was left out of the baseline: {reason}"
        (other_seeds if other else left_out).append(words)
    if not found:
        why = "".join(f"\n{line}" for line in [*left_out, *other_seeds])
        raise RunError(
            f"{place}: holds no night of {tonight.model} before {tonight.started} to compare with; "
            f"docs/nightly.md says how a baseline is begun (make baseline RUN={tonight.folder}){why}"
        )
    found.sort(key=lambda night: night.started, reverse=True)
    return found[:nights], left_out


def _differs(night: Night, tonight: Night) -> str | None:
    """What makes the answers of two runs answers to different questions; None when they are the same panel."""
    theirs, ours = night.about, tonight.about
    if _of(theirs["persona"], "hash") != _of(ours["persona"], "hash"):
        return f"it ran under {_card(theirs)}, tonight under {_card(ours)}"
    if theirs["seed"] != ours["seed"]:
        return f"its seed is {theirs['seed']}, tonight's is {ours['seed']}"
    if theirs["contract"] != ours["contract"]:
        return f"its delivery contract is version {theirs['contract']}, tonight's {ours['contract']}"
    if theirs["corpus"]["hash"] != ours["corpus"]["hash"]:
        return (
            f"its corpus is {str(theirs['corpus']['hash'])[:12]}, tonight's {str(ours['corpus']['hash'])[:12]}: "
            "the cases are not the same"
        )
    if theirs["without"] != ours["without"]:
        return (
            f"its rules left out {theirs['without'] or 'no tool'}, tonight's {ours['without'] or 'no tool'}"
        )
    if theirs["model"]["name"] != ours["model"]["name"]:
        return None
    changed = sorted(
        key
        for key in theirs["model"].keys() | ours["model"].keys()
        if key != "api_base" and theirs["model"].get(key) != ours["model"].get(key)
    )
    return f"it asked with another {', '.join(changed)}" if changed else None


def _no_night_before(night: Night, tonight: Night) -> str | None:
    if night.started >= tonight.started:
        return f"it started at {night.started}, not before tonight ({tonight.started})"
    if night.summary.invalid:
        return "it is invalid (above 1 % ungraded, unanswered or not asked)"
    return None


def _of(card: dict[str, Any] | None, key: str) -> str | None:
    return None if card is None else str(card[key])


def _card(about: Row) -> str:
    persona = about["persona"]
    return (
        f"the card {persona['name']} {persona['version']} ({persona['hash'][:8]})" if persona else "no card"
    )
