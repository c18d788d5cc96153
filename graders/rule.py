"""A rule: one yes/no question about an answer, with its id from the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from graders.bundle import Bundle
from graders.facts import Facts
from graders.trace import Trace

Severity = Literal["C", "H", "M", "L"]
Constraint = Literal[
    "validity",
    "intent",
    "least_privilege",
    "secret_hygiene",
    "idempotent",
    "reproducible",
    "quiet_alerts",
    "rollback_dr",
    "runbook",
    "escalation",
    "consistency",
    "cost",
    "minimal",
]


@dataclass(frozen=True, slots=True)
class Violation:
    """Why a rule fails: `file` is an artifact's path ("" for the answer as a whole), `line` is 1-based in that file. `trace`
    is what a simulation saw."""

    file: str
    line: int | None
    message: str
    trace: Trace | None = None


@dataclass(frozen=True, slots=True)
class Absent(Violation):
    """What the rule asks about is not there at all. Fails where a case asks for it; says nothing about loose files."""


def traced(violations: Iterable[Violation], trace: Callable[[], Trace]) -> Iterator[Violation]:
    """The violations, the first of them with the trace that shows them all; it is made only where there is one."""
    for number, violation in enumerate(violations):
        yield violation if number else replace(violation, trace=trace())


Check = Callable[[Bundle, Facts], Iterator[Violation]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check with what the catalogue says of it.

    `kinds` are the artifact kinds that it judges: by default a case applies it to every deliverable of these kinds; an
    empty set is a rule over the whole answer. `tools` are the external programs whose reports it reads
    (`--without TOOL` takes such rules out). `parameters` maps the name of each of its own parameters in a case
    to a type; a type that allows None is optional. A `gate` that fails fails every rule of the same deliverable. An
    `advisory` rule is reported with weight 0.
    """

    id: str
    version: int
    severity: Severity
    constraint: Constraint
    source: str
    check: Check
    kinds: frozenset[str]
    tools: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict[str, Any])
    gate: bool = False
    advisory: bool = False

    @property
    def summary(self) -> str:
        """The first line of the check's docstring: the question in words."""
        return (self.check.__doc__ or self.id).strip().split("\n")[0]


def rule(
    id: str,
    *,
    version: int = 1,
    severity: Severity,
    constraint: Constraint,
    source: str,
    kinds: tuple[str, ...] = (),
    tools: tuple[str, ...] = (),
    parameters: Mapping[str, Any] | None = None,
    gate: bool = False,
    advisory: bool = False,
) -> Callable[[Check], Rule]:
    """Attach what the catalogue says to a check; nothing is registered (see each module's RULES)."""

    def attach(check: Check) -> Rule:
        return Rule(
            id=id,
            version=version,
            severity=severity,
            constraint=constraint,
            source=source,
            check=check,
            kinds=frozenset(kinds),
            tools=tools,
            parameters=dict(parameters or {}),
            gate=gate,
            advisory=advisory,
        )

    return attach
