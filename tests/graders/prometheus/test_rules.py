"""The traps of the alert rules: right designs in unusual form pass, wrong ones in usual form do not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graders.report import Message, Report
from graders.rule import Violation

Judge = Callable[..., list[Violation]]
Records = dict[str, str]

BAD = 'sum(rate(requests_total{code=~"5.."}[5m]))'
ALL = "sum(rate(requests_total[5m]))"
RATIO = {"r": f"{BAD} / {ALL}"}
GOOD = 'sum(rate(lat_seconds_bucket{le="0.3"}[5m]))'
COUNT = "sum(rate(lat_seconds_count[5m]))"
AVERAGE = f"sum(rate(lat_seconds_sum[5m])) / {COUNT}"


def case(expr: str, **recordings: str) -> tuple[str, Records]:
    return expr, recordings


ALR_17 = {"metric": "lat_seconds", "threshold_seconds": 0.3}
ALR_16 = {"symptoms": ["requests_total"]}

RIGHT = {
    "ALR-03": [
        case(f"{BAD} / {ALL} > 0.01"),
        case("absent(requests_total)"),
        case("changes(requests_total[10m]) == 0"),
        case("time() - timestamp(requests_total) > 60"),
        case("queue_depth > 5 and on() requests_total"),
        case("deriv(queue_depth[5m]) > 1"),
        case("rate(r[5m]) > 1", r="requests_total"),
        case("sum(requests_total unless requests_total offset 5m) > 5"),
        case("(requests_total unless requests_total offset 5m) > 5"),
        case("requests_total > 5 unless requests_total offset 5m"),
        case("requests_total unless requests_total offset 5m > 0"),
        case("requests_total > 0 unless 0 < requests_total offset 5m"),
        case("sum(increase(requests_total[5m]) > 0 or (requests_total unless requests_total offset 5m)) > 3"),
        case("sum((requests_total unless requests_total offset 5m) or increase(requests_total[5m])) > 3"),
        case("sum(requests_total unless on (code) requests_total offset 5m) > 5"),
        case("sum(requests_total unless ignoring (pod) requests_total offset 5m) > 5"),
        case("sum(requests_total) > 5 unless on () requests_total offset 5m"),
        case("sum by (code) (requests_total) unless count by (code) (requests_total offset 1d)"),
        case("sum without (pod) (requests_total) > 5 unless ignoring (pod) requests_total offset 5m"),
        case(
            "sum without (pod) (requests_total) > 5 unless group without (pod) (requests_total offset 5m) > 0"
        ),
        case('sum(requests_total{code="500"} unless requests_total{code=~"5.."} offset 5m) > 5'),
        case("sum(requests_total unless count_over_time(requests_total[1h] offset 5m) > 0) > 5"),
        case("sum(requests_total unless max_over_time(requests_total[1h:1m] offset 5m) > 0) > 5"),
        case("sum(max_over_time(requests_total[5m]) unless requests_total offset 5m) > 5"),
        case("sum(requests_total unless (requests_total offset 5m or requests_total offset 10m)) > 5"),
        case("sum(requests_total unless requests_total offset 5m unless on () up == 0) > 5"),
        case("sum(requests_total unless on () up == 0 unless requests_total offset 5m) > 5"),
        case("sum(2 * requests_total unless requests_total offset 5m) > 5"),
        case('sum(r{code="500"} unless r offset 5m) > 5', r="requests_total"),
        case("sum(r) > 5", r="requests_total unless requests_total offset 5m"),
        case("sum(present_over_time(requests_total[5m]) unless requests_total offset 5m) > 5"),
    ],
    "ALR-05": [
        case(f"100 * {BAD} / {ALL} > 1.44"),
        case(f"({BAD} / {ALL}) / 0.001 > 14.4"),
        case(f"{BAD} > 0.0144 * {ALL}"),
        case(f"0.0144 < {BAD} / {ALL}"),
        case(f"({ALL} - {BAD}) / {ALL} < 0.9"),
        case("r > on() group_left() (14.4 * (1 - s))", s="vector(0.999)", **RATIO),
        case("avg_over_time(r[1h]) > 0.1", **RATIO),
        case(f"{BAD} / {ALL} > 0.01 and {AVERAGE} > 2"),
        case(f"{BAD} / {ALL} > 0.01 and {ALL} / sum(rate(requests_total[5m] offset 1d)) > 2"),
        case(f"{BAD} / clamp_min({ALL}, 1) > 0.01"),
        case("1 - sum(rate(job_success_total[5m])) / sum(rate(job_runs_total[5m])) > 0.1"),
        case("avg_over_time(up[1h]) < 0.99"),
    ],
    "ALR-14": [
        case("absent(up)"),
        case("queue_depth unless on() up"),
        case("count_over_time((up == 0)[5m:])"),
        case("max(queue_depth > 5)"),
        case("r", r="up == 0"),
        case("(up == 0) or absent(up)"),
    ],
    "ALR-16": [
        case("r > 0.1", **RATIO),
        case("absent(up)"),
        case("sum(up) == 0"),
        case("absent(requests_total)"),
    ],
    "ALR-17": [
        case(f"1 - {GOOD} / {COUNT} > 0.01"),
        case(f"{GOOD} < 0.99 * {COUNT}"),
        case(f"({COUNT} - {GOOD}) / {COUNT} > 0.01"),
        case(GOOD.replace('="0.3"', '=~"0.3|0.30"') + f" / {COUNT} < 0.9"),
        case(GOOD + ' / sum(rate(lat_seconds_bucket{le="+Inf"}[5m])) < 0.9'),
        case("histogram_fraction(0, 0.3, sum(rate(lat_seconds[5m]))) < 0.99"),
        case("sum_over_time(a[1h]) / sum_over_time(b[1h]) < 0.9", a=GOOD, b=COUNT),
    ],
    "ALR-19": [
        case('up{job="x", instance="y"} == 0'),
        case('r{handler="x"} > 1', r="sum by (handler) (rate(requests_total[5m]))"),
        case('{__name__="queue_depth"} > 1'),
        case('sum by (svc) (label_replace(queue_depth, "svc", "$1", "handler", "(.*)")) > 1'),
        case('ALERTS{alertname="x", team="y"}'),
        case("sum without (pod) (queue_depth) > 1"),
    ],
}
WRONG = {
    "ALR-03": [
        case("sum(requests_total) > 4"),
        case("rate(queue_depth[5m]) > 1"),
        case("rate(requests_total[30s]) > 0"),
        case("rate(r[5m]) > 1", r=ALL),
        case("rate(sum(requests_total)[5m:]) > 1"),
        case("histogram_quantile(0.9, lat_seconds_bucket) > 1"),
        case("r > 5", r="requests_total"),
        case("sum(requests_total unless job_runs_total offset 5m) > 5"),
        case("requests_total > 100 unless requests_total offset 5m > 100"),
        case("requests_total unless requests_total offset 5m > 100"),
        case("queue_depth > 5 unless on () requests_total offset 5m > 0"),
        case("job_runs_total unless requests_total offset 5m > 0"),
        case('sum(requests_total unless requests_total{code="500"} offset 5m) > 5'),
        case('sum(requests_total{code=~"5.."} unless requests_total{code="500"} offset 5m) > 5'),
        case('sum(requests_total{code="("} unless requests_total{code=~"("} offset 5m) > 5'),
        case("sum(requests_total unless requests_total) > 5"),
        case("sum(requests_total offset 5m unless requests_total) > 5"),
        case("sum(requests_total offset 1h unless requests_total offset 5m) > 5"),
        case("sum(max_over_time(requests_total[1h]) unless requests_total offset 5m) > 5"),
        case("sum(requests_total unless last_over_time(requests_total[1h])) > 5"),
        case("sum(requests_total unless requests_total @ 0) > 5"),
        case("sum(requests_total unless min_over_time(requests_total[1h] offset 5m) > 0) > 5"),
        case("sum(requests_total unless rate(requests_total[1h] offset 5m) > 0) > 5"),
        case("sum(requests_total unless (requests_total offset 5m and queue_depth)) > 5"),
        case("sum(requests_total unless topk(3, requests_total offset 5m)) > 5"),
        case("sum by (code) (requests_total) unless requests_total offset 5m"),
        case("sum by (code) (requests_total) unless sum by (handler) (requests_total offset 5m)"),
        case('sum(label_replace(requests_total, "pod", "", "", "") unless requests_total offset 5m) > 5'),
        case("sum(requests_total and requests_total offset 5m) > 5"),
        case("sum((requests_total or job_runs_total) unless requests_total offset 5m) > 5"),
        case("sum((queue_depth and on () requests_total > 100) unless on () requests_total offset 5m) > 5"),
        case("sum(requests_total) + sum(requests_total unless requests_total offset 5m) > 5"),
        case("sum(requests_total + requests_total unless requests_total offset 5m) > 5"),
        case("sum(requests_total - (requests_total offset 5m or requests_total * 0)) > 5"),
        case("sum(-requests_total unless requests_total offset 5m) < -5"),
        case("sum(r unless s offset 5m) > 5", r="requests_total", s='requests_total{code="500"}'),
        case("rate(r[5m]) > 1", r="requests_total unless requests_total offset 5m"),
    ],
    "ALR-05": [
        case(f"{BAD} / {ALL} > 14.4 * 0.1"),
        case(f"100 * {BAD} / {ALL} > 144"),
        case(f"({BAD} / {ALL}) / (1 - 0.9) > 14.4"),
        case(f"{BAD} > 1.44 * {ALL}"),
        case(f"1 - {BAD} / {ALL} < 1 - 14.4 * 0.1"),
        case("r > on() group_left() (14.4 * (1 - s))", s="vector(0.9)", **RATIO),
        case("sum(rate(job_failures_total[5m])) / sum(rate(job_runs_total[5m])) > 5"),
        case("queue_depth > 5"),
    ],
    "ALR-14": [
        case("up"),
        case("up > bool 0"),
        case("up == 0 or vector(1)"),
        case("topk(3, queue_depth) > 5"),
        case("rate(requests_total[5m]) >= 0"),
        case("r", r="up"),
        case("scalar(up == 1)"),
    ],
    "ALR-16": [
        case("queue_depth > 4"),
        case("up == 0"),
        case(f"{BAD} / {ALL} > 0.1 and on() queue_depth > 5"),
        case("r > 1", r="sum(queue_depth)"),
    ],
    "ALR-17": [
        case(GOOD.replace("0.3", "1") + f" / {COUNT} < 0.9"),
        case(f"{AVERAGE} > 0.3"),
        case("histogram_quantile(0.99, sum by (le) (rate(lat_seconds_bucket[5m]))) > 0.3"),
        case('lat_seconds_bucket{le="0.3"} / lat_seconds_count < 0.9'),
        case(f"{GOOD} / {COUNT} < 0.9 and {AVERAGE} > 0.3"),
        case(f"{GOOD} / {ALL} < 0.9"),
    ],
    "ALR-19": [
        case("queue_length > 1"),
        case('requests_total{status="500"} > 1'),
        case("lat_seconds > 1"),
        case("sum by (region) (queue_depth) > 1"),
        case('r{code="x"} > 1', r="sum by (handler) (rate(requests_total[5m]))"),
        case('{__name__=~"foo.*"} > 1'),
    ],
}
PARAMS = {"ALR-16": ALR_16, "ALR-17": ALR_17}


@pytest.mark.parametrize(
    ("id", "expr", "recordings"), [(id, *given) for id, cases in RIGHT.items() for given in cases]
)
def test_right_designs_pass(judge: Judge, id: str, expr: str, recordings: Records) -> None:
    assert judge(id, expr, recordings, **PARAMS.get(id, {})) == []


@pytest.mark.parametrize(
    ("id", "expr", "recordings"), [(id, *given) for id, cases in WRONG.items() for given in cases]
)
def test_wrong_designs_fail(judge: Judge, id: str, expr: str, recordings: Records) -> None:
    assert judge(id, expr, recordings, **PARAMS.get(id, {}))


@pytest.mark.parametrize(
    ("label", "fails"),
    [
        ("{{ $value }}", True),
        ('{{ printf "%.1f" .Value }}', True),
        ("{{ $labels.value }}", False),
        ("value", False),
    ],
)
def test_values_in_labels(judge: Judge, label: str, fails: bool) -> None:
    assert bool(judge("ALR-14", "up == 0", alert_labels=f"severity: page, v: '{label}'")) is fails


def test_a_watchdog_may_fire_always_unless_it_pages(judge_file: Judge) -> None:
    text = "groups:\n- name: g\n  rules:\n  - alert: Watchdog\n    expr: vector(1)\n    labels: {severity: SEV}\n"
    assert not judge_file("ALR-14", text.replace("SEV", "none"))
    assert judge_file("ALR-14", text.replace("SEV", "page"))


@pytest.mark.parametrize("id", ["ALR-03", "ALR-04", "ALR-05", "ALR-14", "ALR-15", "ALR-16", "ALR-17"])
def test_nothing_to_judge_is_no_pass(judge_file: Judge, id: str) -> None:
    text = "groups:\n- name: g\n  rules:\n  - record: a\n    expr: sum(up)\n"
    assert judge_file(id, text, **PARAMS.get(id, {}))


def pair(long: str, short: str, factor: str) -> str:
    parts = (f"{BAD} / {ALL}".replace("5m", window) for window in (long, short))
    return " and ".join(f"{part} > {factor} * 0.001" for part in parts)


@pytest.mark.parametrize(
    ("expr", "follows"),
    [
        (f"({pair('1h', '5m', '14.4')}) or ({pair('6h', '30m', '6')})", True),
        (pair("1h", "10m", "14.4"), False),
        (pair("1h", "5m", "6"), False),
        (f"{BAD} / {ALL} > 0.0144", False),
    ],
)
def test_the_recipe(judge: Judge, expr: str, follows: bool) -> None:
    assert (judge("ALR-04", expr) == []) is follows


PAGE = """groups:
- name: g
  labels: {team: payments}
  rules:
  - alert: A
    expr: up == 0
    labels: {severity: page}
    annotations:
      summary: down
      runbook_url: URL
