"""Designs of alerts that are known to behave, and ones that lint clean and don't: each fails what it must, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.graders.simulate.alerts.judging import SERVICE, failed

FOLDER = Path(__file__).parent / "designs"
EXPECTED: dict[str, Any] = yaml.safe_load((FOLDER / "expect.yaml").read_text(encoding="utf-8"))
DESIGNS = sorted(file.stem for file in FOLDER.glob("*.yml"))


@pytest.mark.parametrize("design", DESIGNS)
def test_each_design_fails_what_it_must(design: str) -> None:
    text = (FOLDER / f"{design}.yml").read_text(encoding="utf-8")
    stated = {**SERVICE, **EXPECTED["facts"].get(design, {})}
    assert failed(text, stated) == EXPECTED["fails"].get(design, [])


def test_only_right_designs_pass_everything() -> None:
    wrong = {design for design in DESIGNS if design.startswith("wrong")}
    assert set(EXPECTED["fails"]) == wrong
    assert all(EXPECTED["fails"].values())


def _pair(bad: str, everything: str, long: str, short: str, limit: float) -> str:
    return " and ".join(
        f"(sum(rate({bad}[{window}])) / sum(rate({everything}[{window}])) > {limit:.9g})"
        for window in (long, short)
    )


def _workbook(bad: str, everything: str, budget: float) -> str:
    """The workbook's pairs, its factors capped where a total outage would not reach them."""
    fast, medium = min(14.4, 0.7 / budget), min(6, 0.5 / budget)
    pages = f"({_pair(bad, everything, '1h', '5m', fast * budget)}) or ({_pair(bad, everything, '6h', '30m', medium * budget)})"
    ticket = _pair(bad, everything, "3d", "6h", budget)
    return "\n".join(
        [
            "groups:",
            "- name: g",
            "  rules:",
            f"  - {{alert: Page, labels: {{severity: page}}, expr: '{pages}'}}",
            f"  - {{alert: Ticket, labels: {{severity: ticket}}, expr: '{ticket}'}}",
            "  - {alert: Gone, for: 5m, labels: {severity: page}, expr: 'absent(up{job=\"checkout\"} == 1)'}",
        ]
    )


@pytest.mark.parametrize("target", [90, 95, 99, 99.5, 99.9, 99.99])
@pytest.mark.parametrize("days", [28, 30])
def test_the_workbook_passes_at_every_objective(target: float, days: float) -> None:
    bad, everything = 'http_requests_total{code="500"}', "http_requests_total"
    stated = {**SERVICE, "slo": {"target": target, "window_days": days}}
    assert failed(_workbook(bad, everything, 1 - target / 100), stated) == []


@pytest.mark.parametrize("target", [90, 95, 99, 99.9])
def test_the_workbook_passes_for_latency(target: float) -> None:
    stated = {
        **SERVICE,
        "slo": {"target": target, "window_days": 30},
        "metrics": [{"name": "lat_seconds", "type": "histogram", "buckets": [0.1, 0.3, 1]}],
        "traffic": {
            "counts": "durations",
            "labels": {"job": "checkout"},
            "rate": {"low": 20, "high": 400},
            "durations": {"metric": "lat_seconds", "within": 0.3},
        },
    }
    slow = 'lat_seconds_count[{w}])) - sum(rate(lat_seconds_bucket{le="0.3"}'
    text = _workbook("SLOW", "lat_seconds_count", 1 - target / 100)
    for window in ("5m", "30m", "1h", "6h", "3d"):
        text = text.replace(
            f"sum(rate(SLOW[{window}]))", f"(sum(rate({slow.replace('{w}', window)}[{window}])))"
        )
    assert failed(text, stated) == []


def test_the_verdicts_hold_whatever_the_traffic_of_the_day() -> None:
    traffic = {**SERVICE["traffic"], "rate": {"low": 5, "high": 900}}
    text = (FOLDER / "right-recorded.yml").read_text(encoding="utf-8")
    assert failed(text, {**SERVICE, "traffic": traffic}) == []
