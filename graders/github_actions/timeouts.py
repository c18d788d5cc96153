"""GHA-14: no job runs away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions.evaluation import Unknown, alternatives, number
from graders.github_actions.instances import KIND, Instance, instances
from graders.github_actions.subjects import no_job
from graders.github_actions.workflow import mapping
from graders.rule import Violation, rule


@rule(
    "GHA-14",
    severity="L",
    constraint="cost",
    source="GitHub docs: the default limit of a job is 360 minutes",
    kinds=(KIND,),
    parameters={"cap_minutes": int},
)
def limits_time(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Has each job a timeout of at most the case's cap?

    Accepted: a number; an expression that resolves to one (inputs and their defaults, matrix, `vars.X || 15`; both
    sides of a condition).
    Not judged: a job that calls a workflow (it can't have a timeout; the called jobs are judged).
    Wrong: none, above the cap, zero or less, an expression without a known number, timeouts of steps only.
    """
    yield from no_job(bundle)
    cap = number(facts.params.get("cap_minutes"))
    told: set[tuple[str, str]] = set()
    for instance in instances(bundle):
        job, place = instance.job, (instance.workflow.path, instance.job.id)
        if job.uses or place in told:
            continue
        if "timeout-minutes" not in job.raw:
            told.add(place)
            yield Violation(
                place[0], job.line, f"job `{job.id}` has no timeout-minutes (at most {cap:g} are right)"
            )
            continue
        minutes = _minutes(instance, job.raw["timeout-minutes"])
        if minutes is None or not 0 < minutes <= cap:
            told.add(place)
            said = "an unknown number of" if minutes is None else f"{minutes:g}"
            yield Violation(
                place[0],
                job.line_of("timeout-minutes"),
                f"job `{job.id}` may run {said} minutes; more than 0 and at most {cap:g} are right",
            )


def _minutes(instance: Instance, written: Any) -> float | None:
    known = instance.lookup()
    declared = {**instance.workflow.call_inputs(), **instance.workflow.dispatch_inputs()}
    defaults = {name.lower(): mapping(settings).get("default", "") for name, settings in declared.items()}

    def lookup(path: tuple[str, ...]) -> Any:
        value = known(path)
        if path[0] == "vars":
            return ""  # a variable that isn't set is empty: `vars.X || 15` is 15
        if path[0] == "inputs" and len(path) > 1 and (isinstance(value, Unknown) or value in ("", None)):
            return defaults.get(path[1], "")
        return value

    return max((_number(value) for value in alternatives(written, lookup)), key=_largest, default=None)


def _largest(minutes: float | None) -> float:
    return float("inf") if minutes is None else minutes if minutes > 0 else float("inf")


def _number(value: Any) -> float | None:
    if isinstance(value, bool | Unknown) or not isinstance(value, str | int | float) or value == "":
        return None
    minutes = number(value)
    return None if minutes != minutes else minutes
