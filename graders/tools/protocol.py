"""What every module of this folder that reads artifacts offers, so that the batcher can treat them alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

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
