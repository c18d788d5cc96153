"""What `drydock trend` hands to the page: one plot and the table of the same numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class History:
    """`svg` is the plot as altair wrote it, in the colours of `reports.page.svg.COLOURS`; the page cleans it and gives it
    the name `label`. `rows` are the rows of the table, heading -> text, the same headings in each."""

    svg: str
    rows: Sequence[dict[str, str]]
    label: str = "Score over nights"
