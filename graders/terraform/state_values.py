"""The resources of an applied state, in all modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graders.simulate.terraform.outcome import Root


@dataclass(frozen=True, slots=True)
class Applied:
    """One resource or data source with its values after the apply; what nobody set may be invented.

    `key` is that of `count` or `for_each`, None without one; `address` has it and those of the modules.
    """

    address: str
    type: str
    name: str
    key: str | int | None
    values: Mapping[str, Any]


def applied(root: Root, mode: str = "managed") -> Iterator[Applied]:
    """Every managed resource (or every data source) of the root and its modules; none where it was not applied."""
    yield from of_state(root.state or {}, mode)


def of_state(state: Mapping[str, Any], mode: str = "managed") -> Iterator[Applied]:
    """Every resource of this mode in a state as `terraform show -json` gives it."""
    yield from _of(state.get("values", {}).get("root_module", {}), mode)


def _of(module: Mapping[str, Any], mode: str) -> Iterator[Applied]:
    for one in module.get("resources", ()):
        if one["mode"] == mode:
            yield Applied(one["address"], one["type"], one["name"], one.get("index"), one["values"])
    for child in module.get("child_modules", ()):
        yield from _of(child, mode)
