"""One self-contained HTML file for a comparison.

The only script and the only style are the files in `script/` and `style/`, allowed by their hashes in the page's
Content-Security-Policy; whatever comes from a run is text (escaped by the templates) or packed data.
"""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from reports.comparison.comparison import Comparison
from reports.page import links, standings
from reports.page.cases import case_rows, failures
from reports.page.evidence import Packed, pack, pack_cases
from reports.page.heat_map import heat_map
from reports.page.history import History
from reports.page.index import index, known_rules
from reports.page.origin import commands, origin
from reports.page.pareto import pareto
from reports.page.samples import Sample, all_samples
from reports.page.svg import clean
from reports.page.visible import visible_line

# Bytes of a page, so that it can be mailed (10 MB are the usual bound).
MOST_BYTES = 9_800_000
# The parts of the one script and the one style sheet, in their order on the page.
SCRIPT = tuple(
    f"script/{name}.js" for name in ("elements", "data", "lists", "case", "traces", "answer", "visit")
)
STYLE = tuple(f"style/{name}.css" for name in ("page", "evidence", "phone_and_paper"))
_HERE = Path(__file__).parent


def write_page(
    comparison: Comparison, path: Path, history: History | None = None, most_bytes: int = MOST_BYTES
) -> None:
    """Write the report to `path` (whole or not at all). Above `most_bytes` the text of the least telling answers is left
    out, and the page says so.

    Raises `RunError` when a run of the comparison can't be read, `OSError` when the file can't be written.
    """
    html = render(comparison, history, most_bytes)
    beside = path.with_name(path.name + ".tmp")
    beside.write_text(html, encoding="utf-8", newline="\n")
    os.replace(beside, path)


def render(comparison: Comparison, history: History | None = None, most_bytes: int = MOST_BYTES) -> str:
    """The report as text. Raises as `write_page`."""
    samples = all_samples(comparison)
    content = _content(comparison, samples, history)
    page = _templates().get_template("page.html.j2")
    empty = Packed(dict.fromkeys((sample.case for sample in samples), ""), samples)
    frame = len(_filled(page, content, empty).encode())
    return _filled(page, content, pack_cases(samples, most_bytes - frame))


def _filled(page: Template, content: dict[str, Any], evidence: Packed) -> str:
    return page.render(content, left_out=evidence.left_out, blocks=list(evidence.blocks.values()))


def _content(comparison: Comparison, samples: list[Sample], history: History | None) -> dict[str, Any]:
    """All that the templates print, but the evidence."""
    rules = known_rules(samples)
    script = Markup("(() => {\n'use strict';\n%s})();") % _static(*SCRIPT)
    style = _static(*STYLE)
    names = [entry.name for entry in comparison.entries]
    cases = list(dict.fromkeys(sample.case for sample in samples))
    return {
        "comparison": comparison,
        "entries": list(enumerate(comparison.entries, start=1)),
        "samples": samples,
        "void": [sample for sample in samples if sample.void],
        "heat_map": heat_map(comparison, rules),
        "families": standings.families(comparison),
        "cases": case_rows(comparison),
        "failures": failures(samples, rules, names),
        "rule_count": len(rules),
        "pareto": pareto(comparison),
        "origin": origin(comparison),
        "commands": commands(comparison),
        "history": history,
        "history_plot": clean(history.svg, visible_line(history.label)) if history else None,
        "index": pack(index(comparison, samples, cases)),
        "script": script,
        "style": style,
        "policy": _policy(script, style),
    }


def _static(*names: str) -> Markup:
    parts = [(_HERE / name).read_text(encoding="utf-8") for name in names]
    return Markup("\n".join(parts))  # noqa: S704 - files of this package, never data


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
