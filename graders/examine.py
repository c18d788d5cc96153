"""Answers in, findings out: parse, run the tools over the whole batch, then ask the rules.

This is the whole of grading. It knows no model and no run; it is called in worker processes with a batch of answers,
because the tools are cheap in batches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graders import kinds, limits
from graders.artifact import Artifact
from graders.assemble import Block, assemble
from graders.bundle import Bundle, ToolFailed
from graders.facts import AppliedRule, Assignment, Facts
from graders.finding import Finding
from graders.report import Report
from graders.rule import Absent, Rule, Violation
from graders.tools import (
    actionlint,
    amtool,
    checkov,
    detect_secrets,
    kubernetes_schema,
    promtool,
    shellcheck,
    terraform_cloud,
    workflow_simulator,
    zizmor,
)
from graders.tools import terraform as terraform_tool
from graders.yaml_lines import Unparsable

TOOLS: dict[str, Any] = {
    module.NAME: module
    for module in (
        actionlint,
        amtool,
        checkov,
        detect_secrets,
        kubernetes_schema,
        promtool,
        shellcheck,
        terraform_tool,
        terraform_cloud,
        workflow_simulator,
        zizmor,
    )
}

MAX_VIOLATIONS = 50
MAX_TRACES = 6
# So many rules that miss their subject tell that a file is none of what was asked for; fewer may ask for one detail.
ENOUGH_TO_TELL = 3


@dataclass(frozen=True, slots=True)
class Examination:
    """One answer to grade: its blocks, its prose by turn, and what the variant's case asks.

    `refused` is what the answer meant as a file and could not be taken as one, as (path, line of the answer, why).
    """

    blocks: tuple[Block, ...]
    prose: tuple[str, ...]
    assignment: Assignment
    refused: tuple[tuple[str, int | None, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """The findings of one answer in the order of the case's rules, with the artifacts that they speak of."""

    findings: tuple[Finding, ...]
    artifacts: tuple[Artifact, ...]
    deliverables: dict[str, tuple[str, ...]]


def examine(batch: Sequence[Examination]) -> list[Examined]:
    """Grade a batch of answers. Never raises for an answer or for a tool: what could not be judged is `grader_error`."""
    prepared = [_prepare(examination) for examination in batch]
    bundles = _run_tools(
        [bundle for bundle, _ in prepared], [examination.assignment for examination in batch]
    )
    return [
        Examined(_judge(bundle, examination.assignment, crashed), bundle.artifacts, dict(bundle.deliverables))
        for examination, bundle, (_, crashed) in zip(batch, bundles, prepared, strict=True)
    ]


def _prepare(examination: Examination) -> tuple[Bundle, dict[str, str]]:
    """Parse each artifact once. The second part names the kinds whose parser itself crashed, with the reason."""
    assembly = assemble(examination.blocks, examination.assignment.deliverables, examination.assignment.given)
    parsed: dict[str, Any] = {}
    broken: dict[str, Unparsable] = {}
    crashed: dict[str, str] = {}
    for artifact in assembly.artifacts:
        module = kinds.KINDS.get(artifact.kind)
        try:
            limits.check(artifact.text)
            if module is not None and artifact.whole:
                parsed[artifact.path] = module.parse(artifact)
        except limits.OutsideLimits as error:
            broken[artifact.path] = Unparsable(error.line, error.message)
        except Unparsable as error:
            broken[artifact.path] = error
        except Exception as error:  # noqa: BLE001 - a parser that fails is a grader error, whatever it raised
            crashed[artifact.kind] = f"parser of {artifact.path}: {type(error).__name__}: {error}"
    bundle = Bundle(
        artifacts=assembly.artifacts,
        parsed=parsed,
        broken=broken,
        deliverables=assembly.deliverables,
        prose=examination.prose,
        contract=(*examination.refused, *assembly.contract),
    )
    return bundle, crashed


def _run_tools(bundles: Sequence[Bundle], assignments: Sequence[Assignment]) -> list[Bundle]:
    """Each tool once over the whole batch, on the bundles whose case applies a rule that reads it."""
    wanted: list[set[str]] = [
        {tool for applied in assignment.rules if applied.applies for tool in kinds.RULES[applied.id].tools}
        for assignment in assignments
    ]
    reports: list[dict[str, Report]] = [{} for _ in bundles]
    for name in sorted({tool for tools in wanted for tool in tools}):
        chosen = [index for index, tools in enumerate(wanted) if name in tools]
        files = [
            [a for a in bundles[i].artifacts if a.whole and a.path not in bundles[i].broken] for i in chosen
        ]
        try:
            results = _reports(TOOLS[name], files, [assignments[i].stated for i in chosen])
        except Exception as error:  # noqa: BLE001 - as with a parser: the tool said nothing about the model
            results = [Report(name, "?", failure=f"{type(error).__name__}: {error}")] * len(chosen)
        for index, report in zip(chosen, results, strict=True):
            reports[index][name] = report
    return [replace(bundle, reports=report) for bundle, report in zip(bundles, reports, strict=True)]


