"""Grade the calibration sets: which examples are judged rightly, and precision and recall of each rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from graders.calibration.examples import Example, examples
from graders.examine import examine
from graders.finding import Finding

BATCH = 24


@dataclass(slots=True)
class Calibration:
    """Counts for one rule. A hit is a wrong example that fails; `misjudged` says for each error what came out."""

    rule: str
    hits: int = 0
    false_alarms: int = 0
    quiet: int = 0
    misses: int = 0
    errors: int = 0
    misjudged: list[str] = field(default_factory=list[str])

    @property
    def precision(self) -> float | None:
        return self.hits / (self.hits + self.false_alarms) if self.hits + self.false_alarms else None

    @property
    def recall(self) -> float | None:
        return self.hits / (self.hits + self.misses) if self.hits + self.misses else None


def calibrate(rule_ids: list[str] | None = None) -> dict[str, Calibration]:
    """Grade every example of these rules (all without ids)."""
    results: dict[str, Calibration] = {}
    for example, finding in judged(list(examples(rule_ids))):
        result = results.setdefault(example.rule, Calibration(example.rule))
        if finding.outcome == "grader_error":
            result.errors += 1
            result.misjudged.append(f"{example.name}: grader error: {finding.error}")
        elif example.right and finding.outcome == "pass":
            result.quiet += 1
        elif not example.right and finding.outcome == "fail":
            result.hits += 1
        elif example.right:
            result.false_alarms += 1
            first = finding.violations[0]
            result.misjudged.append(
                f"{example.name}: right ({example.why}), but fails: {first.file}:{first.line}: {first.message}"
            )
        else:
            result.misses += 1
            result.misjudged.append(f"{example.name}: wrong ({example.why}), but passes")
    return results


def judged(chosen: Sequence[Example]) -> list[tuple[Example, Finding]]:
    """Each example with its finding."""
    found: list[tuple[Example, Finding]] = []
    for start in range(0, len(chosen), BATCH):
        batch = chosen[start : start + BATCH]
        examined = examine([example.examination for example in batch])
        found.extend((example, result.findings[0]) for example, result in zip(batch, examined, strict=True))
    return found
