"""Rule files: where things stand, both forms, and any shape without an exception."""

from __future__ import annotations

import pytest

from graders import prometheus
from graders.artifact import Artifact
from graders.prometheus import promql
from graders.prometheus.recordings import Recordings
from graders.prometheus.rules_file import RulesFile, duration
from graders.yaml_lines import Unparsable

PLAIN = """groups:
  - name: g
    interval: 30s
    rules:
      - record: a:rate5m
        expr: sum(rate(x_total[5m]))
      - alert: A
        expr: |

          a:rate5m
            > 1
        labels:
          severity: page
"""
OBJECT = """apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: x
spec:
  groups:
  - name: g
    rules:
    - alert: A
      expr: up ==
"""


def parse(text: str) -> RulesFile:
    return prometheus.parse(Artifact("r.yml", prometheus.KIND, text))


def test_block_scalars_have_the_line_of_their_text() -> None:
    file = parse(PLAIN)
    assert file.problems == ()
    assert [(entry.name, entry.expr_line) for entry in file.entries()] == [("a:rate5m", 6), ("A", 10)]
    assert file.groups[0].interval == 30


def test_an_object_of_the_operator_is_read_with_its_lines() -> None:
    (problem,) = parse(OBJECT).problems
    assert problem.line == 10
    assert "cannot be parsed" in problem.message


@pytest.mark.parametrize(
    ("path", "text", "ours"),
    [
        ("a.yml", PLAIN, True),
        (None, PLAIN, True),
        ("a.yaml", OBJECT, True),
        ("a.yaml", OBJECT + "---\nkind: Service\n", False),
        ("a.yaml", "apiVersion: 1\n" + PLAIN, False),
        ("a.yaml", "groups:\n- name: wheel\n", False),
        ("a.md", PLAIN, False),
    ],
)
def test_recognised(path: str | None, text: str, ours: bool) -> None:
    assert prometheus.recognises(path, "yaml", text) is ours


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (PLAIN + "---\ngroups: []\n", "first YAML document"),
        (PLAIN.replace("labels:", "lables:"), "no key 'lables'"),
        (PLAIN.replace("alert: A", "alert: A\n        for: 10 minutes"), "no duration"),
        (PLAIN.replace("alert: A", "alert: A\n        record: b"), "exactly one of"),
        (PLAIN.replace("> 1", "[5m:]"), "instant vector"),
        (PLAIN + PLAIN.split("\n", 1)[1], "used twice"),
        (PLAIN.replace("[5m]", "[$__rate_interval]"), "dashboard variable"),
    ],
)
def test_problems(text: str, part: str) -> None:
    assert any(part in problem.message for problem in parse(text).problems)


@pytest.mark.parametrize("value", ["[]", "null", "3", "x", "{}", "[1]", "[[]]", "{a: b}", "true"])
@pytest.mark.parametrize(
    "template",
    [
        "groups: V",
        "groups:\n- V",
        "groups:\n- name: V\n  interval: V\n  labels: V\n  rules: V",
        "groups:\n- rules:\n  - alert: V\n    expr: V\n    for: V\n    labels: V\n    annotations: V\n  - V",
        "kind: PrometheusRule\nmetadata: V\nspec: V",
    ],
)
def test_any_shape_is_a_problem_and_no_exception(value: str, template: str) -> None:
    assert parse(template.replace("V", value)).problems


def test_no_groups_is_no_rule_file() -> None:
    with pytest.raises(Unparsable):
        parse("rules: []\n")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h30m", 5400), ("500ms", 0.5), ("0", 0), (0, 0), ("5", None), ("", None), (5, None)],
)
def test_durations(text: object, seconds: float | None) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000 + "x" + ")" * 20_000,
        "-" * 20_000 + "x",
        "+".join(["x"] * 4_000),
        "(" * 60 + "x" + ")" * 60,
        " and ".join(["x"] * 200),
    ],
)
def test_what_would_crash_the_parser_is_refused(text: str) -> None:
    with pytest.raises(promql.BadExpression):
        promql.parse(text)


def test_brackets_in_strings_and_comments_are_no_nesting() -> None:
    promql.parse('x{a="' + "(" * 100 + '"} # ' + "(" * 100)


@pytest.mark.parametrize(
    ("text", "value"),
    [("14.4 * (1 - 0.999)", 0.0144), ("vector(2) ^ 3", 8), ("-(2)", -2), ("1 / 0", None), ("x", None)],
)
def test_constants_are_folded(text: str, value: float | None) -> None:
    assert promql.constant(promql.parse(text)) == (None if value is None else pytest.approx(value))


def recordings(**rules: str) -> Recordings:
    text = "groups:\n- name: g\n  rules:\n" + "".join(
        f"  - record: {n}\n    expr: {e}\n" for n, e in rules.items()
    )
    return Recordings(parse(text).entries())


def read_names(expr: promql.Expr) -> set[str | None]:
    return {selector.name for selector in promql.selectors(expr)}


def test_recordings_are_followed_to_the_end() -> None:
    resolved = recordings(a="sum(b)", b="rate(x_total[5m])").resolve(promql.parse("a > 1"))
    assert read_names(resolved) == {"x_total"}


def test_recordings_in_a_circle_end() -> None:
    resolved = recordings(a="b + x", b="a + y").resolve(promql.parse("a > 1"))
    assert read_names(resolved) == {"a", "x", "y"}


def test_recordings_that_multiply_stay_names() -> None:
    rules = {f"r{i}": "+".join([f"r{i - 1}"] * 10) if i else "x" for i in range(12)}
    known = recordings(**rules)
    assert sum(1 for _ in promql.walk(known.resolve(promql.parse("r11 > 1")))) < 5_000
    assert known.too_large
