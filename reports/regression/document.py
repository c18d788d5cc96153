"""The JSON document of a night (docs/json.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from reports.regression.verdict import Drop, Regression


def night_document(regression: Regression) -> dict[str, Any]:
    """Stable keys; differences are in the unit of the score, above 0 is worse."""
    grader = regression.grader
    return {
        "run": str(regression.tonight.folder),
        "model": regression.tonight.model,
        "started": regression.tonight.started,
        "baseline": [str(night.folder) for night in regression.baseline],
        "headline": regression.headline,
        "verdict": regression.verdict,
        "reason": regression.reason,
        "exit_code": regression.exit_code,
        "threshold": regression.threshold.model_dump(),
        "score": _drop(regression.score) if regression.score else None,
        "constraints": [_drop(drop) for drop in regression.constraints],
        "areas": [_drop(drop) for drop in regression.areas],
        "new_failures": [
            {
                "rule": cell.rule,
                "case": cell.case,
                "severity": cell.severity,
                "tonight": list(cell.tonight),
                "baseline": list(cell.baseline),
                "findings": [{"sample": sample, **finding} for sample, finding in cell.findings],
            }
            for cell in regression.cells
            if cell.state == "new failure"
        ],
        "grader": {
            "verdict": grader.verdict,
            "regraded": grader.regraded,
            "frozen_verdicts": grader.frozen.verdicts if grader.frozen else None,
            "gaps": grader.frozen.gaps if grader.frozen else [],
            "moved": [asdict(move) for move in grader.moves],
        },
        "notes": regression.notes,
    }


def _drop(drop: Drop) -> dict[str, Any]:
    return {
        "measure": drop.measure,
        "drop": drop.test.drop,
        "p": drop.test.p,
        "p_holm": drop.p,
        "smallest_p": drop.test.smallest_p,
        "cases": drop.test.cases,
    }
