"""The small providers of synthetic.toml: planned and applied by invention, since there is no binary of them here."""

# pyright: basic
# (values of the protocol are of any type)

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from graders.simulate.terraform.cloud import wire
from graders.simulate.terraform.cloud.fakes import Inventor
from graders.simulate.terraform.cloud.naming import Place
from graders.simulate.terraform.cloud.schema import Block, Mode, Schema, Value

_PROVIDERS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("synthetic.toml").read_text())
NAMES = tuple(_PROVIDERS)
_MAPS: dict[Mode, int] = {"resource": 2, "data": 3, "ephemeral": 8}
_SET = 3


class Synthetic:
    """One small provider."""

    def __init__(self, name: str) -> None:
        self.message = _schema(_PROVIDERS[name])
        self.schema = Schema(self.message)

    def handle(self, method: str, request: bytes) -> bytes:
        """The response to one call of terraform. Raises NotImplementedError for what these providers don't offer."""
        match method:
            case "GetSchema":
                return self.message
            case "PrepareProviderConfig":
                return wire.put(1, wire.part(request, 1))
            case (
                "Configure"
                | "Stop"
                | "ValidateResourceTypeConfig"
                | "ValidateDataSourceConfig"
                | "ValidateEphemeralResourceConfig"
                | "RenewEphemeralResource"
                | "CloseEphemeralResource"
            ):
                return b""
            case "UpgradeResourceState":
                return wire.put(1, wire.put(2, wire.part(wire.part(request, 3), 1)))
            case "PlanResourceChange":
                return self._plan(request)
            case "ApplyResourceChange":
                planned = wire.decode(wire.part(request, 3))
                return wire.put(1, self._invented("resource", wire.text(request, 1), planned))
            case "ReadResource":
                return wire.put(1, wire.part(request, 2))
            case "OpenEphemeralResource":
                config = wire.decode(wire.part(request, 2))
                return wire.put(3, self._invented("ephemeral", wire.text(request, 1), config))
            case "ReadDataSource":
                config = wire.decode(wire.part(request, 2))
                return wire.put(1, self._invented("data", wire.text(request, 1), config))
            case _:
                raise NotImplementedError(method)

    def _plan(self, request: bytes) -> bytes:
        """PlanResourceChange: 1 type, 2 prior, 3 proposed, 4 config; answered with 1 planned, 2 requires_replace. Each
        argument that changes makes a new object: these providers update nothing."""
        prior, planned = wire.decode(wire.part(request, 2)), wire.decode(wire.part(request, 3))
        config = wire.decode(wire.part(request, 4))
        if planned is None:
            return wire.put(1, wire.part(request, 3))
        block = self._block("resource", wire.text(request, 1))
        arguments = [name for name, attribute in block.attributes.items() if not attribute.computed]
        changed = [name for name in arguments if prior is not None and config.get(name) != prior.get(name)]
        for name, attribute in block.attributes.items():
            if attribute.computed and config.get(name) is None:
                planned[name] = wire.UNKNOWN if prior is None or changed else prior.get(name)
        replaced = b"".join(wire.put(2, wire.put(1, wire.put(1, name))) for name in changed)
        return wire.put(1, wire.encode(planned)) + replaced

    def _invented(self, mode: Mode, type: str, value: Value | None) -> bytes:
        seed = type + json.dumps(value, sort_keys=True, default=str)
        # As of a data source: whatever is computed gets a value here, also where an argument could have set it.
        inventor = Inventor(type, Place(), data=True)
        return wire.encode(inventor.filled(self._block(mode, type), value, seed))

    def _block(self, mode: Mode, type: str) -> Block:
        return self.schema.block(mode, type)


def _schema(provider: dict[str, dict[str, Any]]) -> bytes:
    """GetProviderSchema.Response of a provider without a configuration of its own."""
    message = wire.put(1, wire.put(2, b""))
    for mode, number in _MAPS.items():
        for type, attributes in provider.get(mode, {}).items():
            block = _attributes(attributes)
            for name, inner in provider.get("nested", {}).get(type, {}).items():
                nested = wire.put(1, name) + wire.put(2, _attributes(inner)) + wire.put_number(3, _SET)
                block += wire.put(3, nested)
            message += wire.put(number, wire.put(1, type) + wire.put(2, wire.put(2, block)))
    return message


def _attributes(attributes: dict[str, list[Any]]) -> bytes:
    """Schema.Block's attributes: 1 name, 2 type, 4 required, 5 optional, 6 computed, 7 sensitive."""
    out = b""
    for name, (type, *words) in sorted(attributes.items()):
        attribute = wire.put(1, name) + wire.put(2, json.dumps(type))
        for number, word in enumerate(("required", "optional", "computed", "sensitive"), start=4):
            attribute += wire.put_number(number, word in words)
        out += wire.put(2, attribute)
    return out
