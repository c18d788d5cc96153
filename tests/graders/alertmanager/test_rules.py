"""ALM-01 and ALM-03 on whole configurations, with their messages."""

from __future__ import annotations

from typing import Any

import pytest

from graders.assemble import PlainFile
from graders.examine import Examination, examine
from graders.facts import AppliedRule, Assignment, Deliverable
from graders.finding import Finding

CONTACTS = {
    "oncall": {"type": "pagerduty", "holds": "/etc/alertmanager/keys/oncall"},
    "channel": {"type": "slack", "holds": "#shop"},
}
PAGE = {"alertname": "ShopDown", "severity": "page", "team": "shop"}
TICKET = {**PAGE, "alertname": "ShopBurning", "severity": "ticket"}
OTHER = {**TICKET, "alertname": "PayBurning", "team": "pay"}
PROBES = [
    {"alert": PAGE, "reaches": ["oncall"], "may_reach": ["channel"]},
    {"alert": TICKET, "reaches": ["channel"]},
    {"alert": TICKET, "reaches": ["channel"], "at": "2026-01-10T03:00:00+00:00"},
    {"alert": {"alertname": "Stray"}},
]
SCENES = [
    {
        "firing": {"page": PAGE, "ticket": TICKET, "other": OTHER},
        "heard": ["page", "other"],
        "quiet": ["ticket"],
    }
]

RIGHT = """route:
  receiver: channel
  routes:
    - matchers: [severity="page"]
      receiver: oncall
receivers:
  - name: channel
    slack_configs: [{channel: '#shop', api_url_file: /etc/alertmanager/slack}]
  - name: oncall
    pagerduty_configs: [{routing_key_file: /etc/alertmanager/keys/oncall}]
inhibit_rules:
  - source_matchers: [severity="page"]
    target_matchers: [severity="ticket"]
    equal: [team]
"""


def judge(rule: str, text: str, params: dict[str, Any]) -> Finding:
    deliverable = Deliverable("alertmanager", "alertmanager", "alertmanager.yml")
    assignment = Assignment((deliverable,), (AppliedRule(rule, ("alertmanager",), "", params),), {}, {}, {})
    (examined,) = examine([Examination((PlainFile("alertmanager.yml", text),), (), assignment)])
    return examined.findings[0]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("", ""), None),
        (('[severity="page"]\n      receiver: oncall', '[severity="pager"]\n      receiver: oncall'), "does not reach oncall"),
        (("    - matchers: [severity", "    - receiver: channel\n    - matchers: [severity"), "does not reach oncall"),
        (("receiver: channel\n  routes", "receiver: oncall\n  routes"), "reaches oncall, whom it is not for"),
        (("    slack_configs: [{channel: '#shop', api_url_file: /etc/alertmanager/slack}]\n", ""), "reaches nobody"),
        (("receiver: oncall\nreceivers", "receiver: nobody\nreceivers"), "undefined receiver"),
        (
            (
                "      receiver: oncall\n",
                "      receiver: oncall\n    - matchers: [severity=\"ticket\"]\n      active_time_intervals: [office]\n"
                "time_intervals: [{name: office, time_intervals: [{weekdays: ['monday:friday']}]}]\n",
            ),
            "reaches nobody (the route is active only in office)",
        ),
    ],
)  # fmt: skip
def test_each_probe_reaches_whom_it_is_for(change: tuple[str, str], part: str | None) -> None:
    text = RIGHT.replace(*change, 1) if change[0] else RIGHT
    finding = judge("ALM-01", text, {"contacts": CONTACTS, "probes": PROBES})
    assert finding.error is None
    assert (finding.outcome == "pass") is (part is None)
    assert part is None or part in " ".join(violation.message for violation in finding.violations)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (("", ""), None),
        (("    equal: [team]\n", ""), "nobody hears of other"),
        (("equal: [team]", "equal: [cluster]"), "nobody hears of other"),
        (("equal: [team]", "equal: [team, alertname]"), "ticket is sent as well"),
        (("source_matchers: [severity=\"page\"]", "source_matchers: [severity=\"critical\"]"), "ticket is sent as well"),
        (("target_matchers: [severity=\"ticket\"]", "target_matchers: [team=~\".+\"]"), None),
    ],
)  # fmt: skip
def test_a_page_silences_its_twin_only(change: tuple[str, str], part: str | None) -> None:
    text = RIGHT.replace(*change, 1) if change[0] else RIGHT
    finding = judge("ALM-03", text, {"scenes": SCENES})
    assert finding.error is None
    assert (finding.outcome == "pass") is (part is None)
    assert part is None or part in " ".join(violation.message for violation in finding.violations)
