"""A batch job's runs as its metrics show them, and the thresholds that a period of six hours allows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from graders.simulate.alerts.expectations import HOUR
from graders.simulate.alerts.scenario import MIDNIGHT, Setting
from graders.simulate.alerts.scenarios import SCENARIOS
from graders.simulate.alerts.service import service_of
from tests.graders.simulate.alerts.judging import failed

METRIC = "backup_last_success_timestamp_seconds"
STATED: dict[str, Any] = {
    "scrape_interval": 60,
    "page": {"severity": "page"},
    "ticket": {"severity": "ticket"},
    "freshness": {"period_seconds": 21_600, "usual_seconds": 1_200, "limit_seconds": 72_000},
    "batch": {
        "labels": {"job": "backup"},
        "last_success": METRIC,
        "running": "backup_running",
        "runs": {"metric": "backup_runs_total", "good": {"result": "ok"}, "bad": {"result": "failed"}},
    },
}
RULES = ("ALR-10", "ALR-12", "ALR-13", "ALR-18")


def _file(page: str, hold: str = "0s") -> str:
    gone = f"absent({METRIC})"
    return (
        "groups:\n- name: g\n  rules:\n"
        f"  - {{alert: Stale, for: {hold}, labels: {{severity: page}}, expr: '{page}'}}\n"
        f"  - {{alert: Gone, for: 30m, labels: {{severity: ticket}}, expr: '{gone}'}}\n"
    )


@pytest.mark.parametrize(
    "page",
    [
        f"time() - {METRIC} > 2 * 6 * 3600",
        f"time() - {METRIC} > 3 * 6 * 3600 - 600",
        f"sum(changes({METRIC}[13h])) == 0",
        'sum(increase(backup_runs_total{result="ok"}[13h])) == 0',
    ],
)
def test_thresholds_of_two_periods_and_more_pass(page: str) -> None:
    assert failed(_file(page), STATED, RULES) == []


@pytest.mark.parametrize(
    "page",
    [
        f"time() - {METRIC} > 6 * 3600",
        f"time() - {METRIC} > 1.2 * 6 * 3600",
        f"time() * 1000 - {METRIC} > 12 * 3600",
        f"time() - {METRIC} > 26 * 3600",
        f"absent({METRIC})",
        'increase(backup_runs_total{result="failed"}[7h]) > 0',
    ],
)
def test_too_early_too_late_and_blind_ones_fail(page: str) -> None:
    assert "ALR-18" in failed(_file(page), STATED, RULES)


def test_a_timestamp_of_one_process_alone_pages_when_another_one_takes_over() -> None:
    assert failed(_file(f"changes({METRIC}[13h]) == 0"), STATED, RULES) == ["ALR-13"]


def test_the_age_after_one_missed_run_is_two_periods() -> None:
    scenario = SCENARIOS["run fails"](Setting(service_of(STATED), 6 * HOUR, 60))
    (success,) = (each for each in scenario.series if each.labels["__name__"] == METRIC)
    age = scenario.grid.seconds - success.values
    assert np.max(age[120:]) == pytest.approx(2 * 21_600, abs=60)
    assert np.all(success.values[120:] >= MIDNIGHT - 21_600)


def test_a_run_that_hangs_neither_ends_nor_lets_another_start() -> None:
    scenario = SCENARIOS["run hangs"](Setting(service_of(STATED), 6 * HOUR, 60))
    (running,) = (each for each in scenario.series if each.labels["__name__"] == "backup_running")
    (failures,) = (
        each
        for each in scenario.series
        if each.labels["__name__"] == "backup_runs_total" and each.labels["result"] == "failed"
    )
    first = int(scenario.start / 60)
    assert np.all(running.values[first:] == 1)
    assert np.all(np.diff(failures.values) == 0)


SEVERAL: dict[str, Any] = {
    **STATED,
    "batch": {
        **STATED["batch"],
        "labels": {"job": "backup", "of": "orders"},
        "target": ["job"],
        "alongside": [
            {"labels": {"of": "stock"}, "period_seconds": 7_200, "usual_seconds": 600},
            {"labels": {"of": "paused"}},
        ],
    },
}


@pytest.mark.parametrize(
    ("page", "fails"),
    [
        (f'time() - {METRIC}{{of="orders"}} > 2 * 6 * 3600', []),
        (f'time() - {METRIC}{{of!="paused"}} > 2 * 6 * 3600', []),
        (f"time() - max({METRIC}) > 2 * 6 * 3600", ["ALR-18"]),
        (f'time() - {METRIC}{{of!="paused"}} > 2 * 7200', ["ALR-10", "ALR-13", "ALR-18"]),
        (f"time() - {METRIC} > 2 * 6 * 3600", ["ALR-10", "ALR-13", "ALR-18"]),
    ],
)
def test_one_job_of_several_is_judged_beside_those_that_go_well(page: str, fails: list[str]) -> None:
    assert failed(_file(page), SEVERAL, RULES) == fails


def test_other_jobs_are_there_until_the_scheduler_is_gone() -> None:
    setting = Setting(service_of(SEVERAL), history=0.0, step=60.0)
    scenario = SCENARIOS["batch metrics gone"](setting)
    other = [one for one in scenario.series if one.labels.get("of") in ("stock", "paused")]
    assert len(other) == 2 * 4
    at = int(scenario.start // 60)
    assert all(np.isfinite(one.values[at - 1]) and np.isnan(one.values[at]) for one in other)
    assert sum(one.labels["__name__"] == "up" for one in scenario.series) == 1
