"""One self-contained HTML file for a comparison.

The only script and the only style are the two files beside this module, allowed by their hashes in the page's
Content-Security-Policy; whatever comes from a run is text (escaped by the templates) or packed data.
"""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.comparison.comparison import Comparison
from reports.page import links, standings
from reports.page.cases import case_rows, failures
from reports.page.evidence import pack, pack_cases
from reports.page.heat_map import heat_map
from reports.page.history import History
from reports.page.index import index, known_rules
from reports.page.origin import commands, origin
from reports.page.pareto import pareto
from reports.page.samples import all_samples
from reports.page.svg import clean
from reports.page.visible import visible_line

# A page stays below 10 MB, so that it can be mailed; what is not evidence takes at most about 2 MB of it.
EVIDENCE_BUDGET = 7_500_000
_HERE = Path(__file__).parent


def write_page(
    comparison: Comparison, path: Path, history: History | None = None, evidence_budget: int = EVIDENCE_BUDGET
) -> None:
    """Write the report to `path` (whole or not at all). `evidence_budget` are bytes for answers and findings.

    Raises `RunError` when a run of the comparison can't be read, `OSError` when the file can't be written.
    """
    html = render(comparison, history, evidence_budget)
    beside = path.with_name(path.name + ".tmp")
    beside.write_text(html, encoding="utf-8", newline="\n")
    os.replace(beside, path)


def render(
    comparison: Comparison, history: History | None = None, evidence_budget: int = EVIDENCE_BUDGET
) -> str:
    """The report as text. Raises as `write_page`."""
    samples = all_samples(comparison)
    rules = known_rules(samples)
    packed = pack_cases(samples, evidence_budget)
    script, style = _static("report.js"), _static("report.css")
    names = [entry.name for entry in comparison.entries]
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            comparison=comparison,
            entries=list(enumerate(comparison.entries, start=1)),
            samples=samples,
            void=[sample for sample in samples if sample.void],
            left_out=packed.left_out,
            heat_map=heat_map(comparison, rules),
            families=standings.families(comparison),
            cases=case_rows(comparison),
            failures=failures(samples, rules, names),
            rule_count=len(rules),
            pareto=pareto(comparison),
            origin=origin(comparison),
            commands=commands(comparison),
            history=history,
            history_plot=clean(history.svg, visible_line(history.label)) if history else None,
            blocks=list(packed.blocks.values()),
            index=pack(index(comparison, samples, list(packed.blocks))),
            script=script,
            style=style,
            policy=_policy(script, style),
        )
    )


def _static(name: str) -> Markup:
    return Markup((_HERE / name).read_text(encoding="utf-8"))  # noqa: S704 - a file of this package, never data


def _policy(script: str, style: str) -> str:
    """Nothing may load, run, be sent or be written as markup, but this script and this style."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _templates() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_seen,
    )
    templates.globals.update(  # pyright: ignore[reportUnknownMemberType, reportCallIssue]
        {"links": links, "rank": standings.rank, "bar": standings.bar}  # pyright: ignore[reportArgumentType]
    )
    return templates


def _seen(value: Any) -> Any:
    """Every text that a template prints is made visible before it is escaped."""
    return visible_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value
