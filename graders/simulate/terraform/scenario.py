"""What a case wants to know beside the second plan: the part `terraform` of its facts.

    facts:
      terraform:
        variables: {image: "…", environment: production}   # values that the pipeline passes
        scenarios:
          first-removed: {remove_first: queues}             # the variable's value without its first element
          more-nodes: {variables: {nodes: 5}}               # other values
          destroy: {destroy: true}                          # terraform plan -destroy
          autoscaled: {drift: {aws_ecs_service: {desired_count: 5}}}
          existing: {before: {infra/main.tf: "…"}}          # the answer over what these files have built

Each scenario is one plan; all but `before` start from the state that the answer's own apply has left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Scenario:
    """One plan. `drift` maps a resource type to attributes that something else has set in the cloud; `before`
    are files (path to text) that are applied first, in the place of the answer's; `remove_first` names a
    variable (a list, set or map)."""

    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    remove_first: str = ""
    destroy: bool = False
    drift: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    before: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Wanted:
    """The case's values of variables, and its scenarios by name."""

    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    scenarios: Mapping[str, Scenario] = field(default_factory=dict[str, Scenario])


def wanted(stated: Mapping[str, Any]) -> Wanted:
    """Read a case's facts. Raises ValueError for a word that is not known here."""
    given: dict[str, Any] = stated.get("terraform") or {}
    _known(given, {"variables", "scenarios"}, "terraform")
    asked: dict[str, dict[str, Any]] = given.get("scenarios") or {}
    scenarios: dict[str, Scenario] = {}
    for name, parts in asked.items():
        _known(parts, {part.name for part in fields(Scenario)}, name)
        scenarios[name] = Scenario(**parts)
    return Wanted(given.get("variables") or {}, scenarios)


def _known(given: Mapping[str, Any], words: set[str], where: str) -> None:
    unknown = sorted(set(given) - words)
    if unknown:
        raise ValueError(f"facts, {where}: there is no {unknown[0]!r}; there are {', '.join(sorted(words))}")
