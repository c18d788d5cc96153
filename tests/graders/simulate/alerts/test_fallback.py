"""promtool in place of the engine: the same alerts at the same times, verdicts on what only it knows, and its limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from graders import prometheus
from graders.artifact import Artifact
from graders.bundle import ToolFailed
from graders.simulate.alerts import fallback, scenarios
from graders.simulate.alerts.engine import rules as engine
from graders.simulate.alerts.engine.timeline import Timeline
from graders.simulate.alerts.measure import SHOWN_BEFORE
from graders.simulate.alerts.scenario import Scenario, Setting
from graders.simulate.alerts.service import service_of
from tests.graders.simulate.alerts.judging import SERVICE, violations

HOUR = 3600.0
RATIO = 'sum(rate(http_requests_total{code="500"}[5m])) / sum(rate(http_requests_total[5m]))'
# Conditions in labels are nothing that the engine supports.
BY_VALUE = "{{ if gt $value 0.5 }}page{{ else }}ticket{{ end }}"


def rules_file(*written: str, group: str = "") -> str:
    return "\n".join([f"groups: [{{name: g, {group} rules: [", ",\n".join(written), "]}]"])


def alert(expr: str, severity: str = "page", more: str = "") -> str:
    return f"{{alert: A, {more} expr: '{expr}', labels: {{severity: '{severity}'}}}}"


def fallback_of(text: str, history: float = 2 * HOUR) -> fallback.Fallback:
    parsed = prometheus.parse(Artifact("rules.yml", prometheus.KIND, text))
    return fallback.Fallback([("rules.yml", parsed)], 60.0, history)


def scenario(name: str, history: float = 2 * HOUR) -> Scenario:
    return scenarios.SCENARIOS[name](Setting(service_of(SERVICE), history, 60.0))


def alerts(timeline: Timeline) -> list[tuple[Any, ...]]:
    return sorted((each.labels, each.times.tolist(), each.state.tolist()) for each in timeline.fired())


@pytest.mark.parametrize("name", ["outage", "scrape fails"])
def test_what_both_know_is_the_same_with_less_of_the_history(name: str) -> None:
    text = rules_file(
        f"{{record: r, expr: '{RATIO}'}}",
        alert("r > 0.02 and avg_over_time(r[1h]) > 0.02", more="for: 2m, keep_firing_for: 5m,"),
        alert("absent(http_requests_total)", "ticket"),
        '{alert: B, expr: "up == 1", labels: {severity: ticket, of: "{{ $labels.nothing }}"}}',
    )
    happened, chosen = scenario(name), fallback_of(text)
    since = happened.start - SHOWN_BEFORE
    ours = engine.run(chosen.files, happened.series, happened.grid, since=since)
    expected = Timeline(
        tuple(
            replace(
                each,
                times=each.times[kept],
                state=each.state[kept],
                other=each.other[kept],
            )
            for each in ours.alerts
            for kept in [each.times >= happened.grid.start + since]
        ),
        (),
        ours.ask,
    )
    assert len(alerts(expected)) >= 3
    assert alerts(chosen.run(happened, since)) == alerts(expected)


def test_a_severity_by_value_is_judged() -> None:
    """A page where more than half fails: too late for the two burns below. The other answer pages for them as well."""
    text = rules_file(alert(f"{RATIO} > 0.005", BY_VALUE))
    missed = [each.message for each in violations("ALR-06", text, SERVICE)]
    assert len(missed) == 2
    assert not any("outage" in each for each in missed)
    assert violations("ALR-06", text.replace("0.5", "0.001"), SERVICE) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (rules_file(alert("up == 1 and on () hour() > 8", BY_VALUE)), "ask for the time"),
        (rules_file(alert(f"{RATIO} > 0.01"), group="limit: 3,"), "limit"),
        (rules_file(alert("up == 1", BY_VALUE + "{{ $value }}")), "prints the value"),
        (
            rules_file(alert("max_over_time(up[1h:]) > 0", BY_VALUE), group="interval: 30s,"),
            "step of subqueries",
        ),
    ],
)
def test_what_promtool_does_otherwise_is_no_verdict(text: str, reason: str) -> None:
    with pytest.raises(ToolFailed, match=reason):
        fallback_of(text).run(scenario("blip"), 0.0)
    with pytest.raises(ToolFailed, match=f"not simulated: .*; and not by promtool: .*{reason}"):
        violations("ALR-08", text, SERVICE)


def test_groups_of_several_intervals_are_no_verdict() -> None:
    groups = [f"{{name: g{each}, interval: {each}s, rules: [{alert('up == 0')}]}}" for each in (30, 60)]
    with pytest.raises(ToolFailed, match="several"):
        fallback_of(f"groups: [{', '.join(groups)}]").run(scenario("blip"), 0.0)


def test_one_answer_has_promtool_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen, asked = fallback_of(rules_file(alert("up == 0"))), list[float]()

    def slow(*_: Any, seconds: float, **__: Any) -> Timeline:
        asked.append(seconds)
        passed.append(35.0)
        return Timeline((), (), lambda _: ())

    passed: list[float] = []
    monkeypatch.setattr(fallback.promtool_timeline, "run", slow)
    monkeypatch.setattr(fallback.time, "monotonic", lambda: sum(passed))
    for _ in range(2):
        chosen.run(scenario("blip"), 0.0)
    assert asked == [60.0, 25.0]
    with pytest.raises(ToolFailed, match="promtool has simulated for 60 s"):
        chosen.run(scenario("blip"), 0.0)


def test_rules_that_read_their_own_results_get_all_of_the_history() -> None:
    """A sum that grows with each evaluation since the first one."""
    text = rules_file("{record: n, expr: 'n + 1 or vector(1)'}", alert("n > 3460", "page"))
    happened = scenario("blip", history=25 * HOUR)
    (found,) = fallback_of(text, history=25 * HOUR).run(happened, happened.start - SHOWN_BEFORE).alerts
    assert found.times[np.argmax(found.firing)] == happened.grid.start + 3460 * 60
