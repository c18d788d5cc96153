"""The applied state: every resource of all modules with its values.

Read from the state file itself (format 4), which holds what `terraform show -json` would print in a tenth of the time of an
answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from graders.terraform.language.values import as_map
from graders.terraform.reading.module import written_key
from graders.tools.batch import Unproven

FILE = "terraform.tfstate"
_FORMAT = 4
# More than any state of an honest answer has.
_MOST_BYTES = 64 * 1024**2
# The one resource whose attributes are of any type: the file says their type beside the value.
_ANY_TYPE = "terraform_data"


@dataclass(frozen=True, slots=True)
class Applied:
    """One resource or data source with its values after the apply; what nobody set may be invented.

    `mode` is "managed" or "data"; `key` is that of `count` or `for_each`, None without one; `address` has it and those of
    the modules.
    """

    address: str
    mode: str
    type: str
    name: str
    key: str | int | None
    values: Mapping[str, Any]


def read(folder: Path) -> tuple[Applied, ...]:
    """What the state file in a folder holds, by address; nothing where there is no file. Raises `Unproven` for a file
    that is no such state."""
    file = folder / FILE
    if not file.exists():
        return ()
    if file.is_symlink() or not file.is_file() or file.stat().st_size > _MOST_BYTES:
        raise Unproven("the state is no file that can be read")
    state = json.loads(file.read_text(encoding="utf-8"))
    if state.get("version") != _FORMAT:
        raise Unproven(f"the state has format {state.get('version')}")
    found = (one for resource in state.get("resources") or () for one in _instances(resource))
    return tuple(sorted(found, key=lambda one: one.address))


def _instances(resource: Mapping[str, Any]) -> Iterator[Applied]:
    mode, type, name = resource["mode"], resource["type"], resource["name"]
    around = f"{resource['module']}." if "module" in resource else ""
    address = f"{around}{'' if mode == 'managed' else mode + '.'}{type}.{name}"
    for one in resource["instances"]:
        if "deposed" not in one:
            key: str | int | None = one.get("index_key")
            values: dict[str, Any] = one.get("attributes") or {}
            if type == _ANY_TYPE:
                values = {attribute: _untyped(value) for attribute, value in values.items()}
            yield Applied(f"{address}{written_key(key)}", mode, type, name, key, values)


def _untyped(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    given = as_map(cast("dict[str, Any]", value))
    return given["value"] if given.keys() == {"type", "value"} else given
