"""ALR-18: is somebody woken for stale data, in time, and not for what the next run repairs?"""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.prometheus.incidents import nothing_to_judge
from graders.prometheus.reading import KIND
from graders.prometheus.simulated import minutes, simulation
from graders.rule import Violation, rule


@rule(
    "ALR-18",
    severity="M",
    constraint="quiet_alerts",
    source="Prometheus documentation: alerting practices, batch jobs (page after two full runs)",
    kinds=(KIND,),
    version=2,
)
def stale_data_pages(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does a page come when runs fail, hang or stop, a usual run before the promise breaks, and none when one run is missed?

    Accepted: any threshold on the age of two periods or more that leaves the time for one run; runs counted over windows.
    Wrong: a page before the second run was missed; one that comes too late, or for failed runs alone and not for
    hanging ones or for those that are never started.
    """
    found = simulation(bundle, facts)
    yield from nothing_to_judge(found)
    for name in ("run fails", "run dropped"):
        outcome = found.outcome(name)
        for firing in outcome.noise("page")[:1]:
            yield found.violation("wakes somebody for what the next run repairs", outcome, firing=firing)
    _, freshness = found.setting.batch
    # Incidents begin when a run falls due: the data is a period old then, less the time that the last run took.
    age = freshness.period_seconds - freshness.usual_seconds
    within = freshness.limit_seconds - freshness.usual_seconds - age
    for name in ("runs fail", "run hangs", "runs stop"):
        outcome = found.outcome(name)
        first = outcome.first("page")
        if first is None or first > within:
            what = "no page comes" if first is None else f"the page comes after {minutes(first)}"
            yield found.violation(f"{what}, one is due within {minutes(within)}", outcome, due=within)
