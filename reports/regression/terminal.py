"""A night on the terminal: the verdict, and what one would look at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reports.ci.outcome import failure_text, one_line
from reports.regression.cells import by_weight
from reports.regression.markdown import facts, grader_words
from reports.regression.verdict import Regression, alarms, moved

if TYPE_CHECKING:
    from rich.console import Console

_MOST = 20


def print_night(regression: Regression, console: Console) -> None:
    """Every line is one line, whatever a model wrote into it."""
    from rich.text import Text

    def say(text: str, style: str = "") -> None:
        console.print(Text(one_line(text), style=style), soft_wrap=True)

    bad = {0: "bold green", 4: "bold yellow", 6: "bold red"}
    say(f"{regression.tonight.model}: {regression.headline}", bad[regression.exit_code])
    say(f"{regression.verdict}: {regression.reason}")
    for line in facts(regression):
        say(line)
    for drop in (*regression.constraints, *regression.areas):
        if alarms(drop, regression.threshold):
            say(f"{drop.measure} {moved(drop.test.drop)} (p = {drop.p:.2g}, Holm)", "red")
    new = by_weight(cell for cell in regression.cells if cell.state == "new failure")
    if new:
        say(f"{len(new)} new failures (rule × case that failed in no baseline sample)", "bold")
    for cell in new[:_MOST]:
        message, _ = failure_text(cell.rule, [i for i in cell.findings if i[1]["outcome"] == "fail"])
        say(
            f"{cell.severity} {cell.rule} {cell.case} {cell.tonight[0]} of {cell.tonight[1]}  {message}",
            "red",
        )
    if len(new) > _MOST:
        say(f"… and {len(new) - _MOST} more")
    for line in grader_words(regression):
        say(f"Grader: {line}")
    for move in regression.grader.moves[:_MOST]:
        say(f"{move.rule} {move.where} {move.sample}: {move.old} → {move.new}  {move.why}", "yellow")
    for note in regression.notes:
        say(f"Note: {note}", "yellow")
