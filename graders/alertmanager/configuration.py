"""An Alertmanager configuration: its tree of routes, receivers, inhibitions and time intervals, with their lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graders.alertmanager import matchers
from graders.alertmanager.intervals import TimeInterval, interval_of
from graders.alertmanager.matchers import BadMatcher, Matcher
from graders.artifact import Artifact
from graders.yaml_lines import Unparsable, YamlList, YamlMap, load

KIND = "alertmanager"


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the tree. `receiver` and `group_by` are None where they are inherited; `mute` and `active` name time
    intervals and are never inherited."""

    line: int
    receiver: str | None
    matchers: tuple[Matcher, ...]
    goes_on: bool
    group_by: tuple[str, ...] | None
    mute: tuple[str, ...]
    active: tuple[str, ...]
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Inhibition:
    """A firing alert that `source` matches keeps those that `target` matches quiet, where the labels `equal` agree."""

    line: int
    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Destination:
    """One way in which a receiver notifies: `type` is `pagerduty`, `slack`, `webhook` …, `values` every text in it."""

    type: str
    line: int
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Configuration:
    """A whole configuration file. `receivers` are by name; one without destinations notifies nobody."""

    path: str
    route: Route
    receivers: Mapping[str, tuple[Destination, ...]]
    inhibitions: tuple[Inhibition, ...]
    intervals: Mapping[str, tuple[TimeInterval, ...]]


def parse(artifact: Artifact) -> Configuration:
    """The configuration of a file; raises `Unparsable` where it has no route or a part of it has the wrong shape."""
    root = load(artifact.text, "1.1")
    if not isinstance(root, YamlMap) or not isinstance(root.get("route"), YamlMap):
        raise Unparsable(1, "an Alertmanager configuration has a `route`")
    named = [*_maps(root, "time_intervals"), *_maps(root, "mute_time_intervals")]
    return Configuration(
        path=artifact.path,
        route=_route(root["route"]),
        receivers={
            matchers.plain(one.get("name")): tuple(_destinations(one)) for one in _maps(root, "receivers")
        },
        inhibitions=tuple(_inhibition(one) for one in _maps(root, "inhibit_rules")),
        intervals={
            matchers.plain(one.get("name")): tuple(
                interval_of(interval) for interval in _maps(one, "time_intervals")
            )
            for one in named
        },
    )


def _route(node: YamlMap) -> Route:
    return Route(
        line=node.line,
        receiver=matchers.plain(node["receiver"]) if node.get("receiver") else None,
        matchers=_matchers(node, ""),
        goes_on=node.get("continue") is True,
        group_by=_texts(node, "group_by") if "group_by" in node else None,
        mute=_texts(node, "mute_time_intervals"),
        active=_texts(node, "active_time_intervals"),
        routes=tuple(_route(child) for child in _maps(node, "routes")),
    )


def _inhibition(node: YamlMap) -> Inhibition:
    source, target = _matchers(node, "source_"), _matchers(node, "target_")
    return Inhibition(node.line, source, target, _texts(node, "equal"))


def _matchers(node: YamlMap, side: str) -> tuple[Matcher, ...]:
    try:
        old = matchers.of_maps(node.get(f"{side}match"), node.get(f"{side}match_re"))
        return (*old, *matchers.of_entries(node.get(f"{side}matchers") or []))
    except BadMatcher as error:
        raise Unparsable(node.line, f"`{error}` is no matcher") from None


def _destinations(receiver: YamlMap) -> Iterator[Destination]:
    for key in receiver:
        if key.endswith("_configs"):
            for one in _maps(receiver, key):
                yield Destination(key.removesuffix("_configs"), one.line, frozenset(_values(one)))


def _values(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():  # pyright: ignore[reportUnknownVariableType]
            yield from _values(value)
    elif isinstance(node, list):
        for value in node:  # pyright: ignore[reportUnknownVariableType]
            yield from _values(value)
    else:
        yield matchers.plain(node).strip()


def _maps(node: YamlMap, key: str) -> list[YamlMap]:
    value = node.get(key)
    if value is None:
        return []
    if not isinstance(value, YamlList) or any(not isinstance(item, YamlMap) for item in value):
        raise Unparsable(node.lines.get(key, node.line), f"`{key}` must be a list of mappings")
    return list(value)


def _texts(node: YamlMap, key: str) -> tuple[str, ...]:
    value = node.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise Unparsable(node.lines.get(key, node.line), f"`{key}` must be a list")
    return tuple(matchers.plain(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
