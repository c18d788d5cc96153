"""The published table of docs/calibration.md."""

from __future__ import annotations

from collections.abc import Mapping

from graders.calibration.measure import Calibration
from graders.kinds import RULES
from reports.statistics.intervals import wilson

_HEAD = """# Calibration

Printed by `make calibration`. Each rule is asked about right examples (they must pass) and wrong ones (they must fail);
they lie in `graders/calibration/RULE-ID/`, each with a first line that says why. Most were
written by another hand than the rule, without reading it; the few that were added after an attack on a rule say so in their
first line, as does half of ALR-03's set, which is by the rule's own hand like the older half of GHA-03's and the examples of
workspaces, exclusive sets and groups that name zones (IAC-04, 13, 19). Intervals are
Wilson's, 95 %.

Every disagreement was settled by asking whether rule or example is wrong, and the rules were corrected on these sets. So
the table shows that the sets hold, not what an unseen set would give. Nearer to that are the first measurements on sets of
another hand, before any correction, as misjudged of all examples: GHA 10 of 406, K8S, RBAC-01 and 06 5 of 604, ALR and
SEC 9 of 373, simulated GHA-06, 07, 08, 20 and 23 21 of 152, ALM-01, ALM-03, GHA-12, 13 and 18 15 of 144, NET 8 of 62,
RBAC-02 to 05 2 of 110, IAC-13 6 of 33, IAC-13 and 14 on applied values 3 of 38, GHA-03 7 of 24, IAC-09, 16, 18 and 21 on
applied values 0 of 68, IAC-04 to 07 and RUN-08 4 of 112, simulated ALR (02, 06 to 13, 18 and 20) 8 of 257, VLT 4 of 101
(for the other IAC rules there is no clean figure: rules and examples were corrected at the same time). With no error in n
examples the true error rate may still be about 3 / n.

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
