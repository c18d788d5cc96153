"""ALM-01: does every alert reach the people it is for, and nobody else?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from graders.alertmanager.configuration import KIND, Configuration, Destination
from graders.alertmanager.loading import loaded, refused
from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.simulate.routing.notifications import NOON, Notice, destinations, notices


@dataclass(frozen=True, slots=True)
class Contact:
    """Where people are reached, as the case states it: a receiver of this `type` in which some field is `holds`
    (a channel, a key file, an address)."""

    type: str
    holds: str

    def is_reached_by(self, found: Destination) -> bool:
        return found.type == self.type and self.holds in found.values


@dataclass(frozen=True, slots=True)
class Probe:
    """An alert that fires alone. It must reach all of `reaches` and none of the other contacts but `may_reach`; with
    neither it must reach anybody at all."""

    alert: Mapping[str, str]
    reaches: tuple[str, ...] = ()
    may_reach: tuple[str, ...] = ()
    at: datetime = NOON


Contacts = dict[str, Contact]


def contacts_of(facts: Facts) -> Contacts:
    """The contacts of the case by their names."""
    return TypeAdapter(Contacts).validate_python(facts.params["contacts"])


@rule(
    "ALM-01",
    version=2,
    severity="C",
    constraint="quiet_alerts",
    source="Alertmanager documentation: route; amtool check-config",
    kinds=(KIND,),
    tools=("amtool",),
    parameters={"contacts": Contacts, "probes": list[Probe]},
)
def reaches_the_right_people(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Would Alertmanager load the file, and does each probe reach exactly the people it is for?

    Each probe is sent through the tree (first match, `continue`, inheritance, time intervals). Accepted: any tree and any
    names of receivers; one receiver with several destinations, or several routes by `continue`; both kinds of
    matchers. Wrong: a file that amtool refuses; a probe that reaches nobody, others too, or nobody at its instant; no
    file.
    """
    yield from refused(bundle)
    contacts = contacts_of(facts)
    probes: list[Any] = TypeAdapter(list[Probe]).validate_python(facts.params["probes"])
    for configuration in loaded(bundle):
        for probe in probes:
            yield from _judge(configuration, probe, contacts)


def _judge(configuration: Configuration, probe: Probe, contacts: Contacts) -> Iterator[Violation]:
    told = notices(configuration, [probe.alert], probe.at)
    places = [place for notice in told for place in destinations(configuration, notice)]
    line = told[0].line
    if not places:
        yield Violation(configuration.path, line, f"{_words(probe)} reaches nobody{_why(told)}")
        return
    reached = {name for name, contact in contacts.items() if any(map(contact.is_reached_by, places))}
    for name in probe.reaches:
        if name not in reached:
            receivers = ", ".join(dict.fromkeys(notice.receiver for notice in told))
            message = (
                f"{_words(probe)} does not reach {name}: it goes to the receiver {receivers}{_why(told)}"
            )
            yield Violation(configuration.path, line, message)
    if probe.reaches:
        for name in sorted(reached.difference(probe.reaches, probe.may_reach)):
            yield Violation(configuration.path, line, f"{_words(probe)} reaches {name}, whom it is not for")


def _words(probe: Probe) -> str:
    labels = ", ".join(f"{name}={value}" for name, value in sorted(probe.alert.items()))
    when = "" if probe.at == NOON else f" at {probe.at:%a %Y-%m-%d %H:%M %Z}"
    return f"the alert {{{labels}}}{when}"


def _why(told: list[Notice]) -> str:
    reasons = dict.fromkeys(notice.because for notice in told if notice.because)
    return f" ({'; '.join(reasons)})" if reasons else ""
