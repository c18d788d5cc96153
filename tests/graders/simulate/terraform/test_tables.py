"""The tables of the simulated cloud against the real provider's schema, and its values as bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.simulate.terraform.cloud import wire
from graders.simulate.terraform.cloud.data_sources import FOUND, PURE
from graders.simulate.terraform.cloud.naming import NAMED, PREFIXES, TABLES
from graders.simulate.terraform.cloud.ownership import EXCLUSIVE, INLINE
from graders.simulate.terraform.cloud.provider_process import ProviderProcess
from graders.simulate.terraform.cloud.schema import Mode, Schema
from graders.tools.locate import locate

MADE_UP = {"region", "account", "uuid", "hex6", "hex16", "HEX13", "bare_name", "bare_url"}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schema]:
    folder = str(tmp_path_factory.mktemp("provider"))
    (binary,) = locate("terraform-provider-aws").path.glob("terraform-provider-aws*")
    process = ProviderProcess(str(binary), {"PATH": "/usr/bin:/bin", "HOME": folder, "TMPDIR": "/tmp"})
    yield Schema(process.call("GetSchema", b""))
    process.kill()


def names(schema: Schema, mode: Mode, type: str) -> set[str]:
    block = schema.block(mode, type)
    return {*block.attributes, *block.blocks}


def test_every_type_and_attribute_of_the_tables_exists(schema: Schema) -> None:
    resources, sources = {*schema.whole("resource")}, {*schema.whole("data")}
    assert {*PREFIXES} <= resources | sources
    assert resources >= NAMED
    for table in ("arn", "id", "also"):
        for type, form in TABLES[table].items():
            words = set(re.findall(r"{(\w+)}", str(form)))
            assert words <= names(schema, "resource", type) | MADE_UP, type
    for type, key in EXCLUSIVE.items():
        assert {*key} <= names(schema, "resource", type), type
    for parent, inlines in INLINE.items():
        for inline in inlines:
            assert inline.attribute in names(schema, "resource", parent)
            child = names(schema, "resource", inline.child)
            assert {inline.key, *inline.when, *inline.renamed} <= child | {
                "cidr_ipv4",
                "cidr_ipv6",
                "ip_protocol",
                "referenced_security_group_id",
                "source_security_group_id",
            }
    assert PURE | {*FOUND} <= sources


def test_a_trimmed_schema_holds_what_is_asked_for(schema: Schema) -> None:
    trimmed = Schema(schema.trimmed(frozenset({"aws_sqs_queue_policy", "aws_region"})))
    assert trimmed.whole("resource") == ["aws_sqs_queue_policy"]
    assert trimmed.whole("data") == ["aws_region"]
    assert trimmed.block("resource", "aws_sqs_queue_policy") == schema.block(
        "resource", "aws_sqs_queue_policy"
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text() | st.just(wire.UNKNOWN),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_a_value_survives_its_bytes(value: Any) -> None:
    assert wire.decode(wire.encode(value)) == value


@given(st.lists(st.tuples(st.integers(1, 500), st.binary() | st.integers(1, 2**63))))
def test_a_message_survives_its_bytes(message: list[tuple[int, bytes | int]]) -> None:
    written = b"".join(
        wire.put(number, value) if isinstance(value, bytes) else wire.put_number(number, value)
        for number, value in message
    )
    read = [*wire.fields(written)]
    assert [(field.number, field.value) for field in read] == message
    assert b"".join(field.raw for field in read) == written
