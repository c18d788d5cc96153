"""The samples of a run, one row each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from harness.runs import Row
from reports.listing.selection import Selection


def sample_rows(
    expected: Iterable[str], answers: Mapping[str, Row], grades: Mapping[str, Row], selection: Selection
) -> Iterator[tuple[str, str, str, str]]:
    """(sample, status, score, rules) of each sample that has a finding which was asked for.

    The rules are those that failed and weigh, among what was asked for; where outcomes were asked for, those with them.
    """
    for id in sorted({*expected, *answers}):
        grade = grades.get(id)
        if not selection.case(id) or (grade is None and not selection.everything):
            continue
        chosen = list(selection.findings(grade)) if grade else []
        if not chosen and not selection.everything:
            continue
        rules = [
            finding["rule"]
            for finding in chosen
            if selection.outcomes is not None or (finding["outcome"] == "fail" and not finding["advisory"])
        ]
        status = str(answers[id]["status"]) if id in answers else "not asked"
        yield id, status, _score(grade), " ".join(rules)


def _score(grade: Row | None) -> str:
    if grade is None:
        return "not graded"
    return f"{grade['score']:.3f}" if grade["graded"] else "ungraded"
