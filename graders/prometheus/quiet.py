"""ALR-02, ALR-10, ALR-11 and ALR-13: are alerts silent when nothing is wrong, whatever the series look like?"""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.prometheus.incidents import nothing_to_judge, page_comes
from graders.prometheus.reading import KIND
from graders.prometheus.simulated import Simulation, simulation
from graders.rule import Absent, Violation, rule
from graders.simulate.alerts import expectations as due
from graders.simulate.alerts.burning import large_part_burn, page_due
from graders.simulate.alerts.expectations import MINUTE
from graders.simulate.alerts.levels import Level

# The first scrapes of a new series count nothing, and a window that held the old ones fills again.
_NEW_SERIES = 5 * MINUTE


@rule(
    "ALR-02",
    severity="C",
    constraint="intent",
    source="Prometheus documentation: recording rules (aggregate numerator and denominator apart), vector matching",
    kinds=(KIND,),
)
def share_is_of_all_requests(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is the SLI the share of all events together: does a large part that fails weigh what it is, and a small one no more?

    Accepted: any expression that gives this share. Wrong: a ratio of series that are not aggregated, an average of ratios,
    a ratio for each pod or route; a page for errors all over that does not come when the largest part has as many; none
    at all.
    """
    found = simulation(bundle, facts)
    if found.outcome("outage").first("page") is None:
        yield Absent("", None, "no page begins with an outage, so there is no SLI to judge")
        return
    within = page_due(found.setting, large_part_burn(found.setting))
    even = found.outcome("even burn").first("page")
    if even is not None and even <= within:
        yield from page_comes(found, "large part", within)
    for name in ("small part", "small pod"):
        yield from _silent(
            found, name, ("page",), "pages though the share of all requests is within the budget"
        )


@rule(
    "ALR-10",
    severity="C",
    constraint="quiet_alerts",
    source="Prometheus documentation: alerting practices; SRE workbook, Alerting on SLOs: precision",
    kinds=(KIND,),
)
def ordinary_week_is_silent(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is a week silent in which half of the allowed bad events happen, or in which every run succeeds?

    Accepted: any rules with an alert. Wrong: a page or a ticket, also one that what does not count sets off (staging, health
    checks, another handler).
    """
    found = simulation(bundle, facts)
    if not found.alerts:
        yield Absent("", None, "there is no alert")
        return
    week = "ordinary runs" if found.setting.is_batch else "half budget"
    yield from _silent(found, week, ("page", "ticket"), "fires though nothing is wrong")


@rule(
    "ALR-11",
    severity="H",
    constraint="quiet_alerts",
    source="SRE workbook, Alerting on SLOs: low-traffic services; PromQL: 0 / 0 is NaN",
    kinds=(KIND,),
)
def one_failure_of_few_wakes_nobody(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does nobody get woken in quiet hours for one failed request of a few, nor for hours without any?

    Accepted: a least number of requests or of failures, longer windows. Wrong: the bare ratio; no alert that is a page.
    """
    found = simulation(bundle, facts)
    yield from nothing_to_judge(found)
    for name in ("lull", "no traffic"):
        yield from _silent(found, name, ("page",), "wakes somebody for almost no traffic")


@rule(
    "ALR-13",
    severity="H",
    constraint="quiet_alerts",
    source="Prometheus documentation: rate() and counter resets; staleness",
    kinds=(KIND,),
    version=2,
)
def restarts_do_no_harm(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Do restarts and deploys set off nothing, and does a page come when the service fails with or after them?

    Accepted: rates before sums; error ratios that are empty until the first error. Wrong: differences of raw or summed
    counters, an alert for a ratio that is missing because nothing has failed yet, matching by pod or instance; a page
    for an outage that does not come, or later, when the outage is a broken deploy or follows a restart; no page for an
    outage at all.
    """
    found = simulation(bundle, facts)
    if not found.alerts:
        yield Absent("", None, "there is no alert")
        return
    changes = ("leader changes",) if found.setting.is_batch else ("restart", "deploy")
    for name in changes:
        yield from _silent(found, name, ("page", "ticket"), "fires though nothing is wrong")
    if found.setting.is_batch:
        return
    first = found.outcome("outage").first("page")
    if first is None:
        yield Absent("", None, "no page begins with an outage, so none can when a deploy breaks the service")
        return
    within = max(page_due(found.setting, due.burns(found.setting.objective).outage), first + _NEW_SERIES)
    for name in ("broken deploy", "restart and outage"):
        yield from page_comes(found, name, within)


def _silent(found: Simulation, name: str, levels: tuple[Level, ...], message: str) -> Iterator[Violation]:
    """The first alert of these levels that fires in a scenario."""
    outcome = found.outcome(name)
    for firing in outcome.noise(*levels):
        yield found.violation(message, outcome, firing=firing)
        return
