"""Expressions by which the alert rules were attacked: right ones in unusual form, wrong ones in usual form.

The catalogue is that of conftest.py. Each expression comes with the recordings that it reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graders.rule import Violation

Judge = Callable[..., list[Violation]]

PARAMETERS: dict[str, dict[str, Any]] = {
    "ALR-16": {"symptoms": ["requests_total"]},
    "ALR-17": {"metric": "lat_seconds", "threshold_seconds": 0.3},
}
RIGHT: dict[str, list[tuple[str, dict[str, str]]]] = {
    "ALR-03": [
        ("increase(requests_total[1h]) > 0", {}),
        ("sum by (code) (increase(requests_total[1h])) > 5", {}),
        ("resets(requests_total[1h]) > 3", {}),
        ("max_over_time(rate(requests_total[5m])[1h:1m]) > 5", {}),
        ("rate(requests_total[1m]) == 0", {}),
        ("requests_total unless requests_total offset 5m", {}),
        ("avg_over_time(queue_depth[5m]) > 3", {}),
        ("delta(queue_depth[10m]) > 3", {}),
        ("predict_linear(queue_depth[1h], 3600) > 5", {}),
        ("histogram_quantile(0.99, sum by (le) (rate(lat_seconds_bucket[5m]))) > 1", {}),
        ("count(requests_total) < 3", {}),
        ("rate(requests_total[5m] offset 1h) > 1", {}),
        ("queue_depth - queue_depth offset 5m > 0", {}),
        ("sum(rate({__name__='requests_total'}[5m])) > 1", {}),
        ("sum(increase(requests_total[5m:30s])) > 1", {}),
        ("absent_over_time(requests_total[10m])", {}),
        ("rate(lat_seconds_sum[5m]) / rate(lat_seconds_count[5m]) > 1", {}),
        ("r > 0.1", {"r": "sum(rate(requests_total[5m]))"}),
        ("sum_over_time(r[1h]) > 0.1", {"r": "sum(increase(requests_total[5m]))"}),
    ],
    "ALR-05": [
        ('sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 0.99', {}),
        ('100 * sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 5', {}),
        ('1 - sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) < 0.99', {}),
        ('(sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m]))) / 0.001 > 14.4', {}),
        ('sum(rate(requests_total{code=~"5.."}[5m])) > 0.05 * sum(rate(requests_total[5m]))', {}),
        (
            'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > on() group_left() r',
            {"r": "vector(0.01)"},
        ),
        ('sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) >= bool 0.5 == 1', {}),
        ('0.1 < sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m]))', {}),
        ('clamp_max(sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])), 1) > 0.2', {}),
        (
            '(sum(rate(requests_total[5m])) - sum(rate(requests_total{code=~"5.."}[5m]))) / sum(rate(requests_total[5m])) < 0.999',
            {},
        ),
        ('sum(rate(requests_total{code=~"5.."}[5m])) / (sum(rate(requests_total[5m])) > 0) > 0.01', {}),
        (
            'sum(rate(requests_total{code=~"5.."}[5m])) / clamp_min(sum(rate(requests_total[5m])), 1) > 0.01',
            {},
        ),
        (
            '(sum(rate(requests_total{code=~"5.."}[5m])) or vector(0)) / sum(rate(requests_total[5m])) > 0.01',
            {},
        ),
        (
            "avg_over_time(r[1h]) > 0.01",
            {"r": 'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m]))'},
        ),
        (
            "sum(r) > 0.0144",
            {"r": 'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m]))'},
        ),
    ],
    "ALR-14": [
        ("queue_depth > 5", {}),
        ("(queue_depth > 5) * on (handler) group_left (code) requests_total", {}),
        ("-(queue_depth < 5)", {}),
        ('100 * (sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 0.01)', {}),
        ('(sum(rate(requests_total{code=~"5.."}[5m])) > 5) / sum(rate(requests_total[5m]))', {}),
        ('sum(rate(requests_total{code=~"5.."}[5m]))/(sum(rate(requests_total[5m])) > 0) > 0.01', {}),
        ("clamp_max(queue_depth > 5, 10)", {}),
        ("count(up == 0) by (job)", {}),
        ("hour() > 8 and hour() < 18 and on() queue_depth > 5", {}),
        ("time() - timestamp(queue_depth) > 300", {}),
        ("changes(up[10m]) > 2", {}),
        ("up == 0", {}),
        ("not_a_metric == 1", {}),
        ("round(queue_depth) >= 3", {}),
        ("quantile(0.9, queue_depth) > 5", {}),
        ("label_replace(up == 0, 'a', '$1', 'job', '(.*)')", {}),
        (
            'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 0.01 and sum(rate(requests_total[5m])) > 0',
            {},
        ),
        ("absent(up) or up == 0", {}),
        ("ALERTS{alertname='B', alertstate='firing'}", {}),
        ("sum(up) < 2", {}),
        ("sum(up == bool 0) > 1", {}),
    ],
    "ALR-16": [
        ('sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 0.01', {}),
        ("absent(requests_total)", {}),
        ("sum(up) == 0", {}),
        ("r > 0.1", {"r": 'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m]))'}),
        (
            "sum(rate(requests_total{code=~\"5..\"}[5m]))/sum(rate(requests_total[5m])) > 0.01 and on() absent(ALERTS{alertname='Maintenance'})",
            {},
        ),
        (
            "sum(rate(requests_total{code=~\"5..\"}[5m]))/sum(rate(requests_total[5m])) > 0.01 unless on() ALERTS{alertname='Down'}",
            {},
        ),
        (
            'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 0.01 and on() (hour() > 6)',
            {},
        ),
        ("avg(up) < 0.5", {}),
        ("min(up) == 0 and max(up) == 0", {}),
    ],
    "ALR-17": [
        ('1 - sum(rate(lat_seconds_bucket{le="0.3"}[5m]))/sum(rate(lat_seconds_count[5m])) > 0.01', {}),
        (
            '(sum(rate(lat_seconds_count[5m])) - sum(rate(lat_seconds_bucket{le="0.3"}[5m])))/sum(rate(lat_seconds_count[5m])) > 0.01',
            {},
        ),
        (
            'sum(rate(lat_seconds_bucket{le="0.3"}[5m]))/sum(rate(lat_seconds_bucket{le="+Inf"}[5m])) < 0.99',
            {},
        ),
        ('sum(increase(lat_seconds_bucket{le="0.30"}[1h]))/sum(increase(lat_seconds_count[1h])) < 0.99', {}),
        (
            "1 - (sum(r1)/sum(r2)) > 0.01",
            {"r1": 'rate(lat_seconds_bucket{le="0.3"}[5m])', "r2": "rate(lat_seconds_count[5m])"},
        ),
        ('sum(rate(lat_seconds_bucket{le="0.3"}[5m])) / (sum(rate(lat_seconds_count[5m])) > 0) < 0.99', {}),
        (
            'sum(rate(lat_seconds_bucket{le="0.3"}[5m])) / ignoring(le) sum(rate(lat_seconds_count[5m])) < 0.99',
            {},
        ),
        (
            'avg_over_time(((sum(rate(lat_seconds_bucket{le="0.3"}[5m])))/(sum(rate(lat_seconds_count[5m]))))[1h:1m]) < 0.99',
            {},
        ),
        ('sum(rate(lat_seconds_bucket{le="0.3"}[5m])) < 0.99 * sum(rate(lat_seconds_count[5m]))', {}),
        ("sum(r) / sum(rate(lat_seconds_count[5m])) < 0.99", {"r": 'rate(lat_seconds_bucket{le="0.3"}[5m])'}),
        (
            'r{le="0.3"} / ignoring(le) sum(rate(lat_seconds_count[5m])) < 0.99',
            {"r": "sum by (le) (rate(lat_seconds_bucket[5m]))"},
        ),
        (
            '1 - r{le="0.3"} / ignoring(le) r{le="+Inf"} > 0.1',
            {"r": "sum by (le) (rate(lat_seconds_bucket[5m]))"},
        ),
    ],
    "ALR-19": [
        ("sum by (handler) (rate(requests_total[5m])) > 1", {}),
        ("sum without (code) (rate(requests_total[5m])) > 1", {}),
        ("r{handler='a'} > 1", {"r": "sum by (handler) (rate(requests_total[5m]))"}),
        ("label_replace(up,'x','$1','job','(.*)') == 0 and on (x) label_replace(up,'x','a','','')", {}),
        ("{__name__=~'requests_.*'} > 1", {}),
        ("up == 0 unless on (job, instance) up offset 5m", {}),
        ("ALERTS{alertname='X'}", {}),
        ("count_values('v', queue_depth) > 1", {}),
        ("sum by (job, instance) (up) == 0", {}),
        ("scrape_duration_seconds > 10", {}),
        ("rate(lat_seconds_count{handler='a'}[5m]) > 1", {}),
        ('rate(lat_seconds_bucket{le="0.3"}[5m]) > 1', {}),
    ],
}

WRONG: dict[str, list[tuple[str, dict[str, str]]]] = {
    "ALR-03": [
        ("requests_total > 5", {}),
        ("sum(requests_total) > 5", {}),
        ("rate(queue_depth[5m]) > 1", {}),
        ("rate(requests_total[30s]) > 1", {}),
        ("rate(sum(requests_total)[5m:30s]) > 1", {}),
        ("delta(requests_total[5m]) > 1", {}),
        ("deriv(requests_total[5m]) > 1", {}),
        ("avg_over_time(requests_total[5m]) > 1", {}),
        ("rate(r[5m]) > 1", {"r": "sum(requests_total)"}),
        ("rate(r[5m]) > 1", {"r": "rate(requests_total[5m])"}),
        ("increase(lat_seconds_bucket[20s]) > 1", {}),
        ("irate(queue_depth[5m]) > 1", {}),
        ('requests_total{code=~"5.."} / requests_total > 0.01', {}),
        ("max(lat_seconds_count) > 3", {}),
        ("histogram_quantile(0.9, lat_seconds_bucket) > 1", {}),
        ("{__name__='requests_total'} > 5", {}),
        ("rate({__name__='queue_depth'}[5m]) > 5", {}),
        ("requests_total - requests_total offset 5m > 0", {}),
        ("topk(3, requests_total)", {}),
        ("r > 5", {"r": "requests_total"}),
        ("idelta(requests_total[5m]) > 1", {}),
    ],
    "ALR-05": [
        ('sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 1', {}),
        ('sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 5', {}),
        ('100*sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 100', {}),
        ('sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 14.4 * (1 - 0.9)', {}),
        ('sum(rate(requests_total{code=~"5.."}[5m])) > 1.2 * sum(rate(requests_total[5m]))', {}),
        ('(sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])))/0.001 > 1440', {}),
        ('1 - sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) < 0', {}),
        (
            'clamp_max(sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])), 0.5) > 0.6',
            {},
        ),
        ("r > 1.44", {"r": 'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m]))'}),
        (
            "avg_over_time(r[1h]) > 1.44",
            {"r": 'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m]))'},
        ),
        ('round(100*sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m]))) > 144', {}),
        (
            'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 0.01 and sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 14.4',
            {},
        ),
        (
            '(sum(rate(requests_total{code=~"5.."}[5m])) or vector(0)) / sum(rate(requests_total[5m])) > 14.4',
            {},
        ),
        (
            'sum(rate(requests_total{code=~"5.."}[5m])) / clamp_min(sum(rate(requests_total[5m])), 1) > 14.4',
            {},
        ),
        ('sum(rate(requests_total{code=~"5.."}[5m])) / (sum(rate(requests_total[5m])) > 0) > 14.4', {}),
        ("sum(r) > 14.4", {"r": 'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m]))'}),
        (
            'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > r',
            {"r": "vector(14.4)"},
        ),
        (
            "max(r) > 14.4 * 0.1",
            {"r": 'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m]))'},
        ),
    ],
    "ALR-14": [
        ('sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m]))', {}),
        ('sum(rate(requests_total{code=~"5.."}[5m]))/(sum(rate(requests_total[5m])) > 0)', {}),
        (
            'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) and sum(rate(requests_total[5m])) > 0',
            {},
        ),
        ("queue_depth >= queue_depth", {}),
        ("time() > 0", {}),
        ("up >= 0", {}),
        ("sum(rate(requests_total[5m])) >= 0", {}),
        ("up <= 1", {}),
        ("queue_depth > -Inf", {}),
        ("vector(1)", {}),
        ("sum(queue_depth > bool 5)", {}),
        ("count(up) > 0", {}),
        ("queue_depth or vector(0) > 1", {}),
        ("hour() >= 0", {}),
        ('sum(rate(requests_total{code=~"5.."}[5m]))/(sum(rate(requests_total[5m])) != 0)', {}),
        (
            'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) and on() sum(rate(requests_total[5m])) > 0',
            {},
        ),
        ("r", {"r": 'sum(rate(requests_total{code=~"5.."}[5m]))/(sum(rate(requests_total[5m])) > 0)'}),
        ("abs(queue_depth) >= 0", {}),
        ('sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) <= 1', {}),
        ("queue_depth == queue_depth", {}),
        ("clamp_min(queue_depth,1) > 0", {}),
        ("queue_depth * (1 > bool 0)", {}),
        ("queue_depth ^ 2 >= 0", {}),
        ("count_over_time(queue_depth[5m]) > 0", {}),
    ],
    "ALR-16": [
        ("queue_depth > 5", {}),
        (
            'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 0.01 or queue_depth > 5',
            {},
        ),
        ("up == 0", {}),
        ("absent(queue_depth)", {}),
        (
            'sum(rate(requests_total{code=~"5.."}[5m]))/sum(rate(requests_total[5m])) > 0.01 and queue_depth > 5',
            {},
        ),
        ("r > 1", {"r": "queue_depth"}),
        ("count by (instance) (up == 0)", {}),
        ("sum(rate(requests_total[5m])) * 0 + queue_depth > 5", {}),
        ("avg without (job) (up) < 1", {}),
        ("ALERTS{alertname='Cpu'}", {}),
        ("vector(1)", {}),
    ],
    "ALR-17": [
        ('sum(rate(lat_seconds_bucket{le="1"}[5m]))/sum(rate(lat_seconds_count[5m])) < 0.99', {}),
        ("sum(rate(lat_seconds_sum[5m]))/sum(rate(lat_seconds_count[5m])) > 0.3", {}),
        ("histogram_quantile(0.99, sum by (le)(rate(lat_seconds_bucket[5m]))) > 0.3", {}),
        ('sum(rate(lat_seconds_bucket{le="0.3"}[5m]))/sum(rate(requests_total[5m])) < 0.99', {}),
        ('sum(lat_seconds_bucket{le="0.3"})/sum(lat_seconds_count) < 0.99', {}),
        ('sum(rate(lat_seconds_count[5m]))/sum(rate(lat_seconds_bucket{le="0.3"}[5m])) > 0.99', {}),
        ('sum(rate(lat_seconds_bucket{le=~"0.3|1"}[5m]))/sum(rate(lat_seconds_count[5m])) < 0.99', {}),
        ('sum(rate(lat_seconds_bucket{le!="0.3"}[5m]))/sum(rate(lat_seconds_count[5m])) < 0.99', {}),
        (
            'sum(rate(lat_seconds_bucket{le="0.3"}[5m]))/sum(rate(lat_seconds_count[5m])) < 0.99 or sum(rate(lat_seconds_sum[5m]))/sum(rate(lat_seconds_count[5m])) > 0.3',
            {},
        ),
        ('sum(rate(lat_seconds_bucket{le="0.3"}[5m]))/sum(rate(lat_seconds_count[1h])) < 0.99', {}),
        (
            'sum(rate(lat_seconds_bucket{le="0.3"}[5m]))/sum(rate(lat_seconds_count[5m])) < 0.99 or avg(rate(lat_seconds_sum[5m])/rate(lat_seconds_count[5m])) > 0.3',
            {},
        ),
        ('r{le="1"} / ignoring(le) r{le="+Inf"} < 0.9', {"r": "sum by (le) (rate(lat_seconds_bucket[5m]))"}),
    ],
    "ALR-19": [
        ("sum by (zone) (rate(requests_total[5m])) > 1", {}),
        ("requests_count > 1", {}),
        ("rate(requests_total{status='500'}[5m]) > 1", {}),
        ("r{code='5'} > 1", {"r": "sum by (handler) (rate(requests_total[5m]))"}),
        ("rate(lat_seconds[5m]) > 1", {}),
        ("queue_depth{code='5'} > 1", {}),
        ("{__name__=~'nope_.*'} > 1", {}),
        ("queue_depth * on (zone) up > 1", {}),
        ("up{service='x'} == 0", {}),
        ("{job='x'} > 1", {}),
        ("queue_depth * on(handler) group_left(zone) queue_depth > 1", {}),
        ('rate(lat_seconds_bucket{le="0.5"}[5m]) > 1', {}),
        ("label_replace(up,'x','$1','zone','(.*)') == 0", {}),
        ("sum by (le) (rate(lat_seconds_count[5m])) > 1", {}),
    ],
}


@pytest.mark.parametrize("id", RIGHT)
def test_right_in_unusual_form(id: str, judge: Judge) -> None:
    judged = {e: judge(id, e, recordings, **PARAMETERS.get(id, {})) for e, recordings in RIGHT[id]}
    assert {expr: found for expr, found in judged.items() if found} == {}


@pytest.mark.parametrize("id", WRONG)
def test_wrong_in_usual_form(id: str, judge: Judge) -> None:
    assert [e for e, recordings in WRONG[id] if not judge(id, e, recordings, **PARAMETERS.get(id, {}))] == []


def test_a_window_as_a_label_of_one_recorded_name(judge_file: Judge) -> None:
    ratio = 'sum(rate(requests_total{code=~"5.."}[WINDOW])) / sum(rate(requests_total[WINDOW]))'
    records = "".join(
        f"  - record: error_ratio\n    expr: {ratio.replace('WINDOW', w)}\n    labels: {{window: {w}}}\n"
        for w in ("5m", "1h")
    )
    alert = (
        'max(error_ratio{window="1h"} > FACTOR * 0.001) without (window)'
        ' and max(error_ratio{window="5m"} > FACTOR * 0.001) without (window)'
    )

    def judged(factor: str) -> list[Violation]:
        text = f"groups:\n- name: g\n  rules:\n{records}  - alert: A\n    expr: {alert.replace('FACTOR', factor)}\n"
        return judge_file("ALR-04", text + "    labels: {severity: page}\n")

    assert judged("14.4") == []
    assert judged("20")


def page(summary: str = "Errors", dashboard: str = "https://grafana.example.com/d/1") -> str:
    return (
        "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up == 0\n    labels: {severity: page}\n"
        f"    annotations:\n      summary: {summary!r}\n      dashboard_url: {dashboard!r}\n"
    )


@pytest.mark.parametrize(
    "text",
    [page(), page(dashboard="{{ $externalURL }}/d/1?job={{ $labels.job }}"), page("{{ $labels.job }} fails")],
)
def test_annotations_that_say_something(text: str, judge_file: Judge) -> None:
    assert judge_file("ALR-15", text, labels=["severity"], annotations=["summary", "dashboard_url"]) == []


@pytest.mark.parametrize(
    "text",
    [
        page("TBD"),
        page("-"),
        page("<summary>"),
        page(dashboard="n/a"),
        page(dashboard="see wiki"),
        page(dashboard="x"),
    ],
)
def test_annotations_that_only_fill_their_place(text: str, judge_file: Judge) -> None:
    assert judge_file("ALR-15", text, labels=["severity"], annotations=["summary", "dashboard_url"])
