"""Runs checkov in its own environment, inside the sandbox: one JSON request a line in, one JSON answer a line
out.

Request: `{"id", "framework": "terraform" | "kubernetes", "checks": [...], "files": [[path, text], ...]}`.
Answer: `{"id", "passed": n, "unparsed": [path...], "failed": [...], "skipped": [...]}` with entries of
`check, file, line, resource, text`, or `{"id", "error"}`. Nothing of Drydock can be imported here.
"""
# pyright: basic, reportMissingImports=false

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any


def main() -> None:
    """Serve requests until stdin ends."""
    os.environ.update(LOG_LEVEL="ERROR", CHECKOV_PARALLELIZATION_TYPE="none")  # read when checkov is imported
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # checkov may print
    runners = _runners()
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = _answer(runners, request)
        except Exception as error:  # noqa: BLE001 (the caller judges; the worker serves on)
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        answers.write(json.dumps({"id": request["id"], **answer}) + "\n")
        answers.flush()


def _runners() -> dict[str, Any]:
    from checkov.kubernetes.runner import Runner as Kubernetes
    from checkov.terraform.runner import Runner as Terraform

    return {"terraform": Terraform, "kubernetes": Kubernetes}


def _answer(runners: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    from checkov.runner_filter import RunnerFilter

    framework = request["framework"]
    with tempfile.TemporaryDirectory() as folder:
        for path, text in request["files"]:
            file = Path(folder, path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        chosen = RunnerFilter(
            framework=[framework], checks=request["checks"], download_external_modules=False
        )
        result = runners[framework]().run(root_folder=folder, runner_filter=chosen)
        reports = result if isinstance(result, list) else [result]
        report = next(report for report in reports if report.check_type == framework)
        return {
            "passed": len(report.passed_checks),
            "failed": [_entry(record, folder) for record in report.failed_checks],
            "skipped": [_entry(record, folder) for record in report.skipped_checks],
            "unparsed": [os.path.relpath(path, folder) for path in report.parsing_errors],
        }


def _entry(record: Any, folder: str) -> dict[str, Any]:
    return {
        "check": record.check_id,
        "file": os.path.relpath(record.file_abs_path, folder),
        "line": record.file_line_range[0],
        "resource": record.resource,
        "text": record.check_name,
    }


if __name__ == "__main__":
    main()
