"""The engine: deliverables matched, gates, tools that fail, exceptions, hostile files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from graders import kinds
from graders.bundle import Bundle
from graders.examine import TOOLS, Examination, Examined, examine
from graders.facts import AppliedRule, Assignment, Deliverable, Facts
from graders.finding import Finding
from graders.report import Report
from graders.rule import Rule, Violation

WORKFLOW = ".github/workflows/a.yml"
GOOD = """name: a
on: [push]
permissions: {}
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - run: make
"""

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


@dataclass(frozen=True)
class File:
    path: str | None
    text: str
    info: str = "yaml"
    line: int = 1
    closed: bool = True
    turn: int = 0


def ask(
    *files: File, rules: tuple[str, ...] = ("GHA-01", "GHA-02"), path: str = WORKFLOW, **more: Any
) -> Examined:
    applied = tuple(AppliedRule(rule, ("workflow",), "because it is a test") for rule in rules)
    assignment = Assignment((Deliverable("workflow", "github_actions", path),), applied)
    return examine([Examination(files, (), assignment, **more)])[0]


def by_rule(found: Examined) -> dict[str, Finding]:
    return {finding.rule: finding for finding in found.findings}


def outcomes(found: Examined) -> dict[str, str]:
    return {finding.rule: finding.outcome for finding in found.findings}


def test_a_right_file_passes() -> None:
    assert outcomes(ask(File(WORKFLOW, GOOD))) == {"GHA-01": "pass", "GHA-02": "pass"}


def test_a_missing_deliverable_fails_its_rules() -> None:
    found = by_rule(ask())
    assert {finding.outcome for finding in found.values()} == {"fail"}
    assert "missing" in found["GHA-02"].violations[0].message


def test_a_file_elsewhere_is_matched_by_its_kind() -> None:
    found = ask(File("ci/pipeline.yml", GOOD))
    assert found.deliverables == {"workflow": ("ci/pipeline.yml",)}
    assert outcomes(found) == {"GHA-01": "pass", "GHA-02": "pass"}


def test_an_unnamed_block_counts_where_nothing_else_does_and_breaks_the_contract() -> None:
    found = ask(File(None, GOOD), rules=("GHA-01", "CTR-01"))
    assert outcomes(found) == {"GHA-01": "pass", "CTR-01": "fail"}
    assert found.deliverables == {"workflow": (WORKFLOW,)}


def test_an_unnamed_block_beside_the_named_file_is_an_example() -> None:
    found = ask(File(WORKFLOW, GOOD), File(None, GOOD.replace("permissions: {}", "permissions: write-all")))
    assert outcomes(found)["GHA-02"] == "pass"


def test_one_file_fills_one_deliverable_only() -> None:
    rules = (
        AppliedRule("GHA-02", ("one",), "because it is a test"),
        AppliedRule("GHA-04", ("two",), "because it is a test"),
    )
    asked = (
        Deliverable("one", "github_actions", ".github/workflows/one.yml"),
        Deliverable("two", "github_actions", ".github/workflows/two.yml"),
    )
    found = examine([Examination((File(".github/workflows/x.yml", GOOD),), (), Assignment(asked, rules))])[0]
    assert outcomes(found) == {"GHA-02": "pass", "GHA-04": "fail"}


def test_the_right_place_in_another_folder_comes_before_any_file_of_the_kind() -> None:
    asked = (
        Deliverable("access", "kubernetes", "access/shop/*.yaml"),
        Deliverable("smoke", "kubernetes", "deploy/shop/job.yaml"),
    )
    files = [File(f"repo/{path}", CONFIG) for path in ("access/shop/a.yaml", "deploy/shop/job.yaml")]
    found = examine([Examination(tuple(files), (), Assignment(asked, ()))])[0]
    assert found.deliverables == {
        "access": ("repo/access/shop/a.yaml",),
        "smoke": ("repo/deploy/shop/job.yaml",),
    }


def test_a_valid_file_beside_the_point_fails_its_gate() -> None:
    rules = tuple(
        AppliedRule(rule, ("manifests",), "because it is a test", params)
        for rule, params in (
            ("K8S-01", {}),
            ("K8S-02", {}),
            ("K8S-09", {}),
            ("K8S-14", {}),
            ("K8S-20", {"namespace": "shop", "delivered": False}),
        )
    )
    asked = (Deliverable("manifests", "kubernetes", "deploy/*.yaml"),)
    lone, at_home, few = (
        examine([Examination((File("deploy/a.yaml", text),), (), Assignment(asked, chosen))])[0]
        for text, chosen in (
            (CONFIG, rules),
            (CONFIG.replace("{name: a}", "{name: a, namespace: shop}"), rules),
            (CONFIG, rules[:3]),
        )
    )
    assert set(outcomes(lone).values()) == {"fail"}
    assert (outcomes(at_home)["K8S-01"], outcomes(few)["K8S-01"]) == ("pass", "pass")


def test_a_glob_takes_every_file_of_its_kind() -> None:
    found = ask(
        File(".github/workflows/x.yml", GOOD),
        File(".github/workflows/y.yml", GOOD),
        path=".github/workflows/*.yml",
    )
    assert found.deliverables["workflow"] == (".github/workflows/x.yml", ".github/workflows/y.yml")


def test_an_extra_file_of_the_kind_is_judged_too() -> None:
    bad = GOOD.replace("permissions: {}", "permissions: write-all")
    assert outcomes(ask(File(WORKFLOW, GOOD), File(".github/workflows/extra.yml", bad)))["GHA-02"] == "fail"


def test_a_file_that_cannot_be_parsed_fails_every_rule_with_its_line() -> None:
    found = by_rule(ask(File(WORKFLOW, GOOD + "  - [\n")))
    assert {finding.outcome for finding in found.values()} == {"fail"}
    assert found["GHA-02"].violations[0].line is not None


def test_a_file_of_the_prompt_given_back_unchanged_delivers_nothing() -> None:
    rules = (AppliedRule("GHA-02", ("workflow",), "because it is a test"),)
    assignment = Assignment(
        (Deliverable("workflow", "github_actions", ".github/workflows/*.yml"),),
        rules,
        given=frozenset({GOOD.strip()}),
    )
    own = GOOD.replace("make", "make test")
    echo, mixed = examine(
        [
            Examination((File(WORKFLOW, GOOD + "\n"),), (), assignment),
            Examination((File(WORKFLOW, GOOD), File(".github/workflows/b.yml", own)), (), assignment),
        ]
    )
    assert (outcomes(echo), outcomes(mixed)) == ({"GHA-02": "fail"}, {"GHA-02": "pass"})


def test_a_fragment_does_not_stand_for_the_whole_file() -> None:
    found = by_rule(ask(File(WORKFLOW, "steps:\n  - uses: actions/checkout@v4\n")))
    assert {finding.outcome for finding in found.values()} == {"fail"}


def test_a_failed_gate_fails_the_rules_of_its_deliverable_and_keeps_what_they_said() -> None:
    wrong = GOOD.replace("runs-on: ubuntu-24.04", "runs-on: ubuntu-24.04\n    needs: nothing")
    found = by_rule(ask(File(WORKFLOW, wrong)))
    assert found["GHA-01"].outcome == "fail"
    assert (found["GHA-02"].outcome, found["GHA-02"].ungated, found["GHA-02"].gated_by) == (
        "fail",
        "pass",
        "GHA-01",
    )


def test_a_rule_that_the_case_does_not_apply_is_not_applicable_and_runs_no_tool() -> None:
    applied = (AppliedRule("GHA-01", ("workflow",), "because it is a test", applies=False),)
    assignment = Assignment((Deliverable("workflow", "github_actions", WORKFLOW),), applied)
    assert outcomes(examine([Examination((), (), assignment)])[0]) == {"GHA-01": "not_applicable"}


def test_a_tool_that_failed_is_a_grader_error_never_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failed:
        @staticmethod
        def run(bundles: list[Any]) -> list[Report]:
            return [Report("actionlint", "1", failure="timed out") for _ in bundles]

    monkeypatch.setitem(TOOLS, "actionlint", Failed)
    found = by_rule(ask(File(WORKFLOW, GOOD)))
    assert found["GHA-01"].outcome == "grader_error"
    assert "timed out" in str(found["GHA-01"].error)
    assert found["GHA-02"].outcome == "pass"


def test_a_tool_runner_that_raises_is_a_grader_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Raises:
        @staticmethod
        def run(bundles: list[Any]) -> list[Report]:
            raise RuntimeError("no")

    monkeypatch.setitem(TOOLS, "actionlint", Raises)
    assert by_rule(ask(File(WORKFLOW, GOOD)))["GHA-01"].outcome == "grader_error"


def test_an_exception_of_a_rule_is_a_grader_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
        raise ZeroDivisionError("oops")

    monkeypatch.setitem(kinds.RULES, "GHA-02", replace(kinds.RULES["GHA-02"], check=breaks))
    found = by_rule(ask(File(WORKFLOW, GOOD)))
    assert (found["GHA-02"].outcome, found["GHA-02"].error) == ("grader_error", "ZeroDivisionError: oops")


def test_a_parser_that_crashes_is_a_grader_error_of_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(artifact: object) -> object:
        raise MemoryError

    monkeypatch.setattr(kinds.KINDS["github_actions"], "parse", breaks)
    assert set(outcomes(ask(File(WORKFLOW, GOOD))).values()) == {"grader_error"}


def test_a_whole_answer_rule_fails_where_nothing_was_delivered() -> None:
    applied = (AppliedRule("SEC-02", (), "because it is a test"),)
    assignment = Assignment((Deliverable("workflow", "github_actions", WORKFLOW),), applied)
    nothing, something = examine(
        [Examination((), ("just prose",), assignment), Examination((File(WORKFLOW, GOOD),), (), assignment)]
    )
    assert (outcomes(nothing), outcomes(something)) == ({"SEC-02": "fail"}, {"SEC-02": "pass"})


def test_a_whole_answer_rule_fails_where_only_blank_or_broken_files_were_delivered() -> None:
    applied = (AppliedRule("SEC-02", (), "because it is a test"),)
    asked = (
        Deliverable("manifests", "kubernetes", "deploy/*.yaml"),
        Deliverable("doc", "markdown", "doc.md"),
    )
    blank = (File("deploy/a.yaml", "---\n---\n"), File("doc.md", " \n"))
    found = examine([Examination(blank, (), Assignment(asked, applied))])[0]
    assert outcomes(found) == {"SEC-02": "fail"}


def test_what_was_refused_is_held_against_the_contract() -> None:
    found = by_rule(ask(File(WORKFLOW, GOOD), rules=("CTR-01",), refused=(("../x", None, "no path"),)))
    assert found["CTR-01"].violations == (Violation("../x", None, "no path"),)


KINDS_AND_PATHS = {
    "github_actions": WORKFLOW,
    "terraform": "infra/main.tf",
    "tfvars": "infra/prod.tfvars",
    "kubernetes": "deploy/app.yaml",
    "kustomization": "deploy/kustomization.yaml",
    "prometheus_rules": "rules/slo.yml",
    "markdown": "RUNBOOK.md",
}
HOSTILE = {
    "empty": "",
    "prose": "I'm sorry, but I can't.\n",
    "bytes": "".join(chr(n) for n in range(1, 256)),
    "nul": "a: \x00",
    "brackets": "[" * 20_000,
    "deep block": "\n".join(" " * n + "k:" for n in range(2_000)),
    "long line": "x" * 100_000,
    "alias bomb": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
    "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
    "recursion": "a: &a [*a]\n",
    "surrogate": "a: \ud800\n",
    "list": "- 1\n- 2\n",
    "wrong shapes": "on: 3\njobs: [x]\ngroups: {a: 1}\napiVersion: [1]\nkind: {a: b}\nmetadata: 3\nspec: [4]\n",
    "json": '{"apiVersion": "v1", "kind": "Pod", "spec": {"containers": "none"}}',
    "minus": "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: '" + "-" * 20_000 + "1'\n",
    "heredoc": "a = <<EOT\n" + "${" * 60 + "\nEOT\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS_AND_PATHS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_file_is_the_answers_fault_and_no_grader_error(kind: str, hostile: str) -> None:
    rules = [
        rule
        for rule in kinds.RULES.values()
        if (not rule.kinds or kind in rule.kinds) and "terraform" not in rule.tools
    ]
    applied = tuple(
        AppliedRule(rule.id, ("it",) if rule.kinds else (), "because it is a test") for rule in rules
    )
    assignment = Assignment((Deliverable("it", kind, KINDS_AND_PATHS[kind]),), applied)
    found = examine([Examination((File(KINDS_AND_PATHS[kind], HOSTILE[hostile], ""),), (), assignment)])[0]
    assert [f for f in found.findings if f.outcome == "grader_error"] == []


OBJECT = {
    "apiVersion": "v1",
    "kind": "ServiceAccount",
    "name": "x",
    "namespace": "x",
    "metadata": {"name": "x"},
}
VALUES: list[Any] = [1, 99.9, "x", [OBJECT], ["x"], True]
# What Kubernetes' rules about access ask for, as a case writes it.
WRITTEN: list[Any] = [
    [
        {
            "user": "system:serviceaccount:x:x",
            "namespace": "x",
            "required": [{"verbs": ["get"], "resource": "pods"}],
            "forbidden": [{"verbs": ["get"], "resource": "secrets"}],
        }
    ],
    [
        {
            "namespaces": {"x": None},
            "pods": [
                {"name": "a", "namespace": "x", "labels": {"app": "a"}, "workload": "Deployment/a"},
                {"name": "b", "namespace": "x", "labels": {"app": "b"}},
            ],
            "allowed": [{"source": "x/a", "to": "x/b", "ports": [5432]}],
            "denied": [{"source": "x/b", "to": "x/a", "ports": [8080]}],
            "closed": ["x"],
        }
    ],
]


def parameters_of(rule: Rule) -> dict[str, Any]:
    """Some value of the right type for each parameter that a case must give."""
    given: dict[str, Any] = {}
    for name, form in rule.parameters.items():
        takes = TypeAdapter(form)
        for value in [None, *VALUES, *WRITTEN]:
            with contextlib.suppress(ValidationError):
                takes.validate_python(value, strict=value not in WRITTEN)
                given[name] = value
                break
    return given


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.sampled_from(["", "a", "*", "${{ x }}", "1m", "up == 0"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "on",
                    "jobs",
                    "steps",
                    "run",
                    "uses",
                    "env",
                    "permissions",
                    "needs",
                    "with",
                    "groups",
                    "rules",
                    "alert",
                    "expr",
                    "labels",
                    "for",
                    "apiVersion",
                    "kind",
                    "metadata",
                    "name",
                    "spec",
                    "template",
                    "containers",
                    "selector",
                    "ports",
                    "securityContext",
                    "matchLabels",
                    "matchExpressions",
                    "roleRef",
                    "subjects",
                    "minReplicas",
                    "a",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


STATED: dict[str, Any] = {
    "slo": {"target": 99.9, "window_days": 30},
    "traffic": {
        "counts": "requests",
        "labels": {"job": "a", "env": "prod"},
        "rate": {"low": 50, "high": 300},
        "lull": 0.01,
        "requests": {"metric": "http_requests_total", "good": {"code": "200"}, "bad": {"code": "503"}},
    },
    "batch": {"labels": {"job": "b", "env": "prod"}, "last_success": "last_success_timestamp_seconds"},
    "freshness": {"period_seconds": 3600, "usual_seconds": 600, "limit_seconds": 10800},
}


@pytest.mark.slow
@given(document=JSON, kind=st.sampled_from(["github_actions", "kubernetes", "prometheus_rules"]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_shape_of_document_is_judged_without_a_grader_error(document: object, kind: str) -> None:
    import json

    shells = {
        "github_actions": {"on": "push", "jobs": {"a": document}},
        "kubernetes": {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "a"},
            "spec": document,
        },
        "prometheus_rules": {"groups": [{"name": "a", "rules": document}]},
    }
    rules = [rule for rule in kinds.RULES.values() if kind in rule.kinds and not rule.tools]
    applied = tuple(
        AppliedRule(rule.id, ("it",), "because it is a test", parameters_of(rule)) for rule in rules
    )
    assignment = Assignment((Deliverable("it", kind, KINDS_AND_PATHS[kind]),), applied, stated=STATED)
    text = json.dumps(shells[kind])
    found = examine([Examination((File(KINDS_AND_PATHS[kind], text, ""),), (), assignment)])[0]
    # In a run promtool, which is not asked here, judges the syntax of PromQL: ALR-01 is the gate of these rules.
    left_to_gate = "an expression that does not parse"
    errors = [f.error or "" for f in found.findings if f.outcome == "grader_error"]
    assert [error for error in errors if left_to_gate not in error] == []
