"""The committed baseline: what of a run is kept, and for how many nights."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from harness.runs import ANSWERS, GRADES, RUN, Row, Run, RunError
from reports.regression.nights import Night, read_night

COMMITTED = Path(__file__).resolve().parent.parent.parent / "nightly" / "baseline"


def keep(run: Path, baseline: Path, nights: int) -> tuple[Path, list[Path]]:
    """Copy a run into the baseline, and take out the model's nights beyond the last `nights`.

    Only what a comparison reads is kept: `run.json` without the address of the server, the last answer and grade of each
    sample; no reports, no rows of earlier graders. Returns the new folder and the folders taken out. Raises `RunError`
    for an invalid run.
    """
    night = read_night(run)
    if night.summary.invalid:
        raise RunError(
            f"{run}: is invalid (above 1 % ungraded, unanswered or not asked); a baseline must be whole"
        )
    about: Row = {**night.about, "model": {**night.about["model"], "api_base": None}}
    stored = Run(run)
    answers, grades = stored.answers(), stored.grades()
    target = baseline / night.started.replace(":", "").replace("-", "")[:8] / run.name
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    (target / RUN).write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    wanted: list[str] = about["samples"]
    _write_rows(target / ANSWERS, (answers[sample] for sample in wanted if sample in answers))
    _write_rows(target / GRADES, (grades[sample] for sample in wanted if sample in grades))
    return target, _take_out_older(baseline, night.model, nights)


def _write_rows(path: Path, rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=True) + "\n")


def _take_out_older(baseline: Path, model: str, nights: int) -> list[Path]:
    kept: list[Night] = [read_night(file.parent) for file in baseline.rglob(RUN)]
    of_model = sorted(
        (night for night in kept if night.model == model), key=lambda night: night.started, reverse=True
    )
    for night in of_model[nights:]:
        shutil.rmtree(night.folder)
        if not any(night.folder.parent.iterdir()):
            night.folder.parent.rmdir()
    return [night.folder for night in of_model[nights:]]
