"""Values for what only the cloud could say: of the right type, plausible by their name, the same each time."""

# pyright: basic
# (values of the protocol are of any type)

from __future__ import annotations

import re
from typing import Any

from graders.simulate.terraform.cloud.naming import PREFIXES, Place, digits
from graders.simulate.terraform.cloud.schema import Attribute, Block, Value
from graders.simulate.terraform.cloud.wire import is_unknown

# What an optional attribute is set to when the answer leaves it out: only what others may refer to.
_REFERRED = re.compile(
    r"(^|_)(id|ids|arn|arns|name|bucket|identifier|endpoint|url|address|dns_name|username|key|version|zone|domain"
    r"|region|cidr_block|vpc_id|port|prefix|json)$"
)
_ADDRESS = re.compile(r"(^|_)(issuer|uri|url)$")
_IDS_BY_ENDING = {
    "vpc_id": "vpc",
    "subnet_id": "subnet",
    "security_group_id": "sg",
    "image_id": "ami",
    "ami": "ami",
    "network_interface_id": "eni",
    "security_group_rule_id": "sgr",
    "allocation_id": "eipalloc",
}
_DOCUMENTS = frozenset({"policy", "json", "assume_role_policy", "definition", "container_definitions"})
_BY_NAME = {
    "availability_zone": "{region}a",
    "resource_record_type": "CNAME",
    "domain": "example.com",
    "region": "{region}",
    "base_rfc3339": "2024-01-01T00:00:00Z",
    "rfc3339": "2024-01-01T00:00:00Z",
    "rotation_rfc3339": "2024-01-31T00:00:00Z",
    "status": "ACTIVE",
    "engine_version": "1.0.0",
    "repository_url": "{account}.dkr.ecr.{region}.amazonaws.com/sim",
    "dns_name": "sim.{region}.elb.amazonaws.com",
    "domain_name": "sim.example.com",
    "endpoint": "sim.{region}.amazonaws.com",
}


class Inventor:
    """Invents for one object: `type` is the resource's, `data` says that it is a data source's."""

    def __init__(self, type: str, place: Place, *, data: bool = False) -> None:
        self.type = type
        self.place = place
        self.data = data

    def filled(self, block: Block, value: Value | None, seed: str) -> Value | None:
        """`value` with nothing unknown; of a data source the computed attributes, too, that are null."""
        if value is None:
            return None
        out: Value = {}
        for name, attribute in block.attributes.items():
            out[name] = self._attribute(name, attribute, value, seed + name)
        for name, nested in block.blocks.items():
            inner = value.get(name)
            if is_unknown(inner):
                inner = nested.nothing()
            elif isinstance(inner, list):
                inner = [
                    self.filled(nested.block, one, f"{seed}{name}{index}") if isinstance(one, dict) else one
                    for index, one in enumerate(inner)
                ]
            elif isinstance(inner, dict) and nested.single:
                inner = self.filled(nested.block, inner, seed + name)
            elif isinstance(inner, dict):
                inner = {key: self.filled(nested.block, one, seed + name + key) for key, one in inner.items()}
            out[name] = inner
        return out

    def _attribute(self, name: str, attribute: Attribute, value: Value, seed: str) -> Any:
        given = value.get(name)
        if not is_unknown(given) and not (self.data and given is None and attribute.computed):
            return self._known(given, attribute.type, name, seed)
        prefix = value.get(f"{name}_prefix")
        if name in ("name", "bucket") and isinstance(prefix, str):
            return prefix + digits(seed)[:10]
        if self.data or not attribute.optional:
            return self.invented(attribute.type, name, seed)
        if _REFERRED.search(name) and "kms" not in name:  # a key that nobody chose is AWS's own and not named
            return self.invented(attribute.type, name, seed, empty=True)
        return (
            None if isinstance(attribute.type, str) else self.invented(attribute.type, name, seed, empty=True)
        )

    def _known(self, value: Any, type: Any, name: str, seed: str) -> Any:
        """A known value with what is unknown inside it replaced."""
        if is_unknown(value):
            return self.invented(type, name, seed)
        if isinstance(value, list):
            inner = type[1] if isinstance(type, list) and type[0] in ("list", "set") else "string"
            return [self._known(one, inner, name, f"{seed}{index}") for index, one in enumerate(value)]
        if isinstance(value, dict):
            return {key: self._known(one, _member(type, key), key, seed + key) for key, one in value.items()}
        return value

    def invented(self, type: Any, name: str, seed: str, *, empty: bool = False) -> Any:
        """A value of `type` for an attribute called `name`; `empty` leaves collections empty."""
        if type == "string":
            return self._text(name, seed)
        if type == "number":
            return 0
        if type == "bool":
            return False
        if isinstance(type, list):
            match type[0]:
                case "list" | "set":
                    return [] if empty else [self.invented(type[1], name, seed)]
                case "map":
                    return {}
                case "object":
                    return {key: self.invented(inner, key, seed) for key, inner in type[1].items()}
                case "tuple":
                    return [self.invented(inner, name, seed) for inner in type[1]]
                case _:
                    return None
        return None

    def _text(self, name: str, seed: str) -> str:
        made = digits(seed)
        if name == "id" and self.type in PREFIXES:
            return f"{PREFIXES[self.type]}-0{made[:16]}"
        if name.endswith(("owner_id", "account_id")):
            return self.place.account
        for ending, prefix in _IDS_BY_ENDING.items():
            if name.endswith(ending):
                return f"{prefix}-0{made[:16]}"
        if name in _BY_NAME:
            return _BY_NAME[name].format(region=self.place.region, account=self.place.account)
        if _ADDRESS.search(name):
            return f"https://sim-{made[:12]}.{self.place.region}.amazonaws.com/{digits(name, seed)[:8]}"
        if name == "zone_id":
            return "Z" + made[:13].upper()
        if name.endswith(("arn", "_arns")):
            return f"arn:aws:sim:{self.place.region}:{self.place.account}:{made[:12]}"
        if name in _DOCUMENTS:
            return "{}"
        if "fingerprint" in name or "thumbprint" in name:
            return made[:40]
        if "ipv6" in name:
            return "2600:1f18:1234:5600::/56" if "cidr" in name else "2600:1f18:1234:5600::10"
        if "cidr" in name:
            return "10.0.0.0/16"
        if name.endswith(("_at", "date", "time")):
            return "2024-01-01T00:00:00Z"
        if name == "ip" or name.endswith("_ip"):
            return "10.0.0.10"
        return f"sim-{digits(name, seed)[:12]}"


def _member(type: Any, key: str) -> Any:
    if not isinstance(type, list):
        return "string"
    return type[1].get(key) if type[0] == "object" else type[1]
