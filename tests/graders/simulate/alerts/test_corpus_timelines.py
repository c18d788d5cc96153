"""Every rules file of the corpus, accepted and careless, does in the engine what it does in promtool.

Both get the same time around an incident of the file's own case, one evaluation a scrape. promtool's time begins at 0, so
the first instant is 0 here, for `time()` and for what the series themselves say of time; rules that ask for the hour begin at
midnight. The suite takes one draw of each answer; SEEDS=1,2,3 takes these.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest

from graders.assemble import assemble
from graders.prometheus.rules_file import RulesFile, parse
from graders.simulate.alerts import promtool_timeline, scenarios
from graders.simulate.alerts.engine import rules
from graders.simulate.alerts.engine.alert_states import States
from graders.simulate.alerts.engine.series import Grid, Series
from graders.simulate.alerts.engine.templates import prints_value
from graders.simulate.alerts.engine.timeline import Timeline
from graders.simulate.alerts.scenario import Setting
from graders.simulate.alerts.service import DAY, Service, service_of
from graders.tools.locate import locate
from harness.answers import extract
from harness.cli.corpora import OWN
from harness.corpus import Case, Variant, draw, load_corpus
from harness.corpus.case import Recorded

LEFT_OPEN = locate("promtool").version.startswith("3.")
SEEDS = [int(seed) for seed in os.environ.get("SEEDS", "1").split(",")]
MINUTE = 60.0
CALENDAR = re.compile(r"\b(?:hour|minute|day_of_\w+)\s*\(")
# What tells most: all of it fails, counters begin anew under other names, samples are missing.
OF_A_SERVICE = ("outage", "deploy", "scrape fails")
OF_A_BATCH = ("runs fail", "leader changes", "batch metrics gone")

CASES = {
    case.id: case
    for case in load_corpus([OWN]).cases
    if any(deliverable.kind == "prometheus_rules" for deliverable in case.spec.deliverables)
}


@cache
def variant(case: str, seed: int) -> Variant:
    return draw(CASES[case], seed)


def answers(case: Case) -> Iterator[Recorded]:
    yield from case.accepted
    if case.careless:
        yield case.careless


def rules_files(chosen: Variant, recorded: Recorded) -> list[tuple[str, RulesFile]]:
    assignment = chosen.assignment
    blocks = extract(chosen.text_of(recorded)).blocks
    artifacts = assemble(blocks, assignment.deliverables, assignment.given).artifacts
    files = [(one.path, parse(one)) for one in artifacts if one.kind == "prometheus_rules"]
    # promtool evaluates all groups at one interval, whatever is theirs.
    return [
        (path, replace(file, groups=tuple(replace(group, interval=None) for group in file.groups)))
        for path, file in files
    ]


def around(service: Service, name: str, by_the_hour: bool) -> tuple[list[Series], Grid]:
    """The series of a scenario from before its incident on, the first instant being time 0."""
    if service.freshness:
        # A promise of days has steps of minutes.
        step = max(MINUTE, service.freshness.period_seconds / 60)
        scenario = scenarios.SCENARIOS[name](Setting(service, DAY, step))
        begin, end = scenario.start - 2 * service.freshness.period_seconds, scenario.end
    else:
        step = MINUTE
        scenario = scenarios.SCENARIOS[name](Setting(service, DAY, step))
        begin, end = scenario.start - 3600, scenario.start + 3 * 3600
    if by_the_hour:
        begin = begin // DAY * DAY
    first, last = round(begin / step), min(round(end / step), scenario.grid.count)
    of_time = {service.batch.last_success, service.batch.last_start} if service.batch else set[Any]()
    series = [
        Series(
            each.labels,
            each.values[first:last]
            - (scenario.grid.start + first * step if each.labels["__name__"] in of_time else 0.0),
        )
        for each in scenario.series
    ]
    return [each for each in series if not np.isnan(each.values).all()], Grid(0.0, step, last - first)


def states(timeline: Timeline) -> dict[tuple[Any, ...], list[int]]:
    """The states of each alert; those that only a printed value tells apart are one, in the highest of their states."""
    found: dict[tuple[Any, ...], States] = {}
    for alert in timeline.alerts:
        printed = {name for name, text in alert.entry.labels.items() if prints_value(text)}
        key = (
            alert.entry.name,
            alert.entry.line,
            tuple(item for item in alert.labels if item[0] not in printed),
        )
        found[key] = np.maximum(alert.state, found.get(key, np.int8(0)))
    return {key: state.tolist() for key, state in found.items() if state.any()}


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("case", "recorded"),
    [(id, recorded) for id, case in CASES.items() for recorded in answers(case)],
    ids=lambda value: getattr(value, "name", value),
)
def test_the_alerts_of_the_corpus_are_those_of_promtool(case: str, recorded: Recorded, seed: int) -> None:
    chosen = variant(case, seed)
    service = service_of(chosen.assignment.stated)
    files = rules_files(chosen, recorded)
    texts = [entry.text for _, file in files for entry in file.entries()]
    by_the_hour = any(CALENDAR.search(text) for text in texts)
    fired = recorded.name == "careless"  # some of whose alerts never fire
    for name in OF_A_SERVICE if service.traffic else OF_A_BATCH:
        series, grid = around(service, name, by_the_hour)
        step = grid.step_seconds
        ours = states(rules.run(files, series, grid, interval=step, left_open=LEFT_OPEN))
        assert ours == states(promtool_timeline.run(files, series, grid, interval=step)), name
        fired = fired or bool(ours)
    assert fired, "nothing was compared"
