"""Messages of the provider protocol as bytes: protocol buffers by field number, values as cty's msgpack.

The messages are those of tfplugin5 (terraform's docs/plugin-protocol). Only the fields that are looked at are ever
taken apart; the rest goes through as it came, so that no generated code is needed.
"""

# pyright: basic
# (values of the protocol are of any type)

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgpack

_VARINT, _FIXED64, _BYTES = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: `bytes` of a message, text or packed value, or an int; `raw` is it with its tag."""

    number: int
    value: bytes | int
    raw: bytes


class _Unknown:
    """The one value that is known only after apply."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN = _Unknown()


def is_unknown(value: Any) -> bool:
    """Whether a value is not known yet (a list or object that holds such a value is known itself)."""
    return isinstance(value, _Unknown)


def fields(message: bytes) -> Iterator[Field]:
    """The fields of a message in their order. Raises ValueError for a wire type that the protocol has no use for."""
    position, end = 0, len(message)
    while position < end:
        start = position
        tag, position = _varint(message, position)
        value: bytes | int
        match tag & 7:
            case 0:
                value, position = _varint(message, position)
            case 1:
                value, position = message[position : position + 8], position + 8
            case 2:
                length, position = _varint(message, position)
                value, position = message[position : position + length], position + length
            case other:
                raise ValueError(f"wire type {other}")
        yield Field(tag >> 3, value, message[start:position])


def part(message: bytes, number: int) -> bytes:
    """The first field of this number that holds bytes; empty when there is none."""
    for field in fields(message):
        if field.number == number and isinstance(field.value, bytes):
            return field.value
    return b""


def parts(message: bytes, number: int) -> Iterator[bytes]:
    """All fields of this number that hold bytes."""
    for field in fields(message):
        if field.number == number and isinstance(field.value, bytes):
            yield field.value


def number(message: bytes, number: int) -> int:
    """The first field of this number that holds an integer (a bool, an enum); 0 when there is none."""
    for field in fields(message):
        if field.number == number and isinstance(field.value, int):
            return field.value
    return 0


def text(message: bytes, number: int) -> str:
    """A text field; empty when there is none."""
    return part(message, number).decode()


def put(number: int, value: bytes | str) -> bytes:
    """A field that holds a message or a text."""
    data = value.encode() if isinstance(value, str) else value
    return _number(number << 3 | _BYTES) + _number(len(data)) + data


def put_number(number: int, value: int | bool) -> bytes:
    """A field that holds an integer; nothing for 0, as the protocol wants it."""
    return _number(number << 3 | _VARINT) + _number(int(value)) if value else b""


def decode(dynamic: bytes) -> Any:
    """The value of a DynamicValue (1 msgpack, 2 json); UNKNOWN stands where it is not known."""
    packed = part(dynamic, 1)
    if not packed:
        as_json = part(dynamic, 2)
        return json.loads(as_json) if as_json else None
    return msgpack.unpackb(packed, ext_hook=_extension, strict_map_key=False, raw=False)


def encode(value: Any) -> bytes:
    """A value as a DynamicValue."""
    packed: Any = msgpack.packb(value, default=_packed_unknown)
    return put(1, packed)


def _extension(code: int, data: bytes) -> Any:
    # cty refines some unknown values ("not null"); what is refined stays unknown.
    del code, data
    return UNKNOWN


def _packed_unknown(value: Any) -> msgpack.ExtType:
    if is_unknown(value):
        return msgpack.ExtType(0, b"\0")
    raise TypeError(f"no value of the protocol: {value!r}")


def _varint(message: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[position]
        position += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, position


def _number(value: int) -> bytes:
    out = bytearray()
    while True:
        low, value = value & 127, value >> 7
        out.append(low | (128 if value else 0))
        if not value:
            return bytes(out)


NULL = encode(None)
