"""IAC-04: is the plan after the apply empty?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graders.bundle import Bundle
from graders.facts import Facts, texts
from graders.rule import Absent, Violation, rule, traced
from graders.simulate.terraform.outcome import Plan
from graders.terraform.applied.changes import Place, described, not_applied, places, refused, shown
from graders.terraform.applied.simulated import TOOL, simulated, told
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND


@rule(
    "IAC-04",
    severity="H",
    constraint="idempotent",
    source="Terraform documentation: plan, lifecycle ignore_changes; the provider's notes on inline and separate resources",
    kinds=(KIND,),
    tools=(TOOL,),
    parameters={"after": list[str] | None},
    version=3,
)
def changes_nothing_twice(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Can the configuration be applied, and does a second plan change nothing?

    Applied and planned again with the real provider's planning against a simulated cloud. Accepted: any configuration
    whose second plan is empty, a changing value under ignore_changes among them. Wrong: what plan or apply refuses
    (an unknown count, a sensitive output, a name that is taken), an expression that differs each time (timestamp,
    uuid), two resources that manage the same object; no configuration at all. `after` are scenarios of the case whose
    plan must be empty, too: what autoscaling or another owner has changed is theirs.
    """
    found = simulated(bundle)
    if not found:
        yield Absent("", None, "there is no Terraform configuration")
    known = places(bundle)
    for root in found:
        if root.failed_at is not None:
            yield from once(not_applied(root))
            continue
        outcomes = {"applied a second time": root.second}
        for name in texts(facts.params.get("after")):
            outcomes[f"after the change «{name}» from outside"] = root.scenarios[name]
        for when, outcome in outcomes.items():
            plan = told(outcome).plan
            if plan is None:
                yield from once(refused(outcome, f"{when}, the plan is refused"))
            elif not plan.empty:
                violations = once(_differences(plan, known, when))
                yield from traced(violations, lambda plan=plan, when=when: shown(when, plan.changes))


def _differences(plan: Plan, known: Mapping[str, Place], when: str) -> Iterator[Violation]:
    yield from described(plan.changes, known, f"{when}, the plan")
    if not plan.changes:
        for name in plan.outputs:
            yield Violation("", None, f"{when}, the output {name} changes")
