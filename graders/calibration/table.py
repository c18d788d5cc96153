"""The published table of docs/calibration.md."""

from __future__ import annotations

from collections.abc import Mapping

from graders.calibration.measure import Calibration
from graders.kinds import RULES
from reports.statistics.intervals import wilson

_HEAD = """# Calibration

Printed by `make calibration`. Each rule is asked about right examples (they must pass) and wrong ones (they must fail);
they lie in `graders/calibration/RULE-ID/`, each with a first line that says why, and were written by another hand than
the rule. Intervals are Wilson's, 95 %. With no error in n examples the true error rate may still be about 3 / n, so these
small sets bound little: they show that the rule does what it says, not how it fares on every answer.

| rule | severity | right: pass / fail | wrong: fail / pass | precision | recall |
| --- | --- | --- | --- | --- | --- |
"""


def document(results: Mapping[str, Calibration]) -> str:
    """The whole page."""
    rows = [
        f"| {id} | {RULES[id].severity} | {result.quiet} / {result.false_alarms} | {result.hits} / {result.misses} | "
        f"{_share(result.hits, result.hits + result.false_alarms)} | {_share(result.hits, result.hits + result.misses)} |"
        for id, result in sorted(results.items())
    ]
    right = sum(result.quiet + result.false_alarms for result in results.values())
    wrong = sum(result.hits + result.misses for result in results.values())
    total = f"\n{len(results)} rules, {right} right and {wrong} wrong examples.\n"
    return _HEAD + "\n".join(rows) + "\n" + total


def _share(part: int, whole: int) -> str:
    if not whole:
        return "-"
    low, high = wilson(part / whole, whole)
    return f"{part / whole:.2f} [{low:.2f}, {high:.2f}]"
