"""A small catalogue, and rules written as expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from graders import markdown, prometheus
from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.facts import Facts
from graders.report import Report
from graders.rule import Violation

STATED: dict[str, Any] = {
    "metrics": [
        {"name": "requests_total", "type": "counter", "labels": ["code", "handler"]},
        {"name": "job_failures_total", "type": "counter", "labels": ["handler"]},
        {"name": "job_runs_total", "type": "counter", "labels": ["handler"]},
        {"name": "queue_depth", "type": "gauge", "labels": ["handler"]},
        {"name": "lat_seconds", "type": "histogram", "labels": ["handler"], "buckets": [0.1, 0.3, 1]},
    ],
    "scrape_interval": 30,
    "slo": {"target": 99.9, "window_days": 30},
    "page": {"severity": "page"},
}

Judge = Callable[..., list[Violation]]


def judge_text(
    id: str,
    text: str,
    *,
    documents: Mapping[str, str] | None = None,
    promtool: Report | None = None,
    **params: Any,
) -> list[Violation]:
    """The violations of rule `id` in one file `rules.yml` beside Markdown `documents`."""
    rules = Artifact("rules.yml", prometheus.KIND, text)
    pages = [Artifact(path, markdown.KIND, content) for path, content in (documents or {}).items()]
    bundle = Bundle(
        artifacts=(rules, *pages),
        parsed={"rules.yml": prometheus.parse(rules), **{page.path: markdown.parse(page) for page in pages}},
        reports={"promtool": promtool or Report("promtool", "2.42.0", judged=frozenset({"rules.yml"}))},
    )
    (rule,) = [rule for rule in prometheus.RULES if rule.id == id]
    return list(rule.check(bundle, Facts(stated=STATED, params=params)))


def rules_text(
    alert: str, recordings: Mapping[str, str] | None = None, labels: str = "severity: page"
) -> str:
    records = "".join(
        f"  - record: {name}\n    expr: |-\n      {e}\n" for name, e in (recordings or {}).items()
    )
    return (
        f"groups:\n- name: g\n  rules:\n{records}"
        f"  - alert: A\n    expr: |-\n      {alert}\n    labels: {{{labels}}}\n"
    )


@pytest.fixture
def judge() -> Judge:
    """Violations of a rule for one alert expression (and recordings by name)."""

    def judged(
        id: str, alert: str, recordings: Mapping[str, str] | None = None, **params: Any
    ) -> list[Violation]:
        labels = str(params.pop("alert_labels", "severity: page"))
        return judge_text(id, rules_text(alert, recordings, labels), **params)

    return judged


@pytest.fixture
def judge_file() -> Judge:
    """Violations of a rule for one whole file."""
    return judge_text
