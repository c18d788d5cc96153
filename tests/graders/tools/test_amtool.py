"""amtool over Alertmanager configurations: good, bad, broken, and newer than the tool."""

from __future__ import annotations

import pytest

from graders.artifact import Artifact
from graders.report import Report
from graders.tools import amtool

GOOD = """route:
  receiver: oncall
receivers:
  - name: oncall
    pagerduty_configs:
      - routing_key_file: /etc/alertmanager/keys/oncall
"""


def judge(text: str) -> Report:
    (report,) = amtool.run([[Artifact("alertmanager.yml", "alertmanager", text)]])
    assert report.failure is None
    assert report.judged == {"alertmanager.yml"}
    return report


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD + "    msteamsv2_configs: [{webhook_url: 'https://teams.example.com/x'}]\n",
        GOOD + "    webhook_configs: [{url_file: /etc/hook}]\n",
        GOOD + "    discord_configs: [{webhook_url_file: /etc/hook}]\n",
        GOOD + "    telegram_configs: [{bot_token_file: /etc/token, chat_id: 7}]\n",
        GOOD + "templates: [/etc/alertmanager/*.tmpl]\n",
    ],
)
def test_a_good_configuration_has_no_remark(text: str) -> None:
    assert judge(text).messages == ()


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        (GOOD.replace("receiver: oncall", "receiver: nobody"), None, "undefined receiver"),
        (GOOD.replace("pagerduty_configs", "pagerduty_config"), 5, "pagerduty_config not found"),
        (
            GOOD.replace("  receiver: oncall\n", '  receiver: oncall\n  matchers: [a="b"]\n'),
            None,
            "root route",
        ),
        ("route: [\n", 1, "did not find expected node content"),
        (
            GOOD + "inhibit_rules: [{source_matchers: ['a=~\"(\"'], target_matchers: ['b=c']}]\n",
            None,
            "missing closing )",
        ),
        ("", None, "no route provided"),
    ],
)
def test_a_bad_configuration_has_its_reason(text: str, line: int | None, part: str) -> None:
    (message,) = judge(text).messages
    assert message.code == "invalid"
    assert part in message.text
    assert message.line == line


def test_a_bad_file_does_not_spoil_another() -> None:
    bundles = [[Artifact("alertmanager.yml", "alertmanager", text)] for text in ("route: [\n", GOOD, "{}")]
    assert [bool(report.messages) for report in amtool.run(bundles)] == [True, False, True]
