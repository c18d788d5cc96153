"""Whom an alert reaches: by the case's labels, or by the answer's own Alertmanager tree."""

from __future__ import annotations

from graders import alertmanager
from graders.artifact import Artifact
from graders.simulate.alerts.levels import levels_of

TREE = """
route:
  receiver: queue
  routes:
    - {matchers: ['urgency="now"'], receiver: pager}
    - {matchers: ['urgency="never"'], receiver: nowhere}
receivers:
  - name: queue
    webhook_configs: [{url: "http://tickets/new"}]
  - name: pager
    pagerduty_configs: [{routing_key_file: /keys/oncall}]
  - {name: nowhere}
"""
CONTACTS = {
    "pagers": [{"type": "pagerduty", "holds": "/keys/oncall"}],
    "queues": [{"type": "webhook", "holds": "http://tickets/new"}],
}


def test_by_the_labels_of_the_case() -> None:
    levels = levels_of({"page": {"severity": ["page", "critical"]}, "ticket": {"severity": "ticket"}}, [])
    assert levels.level({"severity": "critical"}) == "page"
    assert levels.level({"severity": "ticket"}) == "ticket"
    assert levels.level({"severity": "info"}) is None
    assert levels.level({}) is None


def test_by_the_tree_of_the_answer() -> None:
    tree = alertmanager.parse(Artifact("alertmanager.yml", alertmanager.KIND, TREE))
    levels = levels_of(CONTACTS, [tree])
    assert levels.level({"urgency": "now", "severity": "ticket"}) == "page"
    assert levels.level({"severity": "page"}) == "ticket"
    assert levels.level({"urgency": "never"}) is None
