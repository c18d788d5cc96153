"""`drydock trend`: how a model's score went over the nights, and what else changed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.failures import clear_errors

if TYPE_CHECKING:
    from reports.trend.trend import Trend


@click.command(epilog="Exit codes: 0 done, 2 usage, 5 there is no run that can be read.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--model", "models", multiple=True, metavar="NAME", help="Only this model; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document (docs/json.md).")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Write trend.md and trend.svg here.",
)
def command(folder: Path, models: tuple[str, ...], as_json: bool, out: Path | None) -> None:
    """Score, ship rate and cost over nights, for every run anywhere below DIR.

    \b
    drydock trend runs
    drydock trend nights --model openai/gpt-4o --out trend

    Between two nights more than the model may have changed: its parameters, the persona, cases, rules or tools, the
    delivery contract, the seed. That is marked, and the line is broken there. Invalid nights are shown, hollow.
    docs/trend.md explains which runs make a line.
    """
    from reports.trend.trend import read_trend

    with clear_errors():
        trend = read_trend(folder, models)
        if out is not None:
            _write(trend, out)
    if as_json:
        from reports.trend.document import trend_document

        print(json.dumps(trend_document(trend), indent=2, ensure_ascii=False))
    else:
        from rich.console import Console

        from reports.trend.terminal import print_trend

        print_trend(trend, Console())
    if out is not None:
        for name in ("trend.md", "trend.svg"):
            print(out / name, file=sys.stderr if as_json else sys.stdout)


def _write(trend: Trend, out: Path) -> None:
    from harness.runs import RunError
    from reports.trend.chart import draw
    from reports.trend.history import LABEL
    from reports.trend.markdown import report
    from reports.trend.standalone import standalone

    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / "trend.svg").write_text(standalone(draw(trend.series), LABEL), encoding="utf-8")
        (out / "trend.md").write_text(report(trend, "trend.svg"), encoding="utf-8")
    except OSError as error:
        raise RunError(
            f"{out}: the report cannot be written: {error.strerror}; --out FOLDER puts it elsewhere"
        ) from None
