"""Terraform against a simulated cloud: each root folder applied, planned again, and planned as the case's scenarios want it.

`detail` of a report is a tuple of `graders.simulate.terraform.outcome.Root`; graders/terraform/applied/simulated.py hands it
to rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from graders.artifact import Artifact
from graders.report import Report
from graders.simulate.terraform.cloud.synthetic import NAMES
from graders.simulate.terraform.drive import simulate
from graders.simulate.terraform.outcome import Root
from graders.simulate.terraform.scenario import Wanted, wanted
from graders.simulate.terraform.sources import Sources, not_served, read
from graders.simulate.terraform.worker import PROVIDER
from graders.terraform.applied.simulated import TOOL
from graders.tools.answer_files import BESIDE, KINDS
from graders.tools.batch import Bundles, Unproven, Verdict, run_in_batches
from graders.tools.locate import Installation, ToolMissing, locate

__all__ = ["KINDS", "NAME", "SIMULATES", "run"]

NAME = TOOL
SIMULATES = True
_PROGRAM = "terraform"
# More roots than an honest answer has: one for each environment, and some that lay foundations.
_MOST_ROOTS = 8
_REST = 'resource "aws_sqs_queue" "rest" {\n  name = "rest"\n}\n'
_UNREST = 'resource "aws_sqs_queue" "unrest" {\n  name = "unrest"\n  tags = { at = timestamp() }\n}\n'
_CANARY = Artifact("main.tf", "terraform", 'provider "aws" {\n  region = "eu-west-1"\n}\n' + _REST + _UNREST)


def run(bundles: Sequence[Sequence[Artifact]], stated: Sequence[Mapping[str, Any]]) -> list[Report]:
    """A report for each bundle, whose case states these facts. No remarks are made; `detail` says what came out."""
    return [_report(bundle, facts) for bundle, facts in zip(bundles, stated, strict=True)]


def _report(bundle: Sequence[Artifact], facts: Mapping[str, Any]) -> Report:
    judge = partial(_judge, facts)
    (report,) = run_in_batches(_PROGRAM, KINDS, [bundle], judge, beside=BESIDE)
    return replace(report, tool=NAME)


def _judge(facts: Mapping[str, Any], found: Installation, bundles: Bundles) -> list[Verdict]:
    try:
        version = locate(PROVIDER).version
    except ToolMissing as missing:
        raise Unproven(f"{PROVIDER} is missing: {missing}") from None
    _prove(found)
    asked = wanted(facts)
    return [_simulated(found, read(bundle), asked, version) for bundle in bundles]


def _simulated(found: Installation, sources: Sources, asked: Wanted, version: str) -> Verdict:
    paths = {artifact.path for artifact in sources.artifacts if artifact.kind in KINDS}
    reason = not_served(sources, version, frozenset(NAMES))
    roots = sources.configurations
    if len(roots) > _MOST_ROOTS:
        reason = f"there are {len(roots)} root folders"
    if reason is not None:
        return Verdict(judged=paths, detail=tuple(Root(one.root.folder.path, limit=reason) for one in roots))
    return Verdict(judged=paths, detail=tuple(simulate(found, sources, one, asked) for one in roots))


_proven: set[Installation] = set()


def _prove(found: Installation) -> None:
    """Once in a process: what is at rest plans empty, a timestamp plans an update."""
    if found in _proven:
        return
    sources = read([_CANARY])
    root = simulate(found, sources, sources.configurations[0], Wanted())
    second = root.second.plan
    if root.limit is not None or second is None:
        raise Unproven(f"the canary was not applied: {root.limit or root.diagnostics}")
    if [(change.address, change.action) for change in second.changes] != [("aws_sqs_queue.unrest", "update")]:
        raise Unproven(f"the canary's second plan changes {second.changes}")
    _proven.add(found)
