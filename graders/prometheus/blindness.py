"""ALR-12: does anybody learn that there are no numbers?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from graders.bundle import Bundle
from graders.facts import Facts
from graders.prometheus.reading import KIND
from graders.prometheus.simulated import minutes, simulation
from graders.rule import Violation, rule
from graders.simulate.alerts.expectations import BLIND


@rule(
    "ALR-12",
    severity="H",
    constraint="intent",
    source="Prometheus documentation: absent(), staleness, alerting practices (metamonitoring)",
    kinds=(KIND,),
    parameters={"told": Literal["page", "anybody"] | None},
)
def missing_numbers_are_noticed(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is somebody told within half an hour that no target can be scraped or is left, and nobody woken for a single scrape?

    Of a batch job's metrics within an hour or one period.
    Accepted: absence of the metric or of `up`, `up` that is 0 together with its absence, a count that is too low; a
    page or a ticket (`told: page` where it must be a page). Wrong: no such alert; `up == 0` alone, which ends with the
    targets; another job or environment; a page at once.
    """
    found = simulation(bundle, facts)
    must_page = facts.params.get("told") == "page"
    batch = found.setting.is_batch
    # Data that a job has copied stays good for a while: nobody has to hurry.
    within = max(2 * BLIND, found.setting.batch[1].period_seconds) if batch else BLIND
    for name in ("batch metrics gone",) if batch else ("scrape fails", "targets gone"):
        outcome = found.outcome(name)
        first = outcome.first("page") if must_page else outcome.told()
        if first is None or first > within:
            who = "no page comes" if must_page else "nobody is told"
            when = "" if first is None else f" before {minutes(first)}"
            yield found.violation(f"{who}{when} that there are no numbers", outcome, due=within)
    if batch:
        return
    single = found.outcome("one scrape fails")
    for firing in single.noise("page"):
        yield found.violation("wakes somebody for a single scrape", single, firing=firing)
        return
