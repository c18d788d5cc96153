"""A night in Markdown, for the summary of a CI job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports.ci.outcome import violation_lines
from reports.figures import interval
from reports.regression.cells import Cell, by_weight
from reports.regression.drift import Move
from reports.regression.verdict import Drop, Regression, alarms, moved
from reports.safe_text import for_markdown

# A job summary takes 1 MiB; a list longer than this is read by nobody.
_MOST = 50


def report(regression: Regression) -> str:
    """Verdict first, then drops, new failures, the grader, the rotating panel, and what was left out."""
    tonight = regression.tonight
    lines = [
        f"# {for_markdown(tonight.model)}: {for_markdown(regression.headline)}",
        "",
        f"**{regression.verdict.capitalize()}:** {for_markdown(regression.reason)}.",
        "",
        *(f"- {for_markdown(line)}" for line in facts(regression)),
        "",
        *_drops(regression),
        *_failures("New failures", by_weight(c for c in regression.cells if c.state == "new failure")),
        *_grader(regression),
        *_mended([c for c in regression.cells if c.state == "mended"]),
    ]
    if regression.notes:
        lines += ["## Notes", "", *(f"- {for_markdown(note)}" for note in regression.notes), ""]
    return "\n".join(lines)


def facts(regression: Regression) -> list[str]:
    """What was held against what, one sentence each."""
    tonight, nights = regression.tonight, regression.baseline
    before = nights[0].started if len(nights) == 1 else f"{nights[-1].started} to {nights[0].started}"
    samples = sum(len(night.grades) for night in nights)
    lines = [
        f"Tonight ({tonight.started}): score {interval(tonight.summary.score)} over {len(tonight.grades)} graded samples, "
        f"seed {tonight.about['seed']}, grader {tonight.about['grader']}",
        f"Baseline: {len(nights)} night(s), {before}, {samples} samples",
        "The test asks «on these cases again»: a one-sided permutation test within each variant, "
        f"{regression.threshold.relabellings} relabellings (docs/nightly.md)",
    ]
    if regression.rotating is not None:
        lines.append(
            f"Rotating panel, seed {regression.rotating.about['seed']} (reported, gates nothing): "
            f"score {interval(regression.rotating.score)} over {regression.rotating.expected} samples"
            + (" — this run is invalid" if regression.rotating.invalid else "")
        )
    return lines


def grader_words(regression: Regression) -> list[str]:
    """What was looked at to say whether the grader moved, one sentence each."""
    grader = regression.grader
    lines: list[str] = []
    if grader.regraded:
        lines.append(
            f"{grader.regraded} baseline run(s) were graded again by tonight's grader: "
            f"{len(grader.moved)} verdict(s) moved on the same answers"
        )
    if grader.frozen is None:
        lines.append("The frozen recordings were not looked at (--frozen)")
    else:
        lines.append(
            f"Frozen recordings: {len(grader.frozen.moved)} of {grader.frozen.verdicts} verdicts moved"
        )
        lines += [f"Could not be held: {gap}" for gap in grader.frozen.gaps[:_MOST]]
    return lines


def _drops(regression: Regression) -> list[str]:
    named = [("score", regression.score)] if regression.score else []
    rows = [
        *named,
        *((drop.measure, drop) for drop in (*regression.constraints, *regression.areas) if _shown(drop)),
    ]
    if not rows:
        return []
    lines = ["| | change | p (Holm within its family) | cases |", "| --- | --- | --- | --- |"]
    for name, drop in rows:
        mark = " ⚠" if alarms(drop, regression.threshold) else ""
        change = f"{for_markdown(moved(drop.test.drop))}{mark}"
        lines.append(f"| {for_markdown(name)} | {change} | {drop.p:.2g} | {drop.test.cases} |")
    return [*lines, "", "Constraints and areas that did not change are left out.", ""]


def _shown(drop: Drop) -> bool:
    return abs(drop.test.drop) >= 0.0005


def _failures(title: str, found: Sequence[Cell]) -> list[str]:
    if not found:
        return []
    lines = [
        f"## {title} ({len(found)})",
        "",
        "Rule × case that failed in no sample of the baseline.",
        "",
        "| | rule | case | tonight | baseline | first violation |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for cell in found[:_MOST]:
        failed = next(finding for _, finding in cell.findings if finding["outcome"] == "fail")
        lines.append(
            f"| {'advisory' if cell.advisory else cell.severity} | {cell.rule} | {for_markdown(cell.case)} "
            f"| {cell.tonight[0]} of {cell.tonight[1]} | {cell.baseline[0]} of {cell.baseline[1]} "
            f"| {for_markdown(violation_lines(failed)[0])} |"
        )
    return [*lines, *_rest(len(found)), ""]


def _grader(regression: Regression) -> list[str]:
    lines = [
        f"## The grader: {regression.grader.verdict}",
        "",
        *(f"- {for_markdown(line)}" for line in grader_words(regression)),
        "",
    ]
    return [*lines, *_moves(regression.grader.moves)]


def _moves(found: Sequence[Move]) -> list[str]:
    if not found:
        return []
    lines = ["| rule | answers of | sample | was | is | why |", "| --- | --- | --- | --- | --- | --- |"]
    lines += [
        f"| {move.rule} | {for_markdown(move.where)} | {for_markdown(move.sample)} | {for_markdown(move.old)} "
        f"| {for_markdown(move.new)} | {for_markdown(move.why)} |"
        for move in found[:_MOST]
    ]
    return [*lines, *_rest(len(found)), ""]


def _mended(found: Sequence[Cell]) -> list[str]:
    if not found:
        return []
    names = [f"{cell.rule} in {cell.case}" for cell in found[:_MOST]]
    return [f"## Mended ({len(found)})", "", *_bullets(names), *_rest(len(found)), ""]


def _bullets(texts: Iterable[str]) -> list[str]:
    return [f"- {for_markdown(text)}" for text in texts]


def _rest(count: int) -> list[str]:
    return ["", f"… and {count - _MOST} more."] if count > _MOST else []
