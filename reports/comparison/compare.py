"""From stored runs to a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from reports.comparison.comparison import Comparison, Difference, Entry
from reports.comparison.differences import differences, told
from reports.comparison.entries import entry_of
from reports.comparison.joining import join
from reports.comparison.measures import SCORE
from reports.comparison.stability import stability
from reports.comparison.verdict import verdict
from reports.statistics.ranking import pareto_front, rank_ranges


def compare(folders: Sequence[Path], across_persona: bool = False) -> Comparison:
    """Compare the runs in these folders on what they share; one run alone gives its report.

    `across_persona` allows, and asks for, runs under different persona cards. Raises `ComparisonError` with remedies for
    runs that cannot be compared, `RunError` for a folder that is no run.
    """
    joined = join(folders, across_persona)
    entries = [entry_of(run, joined.variants) for run in joined.runs]
    entries.sort(key=lambda entry: -entry.score.mean if entry.score else 1.0)
    pairs, detectable = differences(entries)
    entries = _placed(entries, pairs)
    compared = Comparison(
        entries=entries,
        differences=pairs,
        stability=stability(entries) if len(entries) > 1 else [],
        detectable=detectable,
        notes=joined.notes,
        verdict=[],
    )
    return replace(compared, verdict=verdict(compared))


def _placed(entries: Sequence[Entry], pairs: Sequence[Difference]) -> list[Entry]:
    """The entries with their ranks and whether they are on the Pareto front."""
    ahead = [
        (pair.first, pair.second) if pair.value > 0 else (pair.second, pair.first)
        for pair in pairs
        if pair.measure == SCORE and told(pair)
    ]
    ranks = rank_ranges([entry.name for entry in entries], ahead)
    front = pareto_front(
        {
            entry.name: (entry.score.mean, entry.cost_per_1000)
            for entry in entries
            if entry.score is not None and entry.cost_per_1000 is not None
        }
    )
    return [replace(entry, rank=ranks[entry.name], on_front=entry.name in front) for entry in entries]
