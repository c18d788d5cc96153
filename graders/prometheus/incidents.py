"""ALR-06 to ALR-09 and ALR-20: who is told of an incident, how soon, how often, and when does it end?"""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.prometheus.reading import KIND
from graders.prometheus.simulated import Simulation, minutes, simulation
from graders.rule import Absent, Violation, rule
from graders.simulate.alerts import expectations as due
from graders.simulate.alerts.burning import page_due, ticket_due

_MOST_PAGES = 2


@rule(
    "ALR-06",
    severity="C",
    constraint="intent",
    source="Google SRE workbook, Alerting on SLOs: detection time = (1 - SLO) / error ratio x window x burn rate",
    kinds=(KIND,),
)
def pages_in_time(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does a page come in time when the budget burns: all fail, 20 times the budget, 8 times?

    In time: before 4 % of the budget is gone (10 % at 8 times) and 5 minutes more, never sooner than 10 minutes. Accepted:
    any design that keeps this. Wrong: a threshold that is never reached, windows, `for` or thresholds that are too large, a
    page that fires all the time and so tells nothing.
    """
    found = simulation(bundle, facts)
    burns = due.burns(found.setting.objective)
    for name, burn in (("outage", burns.outage), ("fast burn", burns.fast), ("medium burn", burns.medium)):
        yield from page_comes(found, name, page_due(found.setting, burn, found.outcome(name).scenario.start))


def page_comes(found: Simulation, name: str, within: float) -> Iterator[Violation]:
    """The violation when no page begins within so many seconds of the incident."""
    outcome = found.outcome(name)
    first = outcome.first("page")
    if first is None:
        yield found.violation(f"no page comes, one is due within {minutes(within)}", outcome, due=within)
    elif first > within:
        yield found.violation(
            f"the page comes after {minutes(first)}, it is due within {minutes(within)}", outcome, due=within
        )


@rule(
    "ALR-07",
    severity="H",
    constraint="quiet_alerts",
    source="Google SRE workbook, Alerting on SLOs: tickets for a slow burn",
    kinds=(KIND,),
)
def slow_burn_is_a_ticket(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does a slow burn (4 times the budget) open a ticket, and does a lingering one (twice) wake nobody?

    The ticket is due before 15 % of the budget is gone. Accepted: any design that keeps this; a ticket that a page
    holds back, if it comes at twice the budget. Wrong: no ticket; a page at twice the budget, which lasts half of the
    window then.
    """
    found = simulation(bundle, facts)
    burns = due.burns(found.setting.objective)
    within = ticket_due(found.setting, burns.slow)
    slow, lingering = found.outcome("slow burn"), found.outcome("lingering burn")
    told = slow.first("ticket")
    if told is None and slow.first("page") is not None:
        within, told = ticket_due(found.setting, burns.lingering), lingering.first("ticket")
    if told is None or told > within:
        what = "no ticket comes" if told is None else f"the ticket comes after {minutes(told)}"
        yield found.violation(
            f"{what}, one is due within {minutes(within)}", slow, due=within, level="ticket"
        )
    for firing in lingering.noise("page"):
        yield found.violation("wakes somebody for what is work for the next day", lingering, firing=firing)
        return


@rule(
    "ALR-08",
    severity="H",
    constraint="quiet_alerts",
    source="Prometheus documentation: alerting practices (slack for blips); Google SRE workbook, Alerting on SLOs",
    kinds=(KIND,),
)
def blip_wakes_nobody(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does a short spell that costs less than 0.5 % of the budget wake nobody?

    Accepted: any design with pages. Wrong: a page in the spell or in the three hours after it; no alert that is a page.
    """
    found = simulation(bundle, facts)
    yield from nothing_to_judge(found)
    blip = found.outcome("blip")
    for firing in blip.noise("page"):
        yield found.violation("wakes somebody for a blip", blip, firing=firing)
        return


@rule(
    "ALR-09",
    version=2,
    severity="M",
    constraint="quiet_alerts",
    source="Google SRE workbook, Alerting on SLOs: reset time; the short window",
    kinds=(KIND,),
)
def page_clears(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does the page end soon after the incident does?

    Soon: 45 minutes (a short window of 30, `keep_firing_for`, evaluation), 75 at an objective so loose that right
    windows are longer. Wrong: a page that goes on, as with long windows alone, or that
    only begins when all is over; none that began with the incident.
    """
    found = simulation(bundle, facts)
    limit = due.clears_within(found.setting.objective)
    outcomes = [found.outcome(name) for name in ("outage", "fast burn")]
    if not any(outcome.began("page") for outcome in outcomes):
        yield Absent("", None, "no page begins with an outage, so none can end with it")
    for outcome in outcomes:
        for firing in outcome.followed("page"):
            after = outcome.clears_after(firing)
            if after is None or after > limit:
                when = "is still firing three hours" if after is None else f"fires for {minutes(after)}"
                yield found.violation(
                    f"{when} after the end; {minutes(limit)} are enough", outcome, firing=firing
                )
                break


@rule(
    "ALR-20",
    severity="H",
    constraint="quiet_alerts",
    source="Prometheus documentation: alerting practices (as few alerts as possible)",
    kinds=(KIND,),
    parameters={"most": int | None},
    version=2,
)
def few_pages_for_one_incident(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is one incident at most two pages (`most`)?

    Counted are alerts with different names or labels that page in an outage. Wrong: one page for each pod or
    route; several alerts for the same; a label with the value; no page at all.
    """
    found = simulation(bundle, facts)
    most = int(facts.params.get("most") or _MOST_PAGES)
    seen = 0
    for name in ("outage", "broken deploy"):
        outcome = found.outcome(name)
        pages = outcome.began("page")
        count = sum(outcome.distinct(page) for page in pages)
        seen += count
        if count > most:
            names = ", ".join(dict.fromkeys(page.alert for page in pages))
            yield found.violation(
                f"{count} pages for one incident ({names}); {most} are enough", outcome, firing=pages[0]
            )
            return
    if not seen:
        yield Absent("", None, "no page begins with an outage, so there is nothing to count")


def nothing_to_judge(found: Simulation) -> Iterator[Violation]:
    """A file without pages wakes nobody, and is no answer to when somebody should be woken."""
    if not found.has("page"):
        yield Absent("", None, "no alert is a page")
