"""`report.md` of a run."""

from __future__ import annotations

from reports.figures import figures, headline
from reports.safe_text import for_markdown
from reports.summary import Summary, findings


def report(summary: Summary) -> str:
    """The whole report: verdict, figures, cases, failed rules with file and line, grader errors."""
    about = summary.about
    persona = about["persona"]
    card = f"{persona['name']} {persona['version']}" if persona else "none"
    lines = [
        f"# {for_markdown(headline(summary))}",
        "",
        f"Persona {for_markdown(card)}; corpus {about['corpus']['hash'][:12]}, seed {about['seed']}, "
        f"{about['epochs']} epoch(s); grader {about['grader']}.",
        "",
        "| | |",
        "| --- | --- |",
        *(f"| {label} | {for_markdown(value)} |" for label, value in figures(summary).rows.items()),
        "",
        "The interval says what to expect «on work like this»: cases are taken as a sample, clustered, with Student's t.",
        "",
    ]
    if summary.grader_errors:
        lines += ["## Grader errors", "", "These say nothing about the model.", ""]
        lines += [
            f"- `{sample}` {rule}: {for_markdown(error)}" for sample, rule, error in summary.grader_errors
        ]
        lines.append("")
    lines += ["## Cases", "", "| case | score |", "| --- | --- |"]
    lines += [
        f"| {case} | {'-' if score is None else f'{score:.3f}'} |" for case, score in summary.cases.items()
    ]
    lines += ["", "## Failed rules", ""]
    failed = list(findings(summary, "fail"))
    for row, finding in failed:
        note = f" (gated by {finding['gated_by']})" if finding["gated_by"] else ""
        lines.append(f"- **{finding['rule']}** ({finding['severity']}) in `{row['sample']}`{note}")
        for violation in finding["violations"][:5]:
            place = for_markdown(violation["file"] or "answer") + (
                f":{violation['line']}" if violation["line"] else ""
            )
            lines.append(f"  - {place}: {for_markdown(violation['message'])}")
        if len(finding["violations"]) > 5:
            lines.append(f"  - … and {len(finding['violations']) - 5} more")
    if not failed:
        lines.append("None.")
    return "\n".join(lines) + "\n"
