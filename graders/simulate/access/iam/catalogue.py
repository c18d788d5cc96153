"""The actions of AWS with their access level and resources (`actions.json`, which names its source).

An action that is not in the table is not counted; of a service that is not in it nothing is known.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from graders.simulate.access.iam.patterns import UNKNOWN, matches

Level = Literal["list", "read", "tagging", "write", "permissions"]

_FIELD = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Action:
    """`name` with its service (`s3:GetObject`); `formats` are the ARNs of the resources that it knows (none: `*` only)."""

    name: str
    level: Level
    formats: tuple[str, ...]


@lru_cache(1)
def _services() -> dict[str, Any]:
    return json.loads(Path(__file__).with_name("actions.json").read_text(encoding="utf-8"))["services"]


@lru_cache(1)
def actions() -> dict[str, Action]:
    """Every action of the table by its name in lower case."""
    found: dict[str, Action] = {}
    for service, entry in _services().items():
        for level, names in entry["actions"].items():
            for name, resources in names.items():
                formats = tuple(entry["resources"][resource] for resource in resources)
                found[f"{service}:{name}".lower()] = Action(f"{service}:{name}", level, formats)
    return found


def in_table(pattern: str) -> bool:
    """Whether the table holds the service of a pattern of a policy; True where that has a wildcard."""
    service = pattern.partition(":")[0].lower()
    return not _is_plain(service) or service in _services()


def _is_plain(service: str) -> bool:
    return not set(service) & {"*", "?", UNKNOWN}


def named_by(pattern: str) -> Iterator[Action]:
    """The actions of the table that a pattern of a policy may name."""
    service = pattern.partition(":")[0].lower()
    plain = _is_plain(service)
    for action in actions().values():
        if plain and not action.name.startswith(f"{service}:"):
            continue
        if matches(pattern, action.name, ignore_case=True) is not False:
            yield action


@lru_cache(4096)
def format_of(arn: str, service: str) -> str | None:
    """The format of the service that fits an ARN, the most literal one where several do."""
    fitting = [
        form for form in _services().get(service, {}).get("resources", {}).values() if _fits(form, arn)
    ]
    return max(fitting, key=lambda form: len(_FIELD.sub("", form)), default=None)


def _fits(form: str, arn: str) -> bool:
    return _form_pattern(form).fullmatch(arn) is not None


@lru_cache(2048)
def _form_pattern(form: str) -> re.Pattern[str]:
    pieces = _FIELD.split(form)
    return re.compile("".join(".+" if number % 2 else re.escape(text) for number, text in enumerate(pieces)))


def example(form: str, account: str, region: str) -> str:
    """An ARN of this format that no case names, in this account and region."""
    known = {"Partition": "aws", "Account": account, "Region": region}
    return _FIELD.sub(lambda found: known.get(found[1], "undeclared"), form)
