"""One rules file, judged by the rules that simulate."""

from __future__ import annotations

from typing import Any

from graders import prometheus
from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation

SIMULATED = ("ALR-02", "ALR-06", "ALR-07", "ALR-08", "ALR-09", "ALR-10", "ALR-12", "ALR-13", "ALR-20")

SERVICE: dict[str, Any] = {
    "slo": {"target": 99.9, "window_days": 30},
    "scrape_interval": 60,
    "page": {"severity": "page"},
    "ticket": {"severity": "ticket"},
    "traffic": {
        "counts": "requests",
        "labels": {"job": "checkout"},
        "rate": {"low": 100, "high": 100},
        "split": {"label": "handler", "shares": {"/a": 0.6, "/b": 0.3, "/c": 0.1}},
        "requests": {"metric": "http_requests_total", "good": {"code": "200"}, "bad": {"code": "500"}},
    },
}


def violations(id: str, text: str, stated: dict[str, Any], **params: Any) -> list[Violation]:
    """What rule `id` has to say of the file `text`."""
    artifact = Artifact("rules.yml", prometheus.KIND, text)
    bundle = Bundle((artifact,), parsed={artifact.path: prometheus.parse(artifact)})
    (rule,) = [rule for rule in prometheus.RULES if rule.id == id]
    return list(rule.check(bundle, Facts(stated=stated, params=params)))


def failed(text: str, stated: dict[str, Any], ids: tuple[str, ...] = SIMULATED) -> list[str]:
    """The rules among `ids` that the file fails."""
    return [id for id in ids if violations(id, text, stated)]
