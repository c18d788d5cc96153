"""Whom a firing alert reaches: a pager, a ticket queue, or nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import TypeAdapter

from graders.alertmanager.configuration import Configuration
from graders.alertmanager.routing import Contact
from graders.simulate.alerts.measure import Level
from graders.simulate.alerts.service import Labels
from graders.simulate.routing.notifications import destinations, notices

_PAGE: Mapping[str, Any] = {"severity": "page"}
_TICKET: Mapping[str, Any] = {"severity": "ticket"}


@dataclass(frozen=True, slots=True)
class Convention:
    """Pages and tickets by the labels that the case's own Alertmanager goes by (`page` and `ticket` of the facts; a
    value may be a list of accepted values). An alert with neither tells nobody."""

    page: Mapping[str, Any]
    ticket: Mapping[str, Any]

    def level(self, labels: Labels) -> Level | None:
        return "page" if carries(labels, self.page) else "ticket" if carries(labels, self.ticket) else None


@dataclass(frozen=True, slots=True)
class Tree:
    """Pages and tickets by where the answer's own Alertmanager tree sends them: to one of the case's pagers or queues."""

    configurations: tuple[Configuration, ...]
    pagers: tuple[Contact, ...]
    queues: tuple[Contact, ...]

    def level(self, labels: Labels) -> Level | None:
        places = [
            place
            for configuration in self.configurations
            for notice in notices(configuration, [labels])
            for place in destinations(configuration, notice)
        ]
        if any(contact.is_reached_by(place) for contact in self.pagers for place in places):
            return "page"
        return "ticket" if any(c.is_reached_by(place) for c in self.queues for place in places) else None


Levels = Convention | Tree


def levels_of(stated: Mapping[str, Any], configurations: Sequence[Configuration]) -> Levels:
    """The answer's own tree where it has one and the facts state `pagers` (and `queues`); else the case's labels."""
    pagers = stated.get("pagers")
    if configurations and pagers:
        contacts: TypeAdapter[tuple[Contact, ...]] = TypeAdapter(tuple[Contact, ...])
        return Tree(
            tuple(configurations),
            contacts.validate_python(pagers),
            contacts.validate_python(stated.get("queues") or []),
        )
    return Convention(stated.get("page") or _PAGE, stated.get("ticket") or _TICKET)


def carries(labels: Labels, wanted: Mapping[Any, Any]) -> bool:
    """Are all labels there, each with one of its accepted values?"""
    for name, value in wanted.items():
        accepted = cast("Sequence[Any]", value) if isinstance(value, (list, tuple)) else [value]
        if labels.get(str(name)) not in [str(item) for item in accepted]:
            return False
    return True
