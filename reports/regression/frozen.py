"""The frozen recordings: each night grades them again; when their verdicts move, the grader moved.

`nightly/frozen.json` keeps, for each recording and sample, a hash of the answer and the rules by outcome. A sample whose
answer or case is another one than the file's tells nothing of the grader: it is *stale*, and the file is to be written
again (`make frozen`) in the pull request that changed it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.runs import RUN, Row, RunError
from reports.regression.drift import Move, moves, outcomes_of
from reports.regression.nights import Night, read_night

COMMITTED = Path(__file__).resolve().parent.parent.parent / "nightly" / "frozen.json"


@dataclass(frozen=True, slots=True)
class Frozen:
    """`verdicts` is how many were held against the file, `moved` those that differ. `gaps` says what could not be held:
    recordings not graded tonight, samples ungraded, answers or cases that are not the file's."""

    verdicts: int
    moved: list[Move]
    gaps: list[str]


def expectations(nights: Sequence[Night]) -> dict[str, Any]:
    """What `nightly/frozen.json` should say after these runs of recordings. Raises `RunError` for an invalid one."""
    for night in nights:
        if night.summary.invalid or len(night.grades) < night.summary.expected:
            raise RunError(
                f"{night.folder}: not every sample of it is graded, so its verdicts are not all known"
            )
    return {
        "recordings": {
            night.model: {
                "cases": night.about["corpus"]["case_hashes"],
                "samples": {
                    row["sample"]: {
                        "answer": _answer_hash(_answers(night)[row["sample"]]),
                        **_rules_by_outcome(row),
                    }
                    for row in sorted(night.grades, key=lambda row: row["sample"])
                },
            }
            for night in sorted(nights, key=lambda night: night.model)
        }
    }


def load_expectations(path: Path = COMMITTED) -> dict[str, Any]:
    """Raises `RunError` naming the file, and what writes it."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        recordings = document["recordings"]
        for recording in recordings.values():
            recording["cases"].items()
            for sample in recording["samples"].values():
                sample["answer"]
    except FileNotFoundError:
        raise RunError(f"{path}: there is none; `make frozen` writes it") from None
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RunError(
            f"{path}: is no file of frozen verdicts ({type(error).__name__}: {error}); `make frozen` writes it"
        ) from None
    return recordings


def frozen_nights(folder: Path) -> list[Night]:
    """The runs below the folder. Raises `RunError` when there is none."""
    nights = [read_night(file.parent) for file in sorted(folder.rglob(RUN))]
    if not nights:
        raise RunError(f"{folder}: holds no run; `make nightly-frozen` grades the recordings into it")
    return nights


def hold(nights: Sequence[Night], recordings: dict[str, Any]) -> Frozen:
    """Hold tonight's grades of the recordings against the committed ones."""
    by_name = {night.model: night for night in nights}
    verdicts, moved, gaps = 0, list[Move](), list[str]()
    for name, expected in sorted(recordings.items()):
        if name not in by_name:
            gaps.append(f"{name} was not graded tonight")
            continue
        night = by_name[name]
        answers = _answers(night)
        grades = {row["sample"]: row for row in night.grades}
        hashes = night.about["corpus"].get("case_hashes", {})
        changed = {case for case, known in expected["cases"].items() if hashes.get(case) != known}
        new = sorted(hashes.keys() - expected["cases"].keys())
        if changed or new:
            gaps.append(
                f"{name}: other cases than frozen.json has ({', '.join([*sorted(changed), *new])}); `make frozen` belongs "
                "into the change that touched them"
            )
        held: dict[str, dict[str, str]] = {}
        for sample, entry in expected["samples"].items():
            if sample.partition("@")[0] in changed:
                continue
            if sample not in grades:
                gaps.append(f"{name}: {sample} was not graded")
            elif _answer_hash(answers[sample]) != entry["answer"]:
                gaps.append(f"{name}: the answer to {sample} is not the frozen one")
            else:
                held[sample] = _outcomes(entry)
        verdicts += sum(len(outcomes) for outcomes in held.values())
        moved += moves(name, held, list(grades.values()))
    return Frozen(verdicts, moved, gaps)


def _answers(night: Night) -> dict[str, Row]:
    return {row["sample"]: row for row in night.summary.answers}


def _answer_hash(answer: Row) -> str:
    texts = json.dumps([turn["text"] for turn in answer["turns"]])
    return hashlib.sha256(texts.encode()).hexdigest()[:12]


def _rules_by_outcome(row: Row) -> dict[str, str]:
    """One line an outcome, so that a diff of the file reads: `"fail": "GHA-02 GHA-14"`."""
    outcomes = outcomes_of(row)
    return {
        outcome: " ".join(sorted(rule for rule, other in outcomes.items() if other == outcome))
        for outcome in ("pass", "fail", "not_applicable", "grader_error")
        if outcome in outcomes.values()
    }


def _outcomes(entry: dict[str, str]) -> dict[str, str]:
    return {
        rule: outcome for outcome, rules in entry.items() if outcome != "answer" for rule in rules.split()
    }
