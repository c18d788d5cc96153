"""What a run will ask, decided and checked before the first call is paid for."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graders.facts import Assignment
from graders.kinds import RULES, rules_version
from graders.tools.locate import Installation, ToolMissing, locate
from harness.corpus import Corpus, Variant, draw
from harness.corpus.case import is_meant
from harness.persona import CONTEXT_WITHOUT_CARD, Persona
from harness.prompt import first_messages
from harness.runs import identity

# What every external program needs to run at all.
SANDBOX = "bwrap"
# The programs of a tool, where they are not the one of its name; none for what comes from a library in process.
PROGRAMS: dict[str, tuple[str, ...]] = {
    "kubernetes_schema": (),
    "detect_secrets": (),
    "terraform": ("terraform", "terraform-provider-aws"),
    "terraform-cloud": ("terraform", "terraform-provider-aws"),
}


class PlanError(Exception):
    """A run that cannot start: one line a reason, each with its remedy."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of the model on one variant; `epoch` counts from 1."""

    variant: Variant
    epoch: int

    @property
    def id(self) -> str:
        return f"{self.variant.id}#{self.epoch}"


def choose_variants(corpus: Corpus, seed: int, only: Sequence[str]) -> list[Variant]:
    """The variants of the cases that match one of the patterns (`pipelines/*`; none: all). Raises `PlanError`."""
    chosen = [case for case in corpus.cases if is_meant(case.id, only)]
    unmatched = [pattern for pattern in only if not any(fnmatch.fnmatch(id, pattern) for id in corpus.ids)]
    if unmatched or not chosen:
        raise PlanError(f"no case matches {', '.join(unmatched)}; `drydock cases list` shows them all")
    return [draw(case, seed) for case in chosen]


def without_tools(assignment: Assignment, without: frozenset[str]) -> Assignment:
    """The assignment with every rule taken out that reads one of these tools."""
    return replace(
        assignment,
        rules=tuple(rule for rule in assignment.rules if not without.intersection(RULES[rule.id].tools)),
    )


def find_tools(assignments: Sequence[Assignment]) -> dict[str, str]:
    """Name and version of each tool that these rules read. Raises `PlanError` naming every one that is missing."""
    wanted = {tool for a in assignments for rule in a.rules for tool in RULES[rule.id].tools}
    programs = {name for tool in wanted for name in _programs(tool)}
    found: dict[str, str] = {}
    missing: list[str] = []
    for name in sorted(programs | ({SANDBOX} if programs else set())):
        try:
            installation: Installation = locate(name)
            found[name] = installation.version
        except ToolMissing as error:
            readers = " ".join(f"--without {tool}" for tool in sorted(wanted) if name in _programs(tool))
            escape = "" if name == SANDBOX else f", or leave its rules out with {readers}"
            missing.append(f"{error}{escape}")
    if missing:
        raise PlanError("\n".join(missing))
    return found


def _programs(tool: str) -> tuple[str, ...]:
    return PROGRAMS.get(tool, (tool,))


def grader_version(assignments: Sequence[Assignment], tools: dict[str, str]) -> str:
    """What graded: eight hex digits over the versions of rules and tools. Part of a grade's identity."""
    return identity({"rules": rules_version({r.id for a in assignments for r in a.rules}), "tools": tools})


def room_for_a_turn(variant: Variant, max_tokens: int) -> int:
    """The visible answer's allowance for each turn: one allowance a sample, shared by its turns."""
    return max_tokens // (1 + len(variant.turns))


def check_context(variants: Sequence[Variant], persona: Persona | None, model: str, max_tokens: int) -> None:
    """Each prompt with its answers must fit the card's context limit. Raises `PlanError` naming what does not fit.

    The room is the same for every card and for none, so a comparison of cards compares no lengths.
    """
    from harness.models.tokens import fits

    limit = persona.context_limit if persona else CONTEXT_WITHOUT_CARD
    too_long: list[str] = []
    for variant in variants:
        messages = first_messages(variant, persona)
        messages += [{"role": "user", "content": turn} for turn in variant.turns]
        fit = fits(messages, model, limit, max_tokens)
        if not fit.fits:
            too_long.append(
                f"{variant.id}: the prompt may take {fit.upper} tokens; with {max_tokens} for the answer that is above the "
                f"persona's context limit of {limit}; shorten the card or the case, or lower --max-tokens"
            )
    if too_long:
        raise PlanError("\n".join(too_long))
