"""What the page's script knows of every sample at once: entries, rules, and where each rule failed first."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.runs import Row
from reports.comparison.comparison import Comparison
from reports.page.samples import Sample

# A message in a list is a hint; the evidence has the whole.
_MOST_MESSAGE = 200


def index(comparison: Comparison, samples: Sequence[Sample], cases: Sequence[str]) -> Row:
    """Entries in order, rules by id, samples with their failures; `cases` names the packed blocks in their order."""
    return {
        "entries": [
            {"name": entry.name, "folder": shlex.quote(str(entry.folder))} for entry in comparison.entries
        ],
        "cases": list(cases),
        "rules": known_rules(samples),
        "samples": [
            {
                "entry": sample.entry,
                "id": sample.id,
                "area": sample.area,
                "void": sample.void,
                "status": (sample.answer or {}).get("status", "not asked"),
                "score": None if sample.void or not sample.grade else sample.grade["score"],
                "ships": bool(sample.grade and sample.grade["ships"]),
                "failures": [_failure(finding) for finding in sample.failures],
            }
            for sample in samples
        ],
    }


def known_rules(samples: Iterable[Sample]) -> dict[str, Row]:
    """Rule id -> severity, constraint, advisory and its question in words, for every rule that judged a sample."""
    rules: dict[str, Row] = {}
    for sample in samples:
        for finding in (sample.grade or {}).get("findings", ()):
            id = finding["rule"]
            if id not in rules:
                kept = {key: finding[key] for key in ("severity", "constraint", "advisory")}
                rules[id] = kept | {"question": _question(id)}
    return dict(sorted(rules.items()))


def _question(id: str) -> str:
    """The rule's question, where this Drydock knows the rule."""
    from graders.kinds import RULES

    return RULES[id].summary if id in RULES else ""


def _failure(finding: Mapping[str, Any]) -> Row:
    violations: Sequence[Mapping[str, Any]] = finding["violations"]
    first: Mapping[str, Any] = violations[0] if violations else {"file": "", "line": None, "message": ""}
    return {
        "rule": finding["rule"],
        "gated_by": finding["gated_by"],
        "file": first["file"],
        "line": first["line"],
        "message": str(first["message"])[:_MOST_MESSAGE],
        "count": len(violations),
    }
