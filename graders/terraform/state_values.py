"""The resources of an applied state, in all modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graders.simulate.terraform.outcome import Root


@dataclass(frozen=True, slots=True)
class Applied:
    """One managed resource with its values after the apply; what nobody set may be invented."""

    address: str
    type: str
    values: Mapping[str, Any]


def applied(root: Root) -> Iterator[Applied]:
    """Every managed resource of the root and its modules; none where it was not applied."""
    yield from of_state(root.state or {})


def of_state(state: Mapping[str, Any]) -> Iterator[Applied]:
    """Every managed resource of a state as `terraform show -json` gives it."""
    yield from _of(state.get("values", {}).get("root_module", {}))


def _of(module: Mapping[str, Any]) -> Iterator[Applied]:
    for one in module.get("resources", ()):
        if one["mode"] == "managed":
            yield Applied(one["address"], one["type"], one["values"])
    for child in module.get("child_modules", ()):
        yield from _of(child)
