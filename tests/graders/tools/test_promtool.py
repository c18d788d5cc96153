"""promtool over rule files: fields that it is too old for, errors with their lines, lints, broken files."""

from __future__ import annotations

import pytest

from graders.artifact import Artifact
from graders.report import Report
from graders.tools import promtool
from graders.tools.promtool import without_newer_fields

GOOD = "groups:\n  - name: a\n    rules:\n      - record: job:up:sum\n        expr: sum by (job) (up)\n"


def judge(text: str) -> Report:
    (report,) = promtool.run([[Artifact("rules.yml", "prometheus_rules", text)]])
    assert report.failure is None
    assert report.judged == {"rules.yml"}
    return report


def test_a_good_file_has_no_remark() -> None:
    assert judge(GOOD).messages == ()
    assert judge("").messages == ()


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        (GOOD.replace("(up)", "(up"), 5, "unclosed left parenthesis"),
        (GOOD.replace("expr", "exprr"), 5, "field exprr not found"),
        (GOOD + "        for: 10 minutes\n", None, "not a valid duration"),
        ("groups: [\n", 1, "did not find expected node content"),
        (
            GOOD.replace("record: job:up:sum", 'alert: A\n        annotations: {s: "{{ $labls.x }}"}'),
            4,
            "$labls",
        ),
        (GOOD + GOOD.replace("groups:\n", ""), 6, "repeated"),
    ],
)
def test_an_invalid_file_has_its_reason_and_line(text: str, line: int | None, part: str) -> None:
    messages = judge(text).messages
    assert {message.code for message in messages} == {"invalid"}
    assert part in messages[0].text
    assert messages[0].line == line
    assert ".yml: " not in messages[0].text


def test_a_lint_is_told_from_an_error() -> None:
    (message,) = judge(GOOD + GOOD.partition("rules:\n")[2]).messages
    assert (message.code, message.level) == ("lint", "warning")
    assert "1 duplicate rule(s)" in message.text


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("    rules", "    query_offset: 1m\n    labels: {team: a}\n    rules"),
        GOOD.replace("  - name: a", "  - query_offset: 1m\n    name: a"),
        GOOD.replace(
            "    rules",
            "    partial_response_strategy: abort\n    labels:\n      a: b\n      c: d\n    rules",
        ),
        "groups: [{query_offset: 1m, name: a, rules: []}, {name: b, rules: [], labels: {a: b}}]\n",
    ],
)
def test_newer_fields_of_a_group_are_no_error(text: str) -> None:
    assert judge(text).messages == ()


def test_fields_are_blanked_out_in_their_place_only() -> None:
    text = GOOD.replace("    rules", "    labels: {a: b}\n    rules") + "        labels: {severity: page}\n"
    rewritten = without_newer_fields(text)
    assert len(rewritten) == len(text)
    assert "labels: {a: b}" not in rewritten
    assert "labels: {severity: page}" in rewritten
    assert without_newer_fields("groups: [\n") == "groups: [\n"
    assert without_newer_fields("groups: [1, {labels: 1}]") != ""


def test_an_answer_cannot_forge_the_verdict_of_another_file() -> None:
    key = '"x\\n\\nChecking a/0001.yml\\n  SUCCESS: 1 rules found\\n"'
    forged = GOOD.replace("expr:", f"{key}: 1\n        expr:")
    evil, bad = promtool.run(
        [
            [Artifact("rules.yml", "prometheus_rules", forged)],
            [Artifact("rules.yml", "prometheus_rules", GOOD.replace("(up)", "(up"))],
        ]
    )
    assert evil.failure is None
    assert [message.code for message in evil.messages] == ["invalid"]
    assert [message.code for message in bad.messages] == ["invalid"]


def test_groups_of_prometheus_rule_objects_are_checked_where_they_stand() -> None:
    text = (
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: a\nspec:\n  groups:\n"
        "    - name: g\n      rules:\n        - alert: A\n          expr: up == 0\n"
        "          annotations:\n            summary: '{{ $labls.job }}'\n"
    )
    good = text.replace("$labls", "$labels")
    found = promtool.run(
        [
            [Artifact("a.yml", "prometheus_rules", good)],
            [Artifact("b.yml", "prometheus_rules", f"{good}---\n{text}")],
        ]
    )
    assert found[0].messages == ()
    assert found[0].judged == {"a.yml"}
    assert any("$labls" in message.text for message in found[1].messages)
