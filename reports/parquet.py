"""`results.parquet` of a run: one row a finding, for pandas, DuckDB and the like."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from reports.summary import Summary

COLUMNS = (
    "model", "persona", "corpus", "sample", "case", "cluster", "area", "seed", "epoch", "status", "grader", "graded",
    "score", "ungated", "ships", "rule", "version", "severity", "constraint", "outcome", "gated_by", "violations",
    "file", "line", "message",
)  # fmt: skip


def write(summary: Summary, path: Path) -> None:
    """Write one row a finding; `file`, `line` and `message` are those of its first violation."""
    pyarrow: Any = import_module("pyarrow")  # untyped
    parquet: Any = import_module("pyarrow.parquet")

    about = summary.about
    rows = [
        {
            "model": about["model"]["name"],
            "persona": about["persona"]["hash"] if about["persona"] else None,
            "corpus": about["corpus"]["hash"],
            **{
                key: grade[key]
                for key in ("sample", "case", "cluster", "area", "seed", "epoch", "status", "grader")
            },
            **{key: grade[key] for key in ("graded", "score", "ungated", "ships")},
            **{
                key: finding[key]
                for key in ("rule", "version", "severity", "constraint", "outcome", "gated_by")
            },
            "violations": len(finding["violations"]),
            **(
                finding["violations"][0]
                if finding["violations"]
                else {"file": None, "line": None, "message": None}
            ),
        }
        for grade in summary.grades
        for finding in grade["findings"]
    ]
    beside = path.with_suffix(".tmp")
    table = pyarrow.Table.from_pydict({name: [row[name] for row in rows] for name in COLUMNS})
    parquet.write_table(table, beside)
    beside.replace(path)
