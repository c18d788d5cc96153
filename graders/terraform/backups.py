"""IAC-09: how far back can the data be had, and does that survive the resource itself?"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.terraform.applied.configuration import as_applied
from graders.terraform.applied.simulated import TOOL
from graders.terraform.language.values import as_bool, as_list, as_map, as_number, as_text
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, Configuration, entry, production
from graders.terraform.reading.provider_of import provider_of, providers
from graders.terraform.reading.view import Resource, View
from graders.terraform.tables import table

# The service and kind in the ARNs of a type, and the attribute that ends them.
_ARN = {
    "aws_db_instance": ("rds:db:", "identifier"),
    "aws_rds_cluster": ("rds:cluster:", "cluster_identifier"),
    "aws_dynamodb_table": ("dynamodb:table/", "name"),
    "aws_efs_file_system": ("elasticfilesystem:file-system/", "id"),
}
# The operators of a selection's conditions: with wildcards, and whether they have to match.
_OPERATORS = (
    ("string_equals", False, True),
    ("string_like", True, True),
    ("string_not_equals", False, False),
    ("string_not_like", True, False),
)
# AWS keeps the points of point_in_time_recovery for 35 days unless told otherwise.
_POINT_IN_TIME_DAYS = 35


@rule(
    "IAC-09",
    severity="H",
    constraint="rollback_dr",
    source="AWS Backup and RDS documentation; checkov CKV_AWS_133",
    kinds=(KIND,),
    tools=(TOOL,),
    version=3,
    parameters={"days": int, "outside": bool | None},
)
def keeps_backups(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Are backups of the data kept for at least `days`, and with `outside` also apart from the resource's own life?

    Read: the applied values (as_applied). Judged: databases, tables, file systems; buckets only where the answer has
    none of these. Accepted: the type's retention period, point-in-time recovery (35 days or as given), versioning with
    noncurrent versions kept as long, an aws_backup_plan whose selection covers the resource (by ARN, by `*` or by tag;
    all conditions met, not among `not_resources`). `outside`: such a plan, replicated automated backups,
    `delete_automated_backups = false`, bucket replication. Of several environments only production is asked. Wrong:
    less, a value that the files don't decide, no data at all.
    """
    days = as_number(facts.params.get("days")) or 0
    outside = facts.params.get("outside") is True
    yield from once(_judge(as_applied(bundle, production(bundle)), days, outside))


def _judge(found: list[Configuration], days: float, outside: bool) -> Iterator[Violation]:
    data = [
        (configuration, one)
        for configuration in found
        for one in configuration.resources(*table("retention"), "aws_dynamodb_table", "aws_efs_file_system")
        if one.view.value("replicate_source_db") is None
    ]
    data = data or [
        (configuration, one) for configuration in found for one in configuration.resources("aws_s3_bucket")
    ]
    if not data:
        yield Violation(*entry(found), "nothing here holds data that could be backed up")
    for configuration, resource in data:
        view, planned = resource.view, _plan_days(configuration, resource)
        kept = max(_own_days(configuration, resource), planned)
        if kept < days:
            says = f"backups of {resource.address} are kept for {kept:g} days as far as the files show"
            yield Violation(view.path, _line(resource), f"{says}; {days:g} are needed")
        if outside and not (planned >= days or _copied(configuration, resource)):
            yield Violation(view.path, view.line, f"the backups of {resource.address} are lost with it")


def _line(resource: Resource) -> int:
    return resource.view.line_of(table("retention").get(resource.type, ""))


def _own_days(configuration: Configuration, resource: Resource) -> float:
    view = resource.view
    if name := table("retention").get(resource.type):
        return as_number(view.value(name)) or 0
    if resource.type == "aws_dynamodb_table":
        recovery = view.block("point_in_time_recovery")
        if recovery is None or as_bool(recovery.value("enabled")) is not True:
            return 0
        period = recovery.value("recovery_period_in_days")
        return _POINT_IN_TIME_DAYS if period is None else as_number(period) or 0
    if resource.type == "aws_efs_file_system":
        policies = configuration.resources("aws_efs_backup_policy")
        covered = (p for p in policies if p.refers_to(resource, "file_system_id"))
        # The plan behind that policy is AWS' own: daily, kept for 35 days.
        return 35 if any(p.view.at("backup_policy", "status") == "ENABLED" for p in covered) else 0
    return _versioned_days(configuration, resource)


