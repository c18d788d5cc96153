"""How the provider is configured: as the answer wants it, less all that leads out of the simulation."""

# pyright: basic
# (values of the protocol are of any type)

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from graders.simulate.terraform.cloud import wire
from graders.simulate.terraform.cloud.naming import ANY_ACCOUNT, ANY_REGION, Place
from graders.simulate.terraform.cloud.provider_process import Configured
from graders.simulate.terraform.cloud.schema import Value

_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)")
# Credentials, roles, endpoints, proxies and certificates: the provider would look for them outside.
_REPLACED: dict[str, Any] = {
    "access_key": "simulated",
    "secret_key": "simulated",
    "token": None,
    "profile": None,
    "shared_config_files": None,
    "shared_credentials_files": None,
    "assume_role": [],
    "assume_role_with_web_identity": [],
    "allowed_account_ids": None,
    "forbidden_account_ids": None,
    "custom_ca_bundle": None,
    "http_proxy": None,
    "https_proxy": None,
    "endpoints": [],
    "max_retries": 1,
    "skip_credentials_validation": True,
    "skip_requesting_account_id": True,
    "skip_region_validation": True,
    "skip_metadata_api_check": "true",
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """One provider block of an answer. `default_tags` is None where `ignore_tags` makes tags unreadable for us."""

    configured: Configured
    place: Place
    default_tags: dict[str, str] | None

    def read_tags(self, value: Value | None) -> Value | None:
        """What the provider reads back: every tag of the object, less those that equal a default tag. Without it a
        timestamp in default_tags would look at rest."""
        if value is None or self.default_tags is None or not value.get("tags_all"):
            return value
        own = value.get("tags") or {}
        tags = {
            key: tag
            for key, tag in value["tags_all"].items()
            if key in own or self.default_tags.get(key) != tag
        }
        return value if tags == own else {**value, "tags": tags}


def read_configuration(request: bytes) -> Configuration:
    """From a Configure request (1 terraform_version, 2 config)."""
    given: dict[str, Any] = wire.decode(wire.part(request, 2)) or {}
    # What is unknown inside default_tags stays: the provider then plans tags_all as unknown.
    given = {name: None if wire.is_unknown(value) else value for name, value in given.items()}
    region = given.get("region")
    place = Place(region if isinstance(region, str) else ANY_REGION, _account(given))
    given |= _REPLACED | {"region": place.region}
    key = json.dumps(given, sort_keys=True, default=str)
    configured = Configured(key, wire.put(1, wire.part(request, 1)) + wire.put(2, wire.encode(given)))
    tags = None if given.get("ignore_tags") else _default_tags(given)
    return Configuration(configured, place, tags)


def _account(given: Value) -> str:
    """The account that the answer believes to be in."""
    roles = [str(role.get("role_arn")) for role in given.get("assume_role") or [] if role]
    for text in [*(given.get("allowed_account_ids") or []), *roles]:
        found = _ACCOUNT.search(str(text))
        if found is not None:
            return found[0]
    return ANY_ACCOUNT


def _default_tags(given: Value) -> dict[str, str]:
    blocks = given.get("default_tags") or [{}]
    tags = (blocks[0] or {}).get("tags")
    return tags if isinstance(tags, dict) else {}
