"""The provider that terraform talks to: it checks and plans by the real one, and creates, reads and finds by invention."""

# pyright: basic
# (values of the protocol are of any type)

from __future__ import annotations

import json
from typing import Any

from graders.simulate.terraform.cloud import wire
from graders.simulate.terraform.cloud.configuration import Configuration, read_configuration
from graders.simulate.terraform.cloud.data_sources import FOUND, PURE
from graders.simulate.terraform.cloud.fakes import Inventor
from graders.simulate.terraform.cloud.naming import Place, name_object
from graders.simulate.terraform.cloud.provider_process import ProviderProcess
from graders.simulate.terraform.cloud.schema import Schema, Value, proposed
from graders.simulate.terraform.cloud.session import Session

# Changing its own proposal four times, a provider will not come to rest.
_ROUNDS = 4
_KEPT = 500


class Provider:
    """The provider for all sessions."""

    def __init__(self, process: ProviderProcess) -> None:
        self.process = process
        self.schema = Schema(process.call("GetSchema", b""))
        self._prepared: dict[bytes, bytes] = {}

    def handle(self, method: str, request: bytes, peer: str, session: Session) -> bytes:
        """The response to one call of terraform; `peer` names its connection."""
        match method:
            case "GetSchema":
                return self.schema.trimmed(session.types)
            case "Stop" | "RenewEphemeralResource" | "CloseEphemeralResource":
                return b""
            case "PrepareProviderConfig":
                return self._prepare(request)
            case "Configure":
                return self._configure(request, peer, session)
            case "ApplyResourceChange":
                return self._apply(request, session.configurations.get(peer), session)
            case "ReadResource":
                return self._read(request, session.configurations.get(peer), session)
            case "ReadDataSource":
                return self._find(request, session.configurations.get(peer))
            case "ImportResourceState":
                return self._import(request, session)
            case "OpenEphemeralResource":
                type, config = wire.text(request, 1), wire.decode(wire.part(request, 2))
                return wire.put(3, wire.encode(self._invented("ephemeral", type, config, Place())))
            case _:
                return self._real(method, request, session.configurations.get(peer))

    def _real(self, method: str, request: bytes, configuration: Configuration | None) -> bytes:
        return self.process.call(method, request, configuration and configuration.configured)

    def _prepare(self, request: bytes) -> bytes:
        """Pure, but 0.1 s each (2 s with an `endpoints` block), and asked for again in every walk."""
        if request not in self._prepared:
            if len(self._prepared) >= _KEPT:
                self._prepared.clear()
            self._prepared[request] = self.process.call("PrepareProviderConfig", request)
        return self._prepared.get(request) or self.process.call("PrepareProviderConfig", request)

    def _configure(self, request: bytes, peer: str, session: Session) -> bytes:
        configuration = read_configuration(request)
        response = self.process.configure(configuration.configured)
        if not response:
            session.configurations[peer] = configuration
        return response

    def _apply(self, request: bytes, configuration: Configuration | None, session: Session) -> bytes:
        """ApplyResourceChange: 1 type, 2 prior, 3 planned, 4 config, 5 planned_private; answered with 1 new state,
        2 private, 3 diagnostics, 4 legacy_type_system."""
        type = wire.text(request, 1)
        prior, planned = wire.decode(wire.part(request, 2)), wire.decode(wire.part(request, 3))
        if planned is None:
            session.forget(type, prior)
            return wire.put(1, wire.NULL)
        place = configuration.place if configuration else Place()
        seed = type + json.dumps(planned, sort_keys=True, default=str)
        if prior is None:
            seed = session.own(seed)
        created = Inventor(type, place).filled(self.schema.block("resource", type), planned, seed)
        assert created is not None
        name_object(type, planned, created, place, seed)
        if prior is None and not session.claim(type, created):
            detail = f"{created.get('arn') or created.get('id')} was created before and is not deleted yet"
            return wire.put(1, wire.NULL) + wire.put(3, _error(f"{type} already exists", detail))
        created = self._settled(request, type, created, configuration, session)
        session.remember(type, created)
        return wire.put(1, wire.encode(created)) + wire.put(2, wire.part(request, 5)) + wire.put_number(4, 1)

    def _settled(
        self,
        request: bytes,
        type: str,
        created: Value,
        configuration: Configuration | None,
        session: Session,
    ) -> Value:
        """Adopt what the real provider would still change under the same configuration: a later difference then comes from
        the configuration itself (a timestamp, a replaced reference), not from our invention."""
        block = self.schema.block("resource", type)
        config, private = wire.part(request, 4), wire.part(request, 5)
        place = configuration.place if configuration else Place()
        for round in range(_ROUNDS):
            proposal = proposed(block, created, wire.decode(config))
            asked = wire.put(1, type) + wire.put(2, wire.encode(created)) + wire.put(3, wire.encode(proposal))
            asked += wire.put(4, config) + (wire.put(5, private) if private else b"")
            response = self._real("PlanResourceChange", asked, configuration)
            if any(wire.number(diagnostic, 1) == 1 for diagnostic in wire.parts(response, 4)):
                break
            planned = wire.decode(wire.part(response, 1))
            if planned == created:
                return created
            seed = f"{type}{round}" + json.dumps(planned, sort_keys=True, default=str)
            filled = Inventor(type, place).filled(block, planned, seed)
            assert filled is not None
            created = filled
        session.unsettled.add(type)
        return created

    def _read(self, request: bytes, configuration: Configuration | None, session: Session) -> bytes:
        """ReadResource: 1 type, 2 current state, 3 private; answered with 1 new state, 3 private."""
        type = wire.text(request, 1)
        value = wire.decode(wire.part(request, 2))
        if value is not None:
            value = session.read(type, value, self.schema.block("resource", type))
            value = configuration.read_tags(value) if configuration else value
        private = wire.part(request, 3)
        return wire.put(1, wire.encode(value)) + (wire.put(3, private) if private else b"")

    def _find(self, request: bytes, configuration: Configuration | None) -> bytes:
        """ReadDataSource: 1 type, 2 config; answered with 1 state."""
        type = wire.text(request, 1)
        if type in PURE:
            return self._real("ReadDataSource", request, configuration)
        config = wire.decode(wire.part(request, 2))
        place = configuration.place if configuration else Place()
        found = self._invented("data", type, config, place)
        for name, form in FOUND.get(type, {}).items():
            if config.get(name) is None:
                texts = [text.format(region=place.region, account=place.account) for text in _listed(form)]
                found[name] = texts if isinstance(form, list) else texts[0]
        return wire.put(1, wire.encode(found))

    def _import(self, request: bytes, session: Session) -> bytes:
        """ImportResourceState: 1 type, 2 id; answered with 1 imported (1 type, 2 state). Terraform reads it next. Of an
        object that nothing here has built only the id is known."""
        type, id = wire.text(request, 1), wire.text(request, 2)
        value = session.built(type, id)
        if value is None:
            block = self.schema.block("resource", type)
            value = dict.fromkeys(block.attributes)
            value |= {name: nested.nothing() for name, nested in block.blocks.items()}
            value["id"] = id
        return wire.put(1, wire.put(1, type) + wire.put(2, wire.encode(value)))

    def _invented(self, mode: Any, type: str, config: Value, place: Place) -> Value:
        seed = type + json.dumps(config, sort_keys=True, default=str)
        found = Inventor(type, place, data=True).filled(self.schema.block(mode, type), config, seed)
        assert found is not None
        return found


def _listed(form: Any) -> list[str]:
    return form if isinstance(form, list) else [form]


def _error(summary: str, detail: str) -> bytes:
    """Diagnostic: 1 severity (1 is an error), 2 summary, 3 detail."""
    return wire.put_number(1, 1) + wire.put(2, summary) + wire.put(3, detail)