def _versioned_days(configuration: Configuration, bucket: Resource) -> float:
    versioning = configuration.resources("aws_s3_bucket_versioning")
    enabled = any(
        one.view.at("versioning_configuration", "status") == "Enabled" and one.refers_to(bucket, "bucket")
        for one in versioning
    )
    if not enabled and as_bool(bucket.view.at("versioning", "enabled")) is not True:
        return 0
    kept = float("inf")
    for one in configuration.resources("aws_s3_bucket_lifecycle_configuration"):
        if one.refers_to(bucket, "bucket"):
            for lifecycle in one.view.blocks("rule"):
                if lifecycle.value("status") != "Disabled":
                    for expiration in lifecycle.blocks("noncurrent_version_expiration"):
                        kept = min(kept, as_number(expiration.value("noncurrent_days")) or 0)
    return kept


def _plan_days(configuration: Configuration, resource: Resource) -> float:
    """For how many days the backup plans that cover the resource keep its backups."""
    kept = 0.0
    for selection in configuration.resources("aws_backup_selection"):
        if _covers(configuration, selection, resource):
            for plan in configuration.resources("aws_backup_plan"):
                if selection.refers_to(plan, "plan_id"):
                    kept = max([kept, *(_rule_days(one) for one in plan.view.blocks("rule"))])
    return kept


def _rule_days(rule_view: View) -> float:
    lifecycle = rule_view.block("lifecycle")
    after = lifecycle.value("delete_after") if lifecycle else None
    # Without delete_after a recovery point is kept until someone deletes it.
    return float("inf") if after is None else as_number(after) or 0


def _covers(configuration: Configuration, selection: Resource, resource: Resource) -> bool:
    left_out = as_list(selection.view.value("not_resources"))
    if selection.refers_to(resource, "not_resources") or any(_is_named(one, resource) for one in left_out):
        return False
    tags = _tags(configuration, resource)
    meets = all(_meets(block, tags) for block in selection.view.blocks("condition"))
    if meets and selection.refers_to(resource, "resources"):
        return True
    if not selection.view.blocks("selection_tag"):
        named = as_list(selection.view.value("resources"))
        return meets and any(_is_named(pattern, resource) for pattern in named)
    return meets and any(
        tag.value("type") == "STRINGEQUALS"
        and as_text(tag.value("value")) is not None
        and tags.get(as_text(tag.value("key")) or "") == as_text(tag.value("value"))
        for tag in selection.view.blocks("selection_tag")
    )


def _meets(condition: View, tags: dict[str, str | None]) -> bool:
    """Do the tags meet every operator of a `condition`?"""

    def holds(one: View, like: bool) -> bool | None:
        given = tags.get((as_text(one.value("key")) or "").removeprefix("aws:ResourceTag/"), "")
        wanted = as_text(one.value("value"))
        if given is None or wanted is None:
            return None
        return fnmatch.fnmatchcase(given, wanted) if like else given == wanted

    return all(
        holds(one, like) is wanted
        for operator, like, wanted in _OPERATORS
        for one in condition.blocks(operator)
    )


def _is_named(pattern: Any, resource: Resource) -> bool:
    """Does a pattern of ARNs (`*`, `arn:aws:rds:*:*:db:*`) name the resource?"""
    if pattern == "*":
        return True
    if not isinstance(pattern, str) or resource.type not in _ARN:
        return False
    kind, attribute = _ARN[resource.type]
    service, _, rest = kind.partition(":")
    name = as_text(resource.view.value(attribute)) or "?"
    parts = pattern.split(":", 5)
    return len(parts) == 6 and parts[2] == service and fnmatch.fnmatchcase(f"{rest}{name}", parts[5])


def _tags(configuration: Configuration, resource: Resource) -> dict[str, str | None]:
    """The tags of the resource, with the default tags of the provider that makes it."""
    provider = providers(configuration).get(provider_of(configuration, resource))
    given = {} if provider is None else as_map(provider.at("default_tags", "tags"))
    own = {key: value for key, value in as_map(resource.view.value("tags")).items() if value is not None}
    return {key: as_text(value) for key, value in (given | own).items()}


def _copied(configuration: Configuration, resource: Resource) -> bool:
    if as_bool(resource.view.value("delete_automated_backups")) is False:
        return True
    copies = (
        ("aws_db_instance_automated_backups_replication", "source_db_instance_arn"),
        ("aws_s3_bucket_replication_configuration", "bucket"),
    )
    return any(
        one.refers_to(resource, attribute)
        for type, attribute in copies
        for one in configuration.resources(type)
    )


RULES = (keeps_backups,)
