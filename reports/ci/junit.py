"""JUnit XML: one test suite, a class for each case, a test for each rule."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from harness.runs import RunError
from reports.ci.outcome import RuleOutcome


def write_junit(outcomes: Sequence[RuleOutcome], suite: str, path: Path) -> None:
    """A CI system shows a class name with dots as a tree: `pipelines/canary-deploy` becomes `pipelines.canary-deploy`.

    A grader error is an error, a rule that does not apply is skipped. Raises `RunError` when the file cannot be written.
    """
    from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

    tests = TestSuite(suite)
    for outcome in outcomes:
        test = TestCase(outcome.name, outcome.group.replace("/", "."))
        if outcome.outcome != "pass":
            kind = {"fail": Failure, "error": Error, "skipped": Skipped}[outcome.outcome]
            result = kind(outcome.message)
            if outcome.detail:
                result.text = outcome.detail
            test.result = [result]
        tests.add_testcase(test)
    document = JUnitXml()
    document.add_testsuite(tests)
    document.update_statistics()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        cast("Any", document).write(str(path), pretty=True)
    except OSError as error:
        raise RunError(f"{path}: cannot be written: {error.strerror}") from None
