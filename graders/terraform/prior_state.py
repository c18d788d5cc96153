"""IAC-05 and IAC-06: what becomes of that which is there already?"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from graders.bundle import Bundle
from graders.facts import Facts, texts
from graders.rule import Absent, Violation, rule, traced
from graders.simulate.terraform.outcome import Change, Plan
from graders.terraform.applied.changes import described, not_applied, places, refused, shown
from graders.terraform.applied.simulated import TOOL, simulated, told
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND

_PARAMETERS = {"scenario": str, "allowed": list[str] | None}


@rule(
    "IAC-05",
    severity="C",
    constraint="rollback_dr",
    source="Terraform documentation: refactoring (moved), resource behaviour",
    kinds=(KIND,),
    tools=(TOOL,),
    parameters=_PARAMETERS,
    version=3,
)
def destroys_nothing_that_is_there(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does the plan over the given state destroy and replace nothing beyond what the case allows?

    The case's own files are applied first, then the answer is planned over their state. `allowed` are addresses or types,
    with `*`. Accepted: updates in place, moved, import and removed blocks. Wrong: a resource that is
    deleted or replaced, a plan that is refused (by prevent_destroy, too), nothing that could be planned.
    """
    yield from _judge(bundle, facts, "replace", "delete")


@rule(
    "IAC-06",
    severity="H",
    constraint="idempotent",
    source="Terraform documentation: moved and import blocks",
    kinds=(KIND,),
    tools=(TOOL,),
    parameters=_PARAMETERS,
    version=3,
)
def keeps_what_it_renames(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does every object that is there keep being managed under its new address?

    Wrong: a resource of the prior state that is deleted or forgotten while one of its type is created: the address was
    renamed, moved into a module or given a key without a moved (or import) block; an import of an object whose old address
    is still destroyed, and the object with it. Accepted: moved in any file, chains of moved, removed together with an
    import of the same object.
    """
    yield from _judge(bundle, facts, "renamed")


def _judge(bundle: Bundle, facts: Facts, *kinds: str) -> Iterator[Violation]:
    scenario = str(facts.params["scenario"])
    allowed = texts(facts.params.get("allowed"))
    found = simulated(bundle)
    if not found:
        yield Absent("", None, "there is no Terraform configuration")
    known = places(bundle)
    for root in found:
        if root.failed_at is not None:
            yield from once(not_applied(root))
            continue
        outcome = told(root.scenarios[scenario])
        if outcome.plan is None:
            yield from once(refused(outcome, "the plan over what is there is refused"))
            continue
        wrong = [one for one in _of_kind(outcome.plan, kinds) if not _is_allowed(one, allowed)]
        told_of = once(described(wrong, known, "over what is there, the plan"))
        yield from traced(
            told_of, lambda plan=outcome.plan: shown("the plan over what is there", plan.changes)
        )


def _of_kind(plan: Plan, kinds: tuple[str, ...]) -> list[Change]:
    if "renamed" in kinds:
        return [one for one in plan.changes if _is_renamed(one, plan)]
    return [one for one in plan.changes if one.action in kinds]


def _is_renamed(gone: Change, plan: Plan) -> bool:
    """Whether an object leaves its address and another of its type, or the same by an import, comes in its place."""
    made = any(one.action == "create" and one.type == gone.type for one in plan.changes)
    imported = (gone.type, gone.id) in plan.imported
    return (gone.action == "delete" and (made or imported)) or (
        gone.action == "forget" and made and not imported
    )


def _is_allowed(change: Change, allowed: list[str]) -> bool:
    return any(fnmatchcase(change.address, one) or fnmatchcase(change.type, one) for one in allowed)


RULES = (destroys_nothing_that_is_there, keeps_what_it_renames)
