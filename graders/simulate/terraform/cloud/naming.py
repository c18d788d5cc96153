"""Ids and ARNs of created objects in the form that AWS gives them (naming.toml says which)."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.simulate.terraform.cloud.wire import is_unknown

TABLES: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("naming.toml").read_text())
PREFIXES: dict[str, str] = TABLES["prefix"]
NAMED = frozenset(TABLES["named"]["types"])
"""Types of which the cloud refuses a second object with the name of one that is still there."""
ANY_ACCOUNT, ANY_REGION = "123456789012", "eu-west-1"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a provider configuration works."""

    region: str = ANY_REGION
    account: str = ANY_ACCOUNT


def digits(*seed: object) -> str:
    """64 hexadecimal digits that depend on the seed only: the same configuration gets the same names each time."""
    return hashlib.sha256("/".join(map(str, seed)).encode()).hexdigest()


def name_object(type: str, planned: dict[str, Any], created: dict[str, Any], place: Place, seed: str) -> None:
    """Give `created` the names that were unknown in `planned`."""
    words = _words(created, place, seed)
    arn = TABLES["arn"].get(type)
    if arn is not None:
        _set(created, planned, "arn", f"arn:aws:{arn}", words)
    id = TABLES["id"].get(type)
    if id is not None:
        words = {**words, "arn": created.get("arn") or ""}
        _set(created, planned, "id", "{arn}" if id == "arn" else id, words)
    for attribute, form in TABLES["also"].get(type, {}).items():
        _set(created, planned, attribute, form, {**words, "id": created.get("id") or ""})


def _words(created: dict[str, Any], place: Place, seed: str) -> dict[str, str]:
    made = digits(seed)
    words = {name: value for name, value in created.items() if isinstance(value, str)}
    return words | {
        "region": place.region,
        "account": place.account,
        "uuid": "-".join((made[:8], made[8:12], made[12:16], made[16:20], made[20:32])),
        "hex6": made[:6],
        "hex16": made[:16],
        "HEX13": made[:13].upper(),
        "bare_name": words.get("name", "").lstrip("/"),
        "bare_url": words.get("url", "").removeprefix("https://"),
    }


def _set(
    created: dict[str, Any], planned: dict[str, Any], name: str, form: str, words: dict[str, str]
) -> None:
    if is_unknown(planned.get(name)):
        try:
            created[name] = form.format_map(words)
        except KeyError:
            return  # an attribute that is not set: the invented value stays
