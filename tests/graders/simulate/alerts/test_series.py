"""The series of the scenarios: counters that behave as real ones, and the share of bad events that a scenario promises."""

from __future__ import annotations

import numpy as np
import pytest

from graders.simulate.alerts.engine.series import Floats, Series
from graders.simulate.alerts.expectations import BLIP_SHARE, HOUR
from graders.simulate.alerts.scenario import Scenario, Setting
from graders.simulate.alerts.scenarios import SCENARIOS
from graders.simulate.alerts.service import service_of
from tests.graders.simulate.alerts.judging import SERVICE

SETTING = Setting(service_of({**SERVICE, "traffic": {**SERVICE["traffic"], "lull": 0.01}}), 6 * HOUR, 60)
OF_TRAFFIC = sorted(
    name for name in SCENARIOS if "run" not in name and name not in ("leader changes", "batch metrics gone")
)


def _named(scenario: Scenario, name: str, **labels: str) -> list[Series]:
    return [
        series
        for series in scenario.series
        if series.labels["__name__"] == name and labels.items() <= series.labels.items()
    ]


def _grown(series: list[Series], scenario: Scenario) -> float:
    """How much the counters grow during the incident."""
    first, last = (int(at / scenario.grid.step_seconds) for at in (scenario.start, scenario.end))
    return float(sum(np.nanmax(each.values[first:last]) - each.values[first - 1] for each in series))


@pytest.mark.parametrize("name", OF_TRAFFIC)
def test_counters_are_whole_and_fall_only_where_a_process_starts_again(name: str) -> None:
    scenario = SCENARIOS[name](SETTING)
    falls = 0
    for series in _named(scenario, "http_requests_total"):
        values: Floats = series.values[~np.isnan(series.values)]
        assert np.all(values == np.floor(values))
        falls += int(np.sum(np.diff(values) < 0))
    assert (falls > 0) == name.startswith("restart")


@pytest.mark.parametrize("name", OF_TRAFFIC)
def test_no_two_series_have_the_same_labels(name: str) -> None:
    labels = [tuple(sorted(series.labels.items())) for series in SCENARIOS[name](SETTING).series]
    assert len(set(labels)) == len(labels)


def test_a_blip_costs_less_than_its_share_of_the_budget() -> None:
    blip = SCENARIOS["blip"](SETTING)
    bad = _grown(_named(blip, "http_requests_total", code="500"), blip)
    budget = 0.001 * 100 * 30 * 86_400
    assert 0.9 * BLIP_SHARE * budget < bad < BLIP_SHARE * budget


@pytest.mark.parametrize(
    ("name", "ratio"), [("fast burn", 0.02), ("medium burn", 0.008), ("slow burn", 0.004)]
)
def test_burns_have_the_ratio_that_they_promise(name: str, ratio: float) -> None:
    scenario = SCENARIOS[name](SETTING)
    bad = _grown(_named(scenario, "http_requests_total", code="500"), scenario)
    everything = _grown(_named(scenario, "http_requests_total"), scenario)
    assert bad / everything == pytest.approx(ratio, rel=0.02)


def test_a_small_part_that_fails_stays_within_the_budget() -> None:
    scenario = SCENARIOS["small part"](SETTING)
    assert float(np.nanmax(scenario.truth)) < 0.001
    (series,) = {each.labels["handler"] for each in scenario.series if "handler" in each.labels} - {
        "/a",
        "/b",
        "/c",
    }
    good = _named(scenario, "http_requests_total", handler=series, code="200")
    assert _grown(good, scenario) == 0


def test_new_pods_have_no_series_of_errors_until_something_fails() -> None:
    deploy = SCENARIOS["deploy"](SETTING)
    new = [
        each
        for each in _named(deploy, "http_requests_total", code="500")
        if "second" in each.labels["instance"]
    ]
    during = slice(int(deploy.start / 60), int(deploy.end / 60))
    assert new
    assert all(np.all(np.isnan(each.values[during])) for each in new)


def test_a_failing_scrape_leaves_up_at_0_and_a_vanished_target_takes_it_along() -> None:
    for name, value in (("scrape fails", 0.0), ("targets gone", np.nan)):
        scenario = SCENARIOS[name](SETTING)
        at = int(scenario.start / 60) + 5
        assert {str(each.values[at]) for each in _named(scenario, "up")} == {str(value)}
        assert all(np.isnan(each.values[at]) for each in _named(scenario, "http_requests_total"))


def test_in_the_lull_one_request_of_few_fails() -> None:
    lull = SCENARIOS["lull"](SETTING)
    assert _grown(_named(lull, "http_requests_total", code="500"), lull) == pytest.approx(1, abs=1)
    assert _grown(_named(lull, "http_requests_total"), lull) == pytest.approx(8 * 36, rel=0.1)


def test_a_histogram_puts_slow_requests_above_the_threshold() -> None:
    stated = {
        **SERVICE,
        "metrics": [{"name": "lat_seconds", "type": "histogram", "buckets": [0.1, 0.3, 1]}],
        "traffic": {
            "counts": "durations",
            "labels": {"job": "checkout"},
            "rate": {"low": 100, "high": 100},
            "durations": {"metric": "lat_seconds", "within": 0.3},
        },
    }
    burn = SCENARIOS["fast burn"](Setting(service_of(stated), 6 * HOUR, 60))
    quick = _grown(_named(burn, "lat_seconds_bucket", le="0.3"), burn)
    everything = _grown(_named(burn, "lat_seconds_count"), burn)
    assert 1 - quick / everything == pytest.approx(0.02, rel=0.02)
    grown = [_grown(_named(burn, "lat_seconds_bucket", le=le), burn) for le in ("0.1", "0.3", "1", "+Inf")]
    assert grown == sorted(grown)