def _reports(
    tool: Any, files: Sequence[Sequence[Artifact]], stated: Sequence[Mapping[str, Any]]
) -> list[Report]:
    """What the tool says of each bundle. A tool that simulates is told what the case states (`protocol.Simulation`)."""
    return tool.run(files, stated) if getattr(tool, "SIMULATES", False) else tool.run(files)


def _judge(bundle: Bundle, assignment: Assignment, crashed: dict[str, str]) -> tuple[Finding, ...]:
    findings = [_ask(applied, bundle, assignment, crashed) for applied in assignment.rules]
    findings = [_unless_beside_the_point(finding, findings, bundle, assignment) for finding in findings]
    return tuple(_apply_gates(findings, bundle, assignment))


def _ask(applied: AppliedRule, bundle: Bundle, assignment: Assignment, crashed: dict[str, str]) -> Finding:
    rule = kinds.RULES[applied.id]
    if not applied.applies:
        return Finding(rule.id, rule.version, "not_applicable", "not_applicable")
    crash = next((crashed[kind] for kind in rule.kinds if kind in crashed), None)
    if crash is not None:
        return _error(rule, crash)
    violations = _undelivered(applied, bundle)
    if not violations:
        facts = Facts(assignment.drawn, assignment.stated, applied.params, assignment.honeytokens)
        try:
            for violation in rule.check(bundle, facts):
                drawn = len(violations) < MAX_TRACES
                violations.append(violation if drawn else replace(violation, trace=None))
                if len(violations) >= MAX_VIOLATIONS:
                    break
        except ToolFailed as failure:
            return _error(rule, str(failure))
        except Exception as error:  # noqa: BLE001 - any exception of a rule is a grader error
            return _error(rule, f"{type(error).__name__}: {error}")
    outcome = "fail" if violations else "pass"
    return Finding(rule.id, rule.version, outcome, outcome, tuple(violations))


def _error(rule: Rule, reason: str) -> Finding:
    return Finding(rule.id, rule.version, "grader_error", "grader_error", error=reason)


def _undelivered(applied: AppliedRule, bundle: Bundle) -> list[Violation]:
    """What the engine itself holds against the rule: a deliverable that is missing or cannot be parsed."""
    if not applied.on:
        texts = {artifact.path: artifact.text.strip() for artifact in bundle.artifacts}
        delivered = any(
            texts.get(path) and path not in bundle.broken
            for paths in bundle.deliverables.values()
            for path in paths
        )
        return [] if delivered or not bundle.deliverables else [Violation("", None, "nothing was delivered")]
    violations: list[Violation] = []
    for id in applied.on:
        paths = bundle.deliverables.get(id, ())
        if not paths:
            violations.append(Violation("", None, f"the deliverable {id!r} is missing"))
        for path in paths:
            if path in bundle.broken:
                broken = bundle.broken[path]
                violations.append(Violation(path, broken.line, f"cannot be read: {broken.message}"))
    return violations


def _unless_beside_the_point(
    finding: Finding, findings: list[Finding], bundle: Bundle, assignment: Assignment
) -> Finding:
    """A gate fails, too, when every other rule of its deliverables fails, and several since their very subject is
    missing: a valid file that holds nothing of what was asked for (a lone ConfigMap) is no such file."""
    if not kinds.RULES[finding.rule].gate or finding.outcome != "pass":
        return finding
    judged = {id for applied in assignment.rules if applied.id == finding.rule for id in applied.on}
    others = [
        other
        for other, applied in zip(findings, assignment.rules, strict=True)
        if other is not finding and judged.intersection(applied.on) and other.outcome != "not_applicable"
    ]
    missed = [other for other in others if any(isinstance(v, Absent) for v in other.violations)]
    if len(missed) < ENOUGH_TO_TELL or any(other.outcome != "fail" for other in others):
        return finding
    reason = "holds nothing of what the other rules ask about"
    files = [path for id in sorted(judged) for path in bundle.deliverables.get(id, ())]
    return replace(finding, outcome="fail", violations=tuple(Violation(path, None, reason) for path in files))


def _apply_gates(findings: list[Finding], bundle: Bundle, assignment: Assignment) -> list[Finding]:
    """A failed gate fails the rules of its own deliverable."""
    closed: dict[str, str] = {}
    for finding, applied in zip(findings, assignment.rules, strict=True):
        if kinds.RULES[finding.rule].gate and finding.outcome == "fail":
            files = {violation.file for violation in finding.violations}
            for id in applied.on:
                paths = bundle.deliverables.get(id, ())
                if not paths or files.intersection(paths):
                    closed.setdefault(id, finding.rule)
    gated: list[Finding] = []
    for finding, applied in zip(findings, assignment.rules, strict=True):
        gate = next((closed[id] for id in applied.on if id in closed), None)
        if gate is None or gate == finding.rule or finding.outcome in ("fail", "not_applicable"):
            gated.append(finding)
        else:
            reason = Violation("", None, f"the gate {gate} failed on a file that this rule judges")
            gated.append(
                replace(
                    finding,
                    outcome="fail",
                    gated_by=gate,
                    violations=(*finding.violations, reason),
                    error=None,
                )
            )
    return gated
