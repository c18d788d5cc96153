"""Evidence as data: answers and findings, packed a case at a time for the page's script to open when asked.

Everything is made visible, written as JSON, deflated and then written in base64: no character of an answer stands in the
page as it is. Within a budget the answers that matter most come first; the others lack their text, and say so.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.answers import answer_lines
from harness.runs import Row
from reports.page.samples import Sample
from reports.page.visible import visible_data

# A single answer above this many characters is cut on the page.
_MOST_TEXT = 200_000
# The first traces of a rule tell what the others would; `drydock show` draws all.
_MOST_TRACES = 2


@dataclass(frozen=True, slots=True)
class Packed:
    """`blocks` maps a case to its packed evidence; `left_out` are the samples whose text did not fit."""

    blocks: dict[str, str]
    left_out: list[Sample]

    @property
    def size(self) -> int:
        """Bytes on the page."""
        return sum(map(len, self.blocks.values()))


def pack(data: Any) -> str:
    """JSON data as base64 of raw deflate; what can't be seen in a text of it is made visible."""
    text = json.dumps(visible_data(data), ensure_ascii=False, separators=(",", ":"))
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.b64encode(deflate.compress(text.encode()) + deflate.flush()).decode("ascii")


def pack_cases(samples: Sequence[Sample], budget: int) -> Packed:
    """The evidence of every case in at most `budget` bytes; findings are never left out, even when they alone need more,
    but the traces under them go with the text."""
    packed = Packed(_blocks(samples, frozenset()), [])
    if packed.size <= budget:
        return packed
    weights = {_key(sample): _weight_of_text(sample) for sample in samples}
    bare = Packed(_blocks(samples, frozenset(weights)), list(samples))
    share = (packed.size - bare.size) / sum(weights.values())
    room = float(budget - bare.size)
    while room > 0:
        left_out = _beyond(samples, weights, room / share)
        packed = Packed(_blocks(samples, frozenset(map(_key, left_out))), left_out)
        if packed.size <= budget:
            return packed
        # Fewer answers in a block share less, so the estimate was too low.
        room *= 0.99 * (budget - bare.size) / (packed.size - bare.size)
        if len(left_out) == len(samples):
            break
    return bare


def _weight_of_text(sample: Sample) -> int:
    """Bytes that the sample's text and traces take when packed alone."""
    shown = evidence(sample)
    traces = [v.get("trace") for finding in shown["findings"] for v in finding.get("violations", [])]
    return len(pack([[turn["text"] for turn in shown["turns"]], traces]))


def _beyond(samples: Sequence[Sample], weights: Mapping[tuple[int, str], int], room: float) -> list[Sample]:
    """The samples whose text does not fit when the most interesting take the room first."""
    left_out: list[Sample] = []
    for sample in _by_interest(samples):
        room -= weights[_key(sample)]
        if room < 0:
            left_out.append(sample)
    return left_out


def evidence(sample: Sample, with_text: bool = True) -> Row:
    """What the script shows of one sample."""
    grade: Row = sample.grade or {}
    answer: Row = sample.answer or {}
    return {
        "entry": sample.entry,
        "id": sample.id,
        "status": answer.get("status", "not asked"),
        "void": sample.void,
        "turns": [_turn(turn, with_text) for turn in answer.get("turns", [])],
        "artifacts": grade.get("artifacts", []),
        "findings": [_finding(finding, with_text) for finding in grade.get("findings", [])],
        **{key: grade.get(key) for key in ("score", "ungated", "ships", "contract_kept")},
    }


def _turn(turn: Row, with_text: bool) -> Row:
    lines = answer_lines(str(turn["text"]))
    text = "\n".join(lines)
    kept = {key: turn.get(key) for key in ("error", "seconds", "cost", "completion_tokens", "finish_reason")}
    if not with_text:
        return kept | {"text": None, "cut": len(lines)}
    return kept | {"text": text[:_MOST_TEXT], "cut": text.count("\n", _MOST_TEXT)}


def _finding(finding: Mapping[str, Any], with_traces: bool) -> Row:
    """The finding without what the index says of its rule once for all."""
    kept: Row = {"rule": finding["rule"], "outcome": finding["outcome"]}
    for key in ("gated_by", "error"):
        if finding.get(key):
            kept[key] = finding[key]
    violations: Sequence[Row] = finding["violations"]
    if violations:
        kept["violations"] = [
            _violation(violation, with_traces and at < _MOST_TRACES)
            for at, violation in enumerate(violations)
        ]
    return kept


def _violation(violation: Row, with_trace: bool) -> Row:
    return {key: value for key, value in violation.items() if with_trace or key != "trace"}


def _blocks(samples: Iterable[Sample], without_text: frozenset[tuple[int, str]]) -> dict[str, str]:
    cases: dict[str, list[Row]] = {}
    for sample in samples:
        cases.setdefault(sample.case, []).append(evidence(sample, _key(sample) not in without_text))
    return {case: pack(rows) for case, rows in cases.items()}


def _key(sample: Sample) -> tuple[int, str]:
    return sample.entry, sample.id


def _by_interest(samples: Sequence[Sample]) -> list[Sample]:
    """Void samples, then failures where the models disagree most, then other failures, then the rest."""
    scores: dict[str, list[float]] = {}
    for sample in samples:
        if sample.grade and not sample.void:
            scores.setdefault(sample.case, []).append(sample.grade["score"])
    spread = {case: max(values) - min(values) for case, values in scores.items()}

    def interest(sample: Sample) -> tuple[bool, bool, float]:
        return not sample.void, not sample.failures, -spread.get(sample.case, 0.0)

    return sorted(samples, key=interest)
