"""All artifacts of one answer, parsed, with the reports of the tools that read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graders.artifact import Artifact
from graders.report import Report
from graders.yaml_lines import Unparsable


class ToolFailed(Exception):
    """A report that a rule needs is missing or failed: the rule says nothing about the model."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """What the rules read.

    `artifacts` are in the order of the answer. `parsed[path]` is what the kind's grader module made of a whole
    artifact, `broken[path]` why it could not. `deliverables[id]` are the paths that were matched to a deliverable
    of the case (an id without paths is missing). `reports[tool]` is what the tool said. `prose` is the answer's
    text of each turn as the model wrote it. `contract` lists the places where the delivery contract was not kept,
    as (file, line, message).
    """

    artifacts: tuple[Artifact, ...]
    parsed: Mapping[str, Any] = field(default_factory=dict[str, Any])
    broken: Mapping[str, Unparsable] = field(default_factory=dict[str, Unparsable])
    deliverables: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    reports: Mapping[str, Report] = field(default_factory=dict[str, Report])
    prose: tuple[str, ...] = ()
    contract: tuple[tuple[str, int | None, str], ...] = ()

    def of(self, *kinds: str) -> list[Artifact]:
        """The whole artifacts of these kinds, in the order of the answer."""
        return [artifact for artifact in self.artifacts if artifact.whole and artifact.kind in kinds]

    def fragments(self, *kinds: str) -> list[Artifact]:
        """The fragments of these kinds."""
        return [artifact for artifact in self.artifacts if not artifact.whole and artifact.kind in kinds]

    def report(self, tool: str) -> Report:
        """The tool's report; raises `ToolFailed` when there is none or the tool could not prove that it ran."""
        report = self.reports.get(tool)
        if report is None:
            raise ToolFailed(f"{tool} did not run")
        if report.failure is not None:
            raise ToolFailed(f"{tool}: {report.failure}")
        return report
