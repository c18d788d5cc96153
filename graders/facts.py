"""What a case tells its graders: deliverables, the rules that it applies, and the facts they read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A file, or a set of files, that the case asks for. `path` may be a glob (`deploy/*.yaml`)."""

    id: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one variant as one rule reads them.

    `drawn` are the drawn parameters, `stated` is the case's `facts:` block (metric catalogue, scrape interval, SLO,
    live objects ...), `params` are the rule's own parameters in this case, `honeytokens` the planted secrets by name.
    """

    drawn: Mapping[str, Any] = field(default_factory=dict[str, Any])
    stated: Mapping[str, Any] = field(default_factory=dict[str, Any])
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    honeytokens: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class AppliedRule:
    """A rule as a case applies it.

    `on` are the ids of the deliverables that it judges (empty: the whole answer). `params` are the rule's own
    parameters. `critical` zeroes the case when the rule fails. `applies` is the case's own condition, already
    evaluated for the variant. `because` is the line of the card or the case that makes it fair to ask.
    """

    id: str
    on: tuple[str, ...]
    because: str
    params: Mapping[str, Any] = field(default_factory=dict[str, Any])
    critical: bool = False
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Assignment:
    """All that graders need to know of a variant. It is pickled to the workers that grade.

    `given` are the files that the prompt itself shows, stripped: handing them back unchanged delivers nothing.
    """

    deliverables: tuple[Deliverable, ...]
    rules: tuple[AppliedRule, ...]
    drawn: Mapping[str, Any] = field(default_factory=dict[str, Any])
    stated: Mapping[str, Any] = field(default_factory=dict[str, Any])
    honeytokens: Mapping[str, str] = field(default_factory=dict[str, str])
    given: frozenset[str] = frozenset()


def texts(value: Any) -> list[str]:
    """A parameter that is a list of texts."""
    return [str(item) for item in value] if isinstance(value, list | tuple) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
