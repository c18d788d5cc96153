"""RUN-08: does a destroy stop at what must not be lost?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts, texts
from graders.rule import Absent, Violation, rule, traced
from graders.simulate.terraform.outcome import Outcome, Root
from graders.simulate.terraform.state import Applied
from graders.terraform.applied.changes import (
    Place,
    not_applied,
    place_of,
    places,
    prevented,
    shown,
    without_keys,
)
from graders.terraform.applied.simulated import TOOL, simulated, told
from graders.terraform.language.values import as_bool
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, configurations
from graders.terraform.tables import table


@rule(
    "RUN-08",
    severity="C",
    constraint="rollback_dr",
    source="Terraform documentation: lifecycle prevent_destroy; AWS: deletion protection of each service",
    kinds=(KIND,),
    tools=(TOOL,),
    parameters={"scenario": str, "guarded": list[str]},
    version=2,
)
def destroy_stops(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does `terraform destroy` leave the resources alone that the case wants guarded?

    The destroy is planned over the applied state. Accepted for each resource of a `guarded` type: a plan that is refused
    because of it (prevent_destroy), or deletion protection of its own (types.toml, stateful) in the applied values.
    Wrong: a resource that the plan would delete without either; no resource of the type at all.
    """
    scenario, guarded = str(facts.params["scenario"]), texts(facts.params.get("guarded"))
    found = simulated(bundle)
    known = places(bundle)
    if not found:
        yield Absent("", None, "there is no Terraform configuration")
    seen: set[str] = set()
    for root in found:
        if root.failed_at is not None:
            yield from once(not_applied(root))
            return
        held = [one for one in root.applied() if one.type in guarded]
        seen.update(one.type for one in held)
        outcome = told(root.scenarios[scenario])
        stopped = prevented(outcome) | _beyond(bundle, outcome)
        yield from traced(once(_unguarded(held, stopped, known)), lambda root=root: _trace(root, scenario))
    for type in guarded:
        if type not in seen:
            yield Absent("", None, f"there is no {type} to guard")


def _beyond(bundle: Bundle, outcome: Outcome) -> frozenset[str]:
    """Addresses without keys that prevent_destroy guards and a refused plan may not have come to: Terraform does not ask
    about what others hang on that it could not plan. `prevent_destroy` takes a literal only, so its text is its value."""
    if outcome.plan is not None:
        return frozenset()
    return frozenset(
        found.address
        for configuration in configurations(bundle)
        for found in configuration.resources()
        if as_bool(found.view.at("lifecycle", "prevent_destroy")) is True
    )


def _unguarded(
    held: list[Applied], stopped: frozenset[str], known: Mapping[str, Place]
) -> Iterator[Violation]:
    for one in held:
        if not stopped & {one.address, without_keys(one.address)} and not _protects_itself(one):
            yield Violation(
                *place_of(one.address, known), f"a destroy deletes {one.address}: nothing guards it"
            )


def _protects_itself(one: Applied) -> bool:
    about: dict[str, Any] = table("stateful").get(one.type, {})
    name = about.get("protection")
    if not name:
        return False
    return one.values.get(name) == (about.get("protected") or True)


def _trace(root: Root, scenario: str) -> Any:
    plan = root.scenarios[scenario].plan
    return shown("terraform destroy", plan.changes if plan else ())