"""
RUNBOOKS = {
    "docs/checkout.md": "# Checkout\n\n## High error rate\n",
    "docs/db/README.md": "<a id='x1'></a>\n",
}


@pytest.mark.parametrize(
    ("url", "resolves"),
    [
        ("https://git.example.com/x/blob/main/docs/checkout.md#high-error-rate", True),
        ("https://runbooks.example.com/checkout#High-error-rate", True),
        ("docs/checkout.md", True),
        ("https://git.example.com/docs/db/#x1", True),
        ("https://git.example.com/docs/checkout.md#low-error-rate", False),
        ("https://git.example.com/docs/payments.md#high-error-rate", False),
        ("https://git.example.com/", False),
        ('""', False),
    ],
)
def test_runbook_links(judge_file: Judge, url: str, resolves: bool) -> None:
    text = PAGE.replace("URL", url)
    wanted = {"labels": ["severity", "team"], "annotations": ["summary", "runbook_url"], "team": "payments"}
    found = judge_file("ALR-15", text, documents=RUNBOOKS, **wanted)
    assert [violation.line for violation in found] == ([] if resolves else [10])


def test_pages_carry_what_is_asked(judge_file: Judge) -> None:
    text = PAGE.replace("URL", "docs/checkout.md")
    assert judge_file("ALR-15", text, documents=RUNBOOKS, labels=["service"], annotations=[])
    assert judge_file("ALR-15", text, documents=RUNBOOKS, labels=[], annotations=["dashboard_url"])
    assert judge_file("ALR-15", text, documents=RUNBOOKS, labels=[], annotations=[], team="search")


def promtool(text: str) -> Report:
    return Report("promtool", "2.42.0", (Message("rules.yml", 3, "invalid", text),), frozenset({"rules.yml"}))


def test_the_gate_takes_promtools_word_but_not_for_newer_syntax(judge_file: Judge) -> None:
    text = PAGE.replace("up == 0", "limitk(3, up) > 5m")
    assert not judge_file("ALR-01", text, promtool=promtool('rule 1, "A": could not parse expression: 1:1'))
    assert judge_file("ALR-01", text, promtool=promtool('template: undefined variable "$labls"'))


@pytest.mark.parametrize(("interval", "sane"), [("30s", True), ("5m", True), ("10m", False), ("10s", False)])
def test_intervals(judge_file: Judge, interval: str, sane: bool) -> None:
    text = PAGE.replace("- name: g\n", f"- name: g\n  interval: {interval}\n")
    assert (judge_file("ALR-01", text) == []) is sane
