"""Rule K8S-14: disruption budgets that protect and still let a node be drained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.objects import Object
from graders.kubernetes.percent import scaled
from graders.kubernetes.pods import PodSpec, pod_specs
from graders.kubernetes.replicas import idle, lowest
from graders.kubernetes.selectors import matches
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule

KIND = "kubernetes"


@rule(
    "K8S-14",
    severity="H",
    constraint="intent",
    source="kube-linter pdb-*; disruption controller",
    kinds=(KIND,),
)
def budgets_disruption(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Has each replicated workload a disruption budget that protects it and allows an eviction?

    Accepted: minAvailable or maxUnavailable, number or percentage, of which at the lowest replica count (HPA
    minReplicas, else replicas) at least one eviction is allowed and at least one pod kept; one budget over both
    colours of a blue/green pair.
    Wrong: no budget for a workload of two or more; no eviction allowed (minAvailable equal to the replicas, 0 or
    rounded up to it; maxUnavailable 0); nothing kept (minAvailable 0, maxUnavailable 100 %; over several workloads, as
    many evictions as the largest of them has pods); a selector that selects no delivered pods; both fields or none; two
    budgets over the same pods (the eviction API refuses them).
    """
    objects = delivered(bundle)
    budgets = [found for found in objects if found.kind == "PodDisruptionBudget"]
    workloads = [spec for spec in pod_specs(objects) if spec.scaled]
    if not budgets:
        yield absent("PodDisruptionBudget")
    if not workloads:
        yield absent("workload that a PodDisruptionBudget could protect")
        return
    yield from once(violation for budget in budgets for violation in _unsound(budget, workloads, objects))
    yield from once(violation for spec in workloads for violation in _unprotected(spec, budgets, objects))


def _selects(budget: Object, pods: PodSpec) -> bool:
    return budget.scope == pods.owner.scope and matches(budget.get("spec", "selector"), pods.labels)


def _unprotected(pods: PodSpec, budgets: Sequence[Object], objects: Sequence[Object]) -> Iterator[Violation]:
    own = [budget for budget in budgets if _selects(budget, pods)]
    replicas = lowest(pods, objects)
    if not own and replicas >= 2:
        yield at(pods, (), f"runs {replicas} replicas and no PodDisruptionBudget selects them")
    if len(own) > 1:
        yield at(
            own[1],
            (),
            f"is the second budget over the pods of {pods.title}: the API then refuses every eviction",
        )


def _unsound(budget: Object, workloads: Sequence[PodSpec], objects: Sequence[Object]) -> Iterator[Violation]:
    selected = [spec for spec in workloads if _selects(budget, spec)]
    if not selected:
        yield at(budget, ("spec", "selector"), "its selector selects no delivered workload")
        return
    given = [key for key in ("minAvailable", "maxUnavailable") if budget.get("spec", key) is not None]
    if len(given) != 1:
        yield at(budget, ("spec",), "needs exactly one of minAvailable and maxUnavailable")
        return
    key = given[0]
    counts: dict[str, int] = {}
    for spec in selected:
        if not idle(spec, objects):
            # The same object twice: the smaller one counts, whichever is applied last.
            counts[spec.title] = min(lowest(spec, objects), counts.get(spec.title, lowest(spec, objects)))
    pods = sum(counts.values())
    amount = scaled(budget.get("spec", key), pods, round_up=True)
    if amount is None:
        yield at(budget, ("spec", key), f"{key} is neither a number nor a percentage")
        return
    kept = amount if key == "minAvailable" else pods - amount
    if pods - kept < 1:
        yield at(
            budget, ("spec", key), f"{key} allows no eviction at {pods} replicas: no node can be drained"
        )
    if kept < 1:
        yield at(budget, ("spec", key), f"{key} keeps no pod at {pods} replicas: it protects nothing")
    elif pods - kept >= max(counts.values()):
        message = f"{key} lets all {max(counts.values())} pods of one workload go at once, since it counts the others' too"
        yield at(budget, ("spec", key), message)


RULES = (budgets_disruption,)
