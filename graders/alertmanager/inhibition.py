"""ALM-03: does a page silence its ticket twin, and nothing else?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from graders.alertmanager.configuration import KIND, Configuration
from graders.alertmanager.loading import loaded, refused
from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.simulate.routing.notifications import NOON, destinations, notices


@dataclass(frozen=True, slots=True)
class Scene:
    """Alerts that fire together, by a name each: somebody must hear of those in `heard`, nobody of those in `quiet`."""

    firing: Mapping[str, Mapping[str, str]]
    heard: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    at: datetime = NOON


@rule(
    "ALM-03",
    version=2,
    severity="H",
    constraint="quiet_alerts",
    source="Alertmanager documentation: inhibit_rule",
    kinds=(KIND,),
    tools=("amtool",),
    parameters={"scenes": list[Scene]},
)
def keeps_twins_quiet(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Are exactly those alerts kept quiet that another one makes needless?

    Each scene's alerts fire together. Accepted: any inhibition that has this effect, with old or new matchers, in one rule
    or several. Wrong: no inhibition; one that reaches over to another service, team or cluster (`equal` left out,
    or over labels that the alerts don't have); one that silences pages; a route that drops tickets altogether; a file
    that Alertmanager does not load.
    """
    yield from refused(bundle)
    scenes: list[Any] = TypeAdapter(list[Scene]).validate_python(facts.params["scenes"])
    for configuration in loaded(bundle):
        for scene in scenes:
            yield from _judge(configuration, scene)


def _judge(configuration: Configuration, scene: Scene) -> Iterator[Violation]:
    told = notices(configuration, list(scene.firing.values()), scene.at)
    together = ", ".join(scene.firing)
    for name, alert in scene.firing.items():
        mine = [notice for notice in told if notice.alert == alert]
        places = [place for notice in mine for place in destinations(configuration, notice)]
        if name in scene.heard and not places:
            why = next((notice.because for notice in mine if notice.because), "its receiver tells nobody")
            yield Violation(
                configuration.path, mine[0].line, f"when {together} fire, nobody hears of {name}: {why}"
            )
        if name in scene.quiet and places:
            message = f"when {together} fire, {name} is sent as well: no inhibition keeps it quiet"
            yield Violation(configuration.path, mine[0].line, message)
