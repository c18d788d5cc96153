"""What every module of this folder that reads artifacts offers, so that the batcher can treat them alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from graders.artifact import Artifact
from graders.report import Report


class Tool(Protocol):
    """A module with two constants and one function.

    `NAME` is the tool's entry in tools.toml (or its package's name), `KINDS` the kinds of artifact that it
    judges.
    """

    @property
    def NAME(self) -> str: ...

    @property
    def KINDS(self) -> frozenset[str]: ...

    def run(self, bundles: Sequence[Sequence[Artifact]], /) -> list[Report]:
        """One report for each bundle, in the same order. A bundle without any of KINDS gets an empty report.

        The tool's trouble (missing, no sandbox, crashed, timed out, did not prove that it ran) is never
        raised: it is the `failure` of the reports it concerns. Bundles never see each other's files.
        """
        ...


class Simulation(Protocol):
    """A tool whose run depends on what a case states: it says so by SIMULATES, and gets the stated facts of each bundle's
    case. What it finds is the `detail` of its reports."""

    @property
    def NAME(self) -> str: ...

    @property
    def KINDS(self) -> frozenset[str]: ...

    @property
    def SIMULATES(self) -> Literal[True]: ...

    def run(
        self, bundles: Sequence[Sequence[Artifact]], stated: Sequence[Mapping[str, Any]], /
    ) -> list[Report]:
        """As `Tool.run`."""
        ...
