"""IAC-16: is the data unreadable to whoever gets at the disks?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Absent, Violation, rule
from graders.terraform.applied.configuration import as_applied
from graders.terraform.applied.simulated import TOOL
from graders.terraform.language.values import as_bool, as_list
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, Configuration, configurations, entry
from graders.terraform.reading.view import Resource, View
from graders.terraform.tables import table

_AWS_ALIAS = "alias/aws/"


@rule(
    "IAC-16",
    severity="H",
    constraint="intent",
    source="checkov CKV_AWS_16, CKV_AWS_19, CKV_AWS_145, CKV_AWS_7",
    kinds=(KIND,),
    tools=(TOOL,),
    version=3,
    parameters={"types": list[str] | None, "cmk": bool | None},
)
def encrypts_data(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is every data resource encrypted at rest, with `cmk` by a customer's key, and does every such key rotate?

    Read: the applied values (as_applied). Judged: the types of the table in `types.toml` (or those that the case
    names). Accepted: the type's flag on, or its default where AWS encrypts anyway (buckets, queues, tables, secrets,
    images); with `cmk` a key named by reference, ARN or variable. Wrong: the flag missing, off or not decided by the
    files; with `cmk` no key or `alias/aws/…`; a symmetric aws_kms_key without `enable_key_rotation = true`; no data
    resource at all.
    """
    cmk = facts.params.get("cmk") is True
    chosen = [type for type in as_list(facts.params.get("types")) if isinstance(type, str)]
    types = chosen or list(table("encryption"))
    found = as_applied(bundle, configurations(bundle))
    if not any(one.resources(*types) for one in found):
        yield Absent(*entry(found), "there is no data resource to judge")
    yield from once(v for one in found for v in _judge(one, types, cmk))


def _judge(configuration: Configuration, types: list[str], cmk: bool) -> Iterator[Violation]:
    known = table("encryption")
    by_default = any(
        as_bool(one.view.value("enabled")) is not False
        for one in configuration.resources("aws_ebs_encryption_by_default")
    )
    for resource in configuration.resources(*types):
        about = known.get(resource.type, {})
        # A replica is encrypted as its source is.
        inherits = resource.view.value("replicate_source_db") is not None and not resource.view.has(
            "storage_encrypted"
        )
        if inherits or (about.get("account_default") and by_default and not cmk):
            continue
        if resource.type == "aws_s3_bucket":
            yield from _bucket(configuration, resource, cmk)
        else:
            yield from _encrypted(configuration, resource, about, cmk)
    for key in configuration.resources("aws_kms_key"):
        yield from _rotates(key)


def _encrypted(
    configuration: Configuration, resource: Resource, about: dict[str, Any], cmk: bool
) -> Iterator[Violation]:
    view, address = resource.view, resource.address
    flag, key = about.get("flag"), about.get("key", ["kms_key_id"])
    for disk in view.blocks("ebs_block_device"):
        if as_bool(disk.value("encrypted")) is not True:
            yield Violation(disk.path, disk.line, f"a disk of {address} is not shown to be encrypted")
    named = view.at(*key) not in (None, "")
    if flag:
        value, wanted = view.at(*flag), about.get("on")
        on = value == wanted if wanted else as_bool(value) is True
        accepted = (
            on or (value is None and about.get("default") is True) or (about.get("default") is True and named)
        )
        if not accepted:
            message = f"{address} is not shown to be encrypted ({'.'.join(flag)} = {wanted or 'true'})"
            yield Violation(view.path, view.line_of(flag[0]), message)
    elif about.get("key_is_flag") and not named:
        yield Violation(view.path, view.line, f"{address} is not encrypted ({key[-1]})")
    if cmk:
        holder = view if len(key) == 1 else view.block(key[0])
        switched = "key_flag" not in about or as_bool(view.at(*about["key_flag"])) is True
        if holder is None or not switched or not _is_customers(configuration, holder, key[-1]):
            yield Violation(
                view.path, view.line_of(key[0]), f"{address} needs a customer's key ({'.'.join(key)})"
            )


def _bucket(configuration: Configuration, bucket: Resource, cmk: bool) -> Iterator[Violation]:
    """Without `cmk` a bucket is right as it comes: S3 encrypts every object since 2023."""
    if not cmk:
        return
    rules: list[View] = []
    for one in configuration.resources("aws_s3_bucket_server_side_encryption_configuration"):
        if one.refers_to(bucket, "bucket"):
            rules.extend(one.view.blocks("rule"))
    if inline := bucket.view.block("server_side_encryption_configuration"):
        rules.extend(inline.blocks("rule"))
    for one in rules:
        default = one.block("apply_server_side_encryption_by_default")
        if (
            default is not None
            and default.value("sse_algorithm") in ("aws:kms", "aws:kms:dsse")
            and _is_customers(configuration, default, "kms_master_key_id")
        ):
            return
    yield Violation(
        bucket.view.path, bucket.view.line, f"{bucket.address} needs encryption by a customer's key"
    )


def _is_customers(configuration: Configuration, view: View, attribute: str) -> bool:
    value = view.value(attribute)
    if value in (None, "") or (isinstance(value, str) and _AWS_ALIAS in value):
        return False
    looked_up = {target.address for target in view.reached(attribute) if target.mode == "data"}
    for key in configuration.resources("aws_kms_alias", "aws_kms_key", mode="data"):
        named = (key.view.value("name"), key.view.value("key_id"))
        if key.address in looked_up and any(isinstance(name, str) and _AWS_ALIAS in name for name in named):
            return False
    return True


def _rotates(key: Resource) -> Iterator[Violation]:
    view = key.view
    spec = view.value("customer_master_key_spec") or "SYMMETRIC_DEFAULT"
    usage = view.value("key_usage") or "ENCRYPT_DECRYPT"
    # AWS can rotate symmetric encryption keys only.
    if (
        spec == "SYMMETRIC_DEFAULT"
        and usage == "ENCRYPT_DECRYPT"
        and as_bool(view.value("enable_key_rotation")) is not True
    ):
        line = view.line_of("enable_key_rotation")
        yield Violation(view.path, line, f"{key.address} needs enable_key_rotation = true")


RULES = (encrypts_data,)
