"""A run's figures as words, the same on the terminal and in Markdown."""

from __future__ import annotations

from dataclasses import dataclass

from reports.statistics.intervals import Interval
from reports.summary import Summary, findings

_SEVERITY_ORDER = "CHML"


@dataclass(frozen=True, slots=True)
class RunFigures:
    """One column of a table: `rows` maps a label to its value."""

    name: str
    rows: dict[str, str]


def figures(summary: Summary) -> RunFigures:
    """The closing table of a run."""
    rows = {
        "score (95 % interval)": interval(summary.score),
        "ship rate": percent(summary.ship_rate),
        "samples": samples(summary),
        "grader errors": str(len(summary.grader_errors)),
    }
    if summary.ungraded or summary.unanswered or summary.missing:
        rows["score, void samples at 0 / at 1"] = f"{summary.worst:.3f} / {summary.best:.3f}"
    rows |= {f"constraint {name}": interval(value) for name, value in summary.constraints.items()}
    rows |= {f"area {name}": interval(value) for name, value in summary.areas.items()}
    rows["contract kept"] = "-" if summary.contract_rate is None else f"{summary.contract_rate:.0%}"
    rows["score without gates"] = "-" if summary.ungated is None else f"{summary.ungated:.3f}"
    rows["files, lines an answer"] = (
        "-" if summary.files is None else f"{summary.files:.1f}, {summary.lines:.0f}"
    )
    rows["tokens in, out"] = f"{_number(summary.prompt_tokens)}, {_number(summary.completion_tokens)}"
    rows["cost"] = "unknown" if summary.cost is None else f"${summary.cost:.4f}"
    rows["latency p50, p95"] = (
        "-" if summary.latency is None else f"{summary.latency[0]:.1f} s, {summary.latency[1]:.1f} s"
    )
    return RunFigures(str(summary.about["model"]["name"]), rows)


def headline(summary: Summary) -> str:
    """The run in one line; an invalid run says so first."""
    name = summary.about["model"]["name"]
    if summary.invalid:
        return (
            f"INVALID: {name}: {summary.ungraded} ungraded, {summary.unanswered} unanswered, {summary.missing} not asked "
            f"of {summary.expected} samples (tolerated: 1 %); its score decides nothing"
        )
    return f"{name}: score {interval(summary.score)} over {summary.expected} samples"


def samples(summary: Summary) -> str:
    """How many samples, and how many of them were not simply answered and graded."""
    odd = [f"{count} {status}" for status, count in sorted(summary.statuses.items()) if status != "answered"]
    odd += [f"{summary.ungraded} ungraded"] if summary.ungraded else []
    odd += [f"{summary.missing} not asked"] if summary.missing else []
    return f"{summary.expected}" + (f" ({', '.join(odd)})" if odd else "")


def worst_findings(summary: Summary, most: int = 8) -> list[str]:
    """The heaviest failed rules with the place of their first violation, each rule once."""
    failed = sorted(
        (item for item in findings(summary, "fail") if not item[1]["advisory"]),
        key=lambda item: _SEVERITY_ORDER.index(item[1]["severity"]),
    )
    lines: dict[str, str] = {}
    for row, finding in failed:
        if finding["rule"] in lines or finding["gated_by"]:
            continue
        first = finding["violations"][0]
        place = f"{first['file']}:{first['line']}" if first["line"] else first["file"] or "answer"
        count = sum(1 for _, other in failed if other["rule"] == finding["rule"])
        lines[finding["rule"]] = (
            f"{finding['severity']} {finding['rule']} ×{count}  {row['sample']}  {place}: {first['message']}"
        )
    return list(lines.values())[:most]


def interval(value: Interval | None) -> str:
    """`0.823 [0.761, 0.885]`."""
    return "-" if value is None else f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]"


def percent(value: Interval | None) -> str:
    """`82 % [71, 93]`."""
    return "-" if value is None else f"{value.mean:.0%} [{value.low:.0%}, {value.high:.0%}]"


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"
