"""IAC-07: does taking out the first of several leave the others alone?"""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Absent, Violation, rule, traced
from graders.simulate.terraform.outcome import Outcome
from graders.terraform.applied.changes import (
    described,
    keys_of,
    not_applied,
    places,
    prevented,
    refused,
    shown,
)
from graders.terraform.applied.simulated import TOOL, simulated, told
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND


@rule(
    "IAC-07",
    severity="M",
    constraint="idempotent",
    source="Terraform documentation: for_each, when to use it instead of count",
    kinds=(KIND,),
    tools=(TOOL,),
    parameters={"scenario": str},
    version=2,
)
def keys_are_stable(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """When the first element of the case's collection goes, does only what belongs to it go?

    Planned over the applied state with the variable's value without its first element. Accepted: for_each over a set or
    a map, in any layout; updates of what lists all elements (a policy); a plan that prevent_destroy stops because
    of that element alone. Wrong: a resource of another element that is
    replaced or made anew, as under count with an index; nothing that goes (the variable is not what makes them).
    """
    scenario = str(facts.params["scenario"])
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
            yield from _refused(outcome)
            continue
        changes = outcome.plan.changes
        churned = [one for one in changes if one.action in ("replace", "create")]
        violations = once(described(churned, known, "without the first element, the plan"))
        yield from traced(
            violations, lambda changes=changes: shown("the plan without the first element", changes)
        )
        if not any(one.action == "delete" for one in changes):
            yield Violation(
                "", None, "without the first element nothing goes: the collection does not make the resources"
            )


def _refused(outcome: Outcome) -> Iterator[Violation]:
    """A plan that prevent_destroy stops is right where it stops for one element alone."""
    kept = prevented(outcome)
    if len(kept) < len(outcome.errors):
        yield from once(refused(outcome, "without the first element the plan is refused"))
    elif len({keys_of(address) for address in kept}) > 1:
        some = ", ".join(sorted(kept)[:4])
        yield Violation("", None, f"without the first element, resources of others would go as well: {some}")
