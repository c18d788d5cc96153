"""What came out when the root folders of an answer were applied to the simulated cloud and planned again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from graders.simulate.terraform.state import Applied

Action = Literal["create", "update", "replace", "delete", "forget"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark of terraform or the provider: `file` is an artifact's path ("" where none is named),
    `line` is 1-based in it, `address` the resource's, where it is about one."""

    severity: Literal["error", "warning"]
    summary: str
    detail: str = ""
    file: str = ""
    line: int | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan does to one resource. `attributes` are the top-level ones whose value changes or is not
    known yet (empty for create, delete and forget); `forced_by` those that make it a
    replacement. `id` is the object's in the state, "" for one that is created."""

    address: str
    type: str
    action: Action
    attributes: tuple[str, ...] = ()
    forced_by: tuple[str, ...] = ()
    id: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan: `document` is `terraform show -json PLAN` (format_version, planned_values, resource_changes, configuration,
    prior_state …), empty for a later plan that changes nothing. Reads, moves and what stays are in no `changes`;
    `outputs` are the root outputs that change, `imported` type and id of the objects that import blocks bring in.
    """

    document: Mapping[str, Any]
    changes: tuple[Change, ...]
    outputs: tuple[str, ...]
    imported: frozenset[tuple[str, str]] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether it changes nothing at all."""
        return not self.changes and not self.outputs


@dataclass(frozen=True, slots=True)
class Outcome:
    """The plan of one scenario, or the errors for which there is none (`prevent_destroy` shows as one).

    `limit` says why it tells nothing about the answer; then there is no plan.
    """

    plan: Plan | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    limit: str | None = None

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that stopped it."""
        return tuple(one for one in self.diagnostics if one.severity == "error")


@dataclass(frozen=True, slots=True)
class Root:
    """One root folder of an answer ("" is the answer's own top), with the values that its variables got.

    `guessed` are the variables that neither the case nor the answer gives a value; ours is invented. `workspace` is the
    selected one, None where nothing asks for it. `failed_at` is the step whose errors (`diagnostics`) stopped the first
    apply, by the answer's fault. `limit` says why nothing can be told about this folder: a limit of the simulation,
    never the answer's fault. Otherwise there are:

    - `first`: the plan from nothing, `state`: what is there after the apply, no value unknown, invented ones among
      them (docs/oracles/terraform.md says which);
    - `second`: the plan right after, `scenarios`: the plans that the case asks for, by their names there;
    - `executed`: the command lines that local-exec would have run.
    """

    folder: str
    variables: Mapping[str, Any] = field(default_factory=dict[str, Any])
    guessed: frozenset[str] = frozenset()
    workspace: str | None = None
    limit: str | None = None
    failed_at: Literal["init", "validate", "plan", "apply"] | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    first: Plan | None = None
    state: tuple[Applied, ...] | None = None
    second: Outcome = Outcome()
    scenarios: Mapping[str, Outcome] = field(default_factory=dict[str, Outcome])
    executed: tuple[str, ...] = ()

    def applied(self, mode: str = "managed") -> Iterator[Applied]:
        """Every managed resource (or every data source) of the root and its modules; none where it was not applied."""
        return (one for one in self.state or () if one.mode == mode)
