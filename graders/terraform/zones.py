"""IAC-19: can the stated availability be had when one zone is down?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Absent, Violation, rule
from graders.terraform.applied.configuration import as_applied
from graders.terraform.applied.simulated import TOOL
from graders.terraform.language.syntax import Index
from graders.terraform.language.values import MORE, Unknown, as_bool, as_list, as_number
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, Configuration, entry, production
from graders.terraform.reading.evaluate import evaluate
from graders.terraform.reading.view import Resource

# One zone of AWS is not promised for longer than this share of the time.
_ONE_ZONE = 99.95
_LOOKED_UP = re.compile(r"(?:.*\.)?data\.aws_availability_zones\.[^.]+\.(?:names|zone_ids)")
# The attributes that list the subnets (or zones) in which a resource may stand, by path through blocks.
_SPREAD = {
    "aws_lb": ("subnets",),
    "aws_alb": ("subnets",),
    "aws_ecs_service": ("network_configuration", "subnets"),
    "aws_autoscaling_group": ("vpc_zone_identifier",),
    "aws_db_subnet_group": ("subnet_ids",),
    "aws_elasticache_subnet_group": ("subnet_ids",),
}
_MANY = (
    "aws_db_instance",
    "aws_rds_cluster",
    "aws_ecs_service",
    "aws_autoscaling_group",
    "aws_elasticache_replication_group",
)


@rule(
    "IAC-19",
    severity="H",
    constraint="intent",
    source="AWS service level agreements: single instance against multi-AZ; checkov CKV_AWS_157",
    kinds=(KIND,),
    tools=(TOOL,),
    parameters={"target": float},
    version=4,
)
def spans_zones(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """From a target of 99.95 % on: does everything run at least twice and in two zones?

    Read: the applied values (as_applied). Accepted: `multi_az = true`; a cluster with two instances or a multi-AZ one
    (db_cluster_instance_class); ECS with desired_count or autoscaled minimum >= 2 (or DAEMON); groups with
    min_size >= 2; lists of two subnets, or a list that nothing decides. Of several environments only production is
    asked. Wrong: fewer, a count that nothing decides, all subnets (of the answer, or those that one resource names)
    or all instances of a cluster in one zone, a group that names one zone, nothing to judge. Below 99.95 % one of each
    will do.
    """
    target = as_number(facts.params.get("target"))
    if target is None or target >= _ONE_ZONE:
        found = as_applied(bundle, production(bundle))
        if not any(one.resources(*_MANY) for one in found):
            yield Absent(*entry(found), "there is no database, service or group to judge")
        yield from once(v for configuration in found for v in _judge(configuration))


def _judge(configuration: Configuration) -> Iterator[Violation]:
    for resource in configuration.resources(*_MANY):
        if message := _single(configuration, resource):
            yield Violation(resource.view.path, resource.view.line, f"{resource.address} {message}")
    zone_of = {
        one.view.value("id"): _zone(one)
        for one in configuration.resources("aws_subnet")
        if isinstance(one.view.value("id"), str)
    }
    for resource in configuration.resources(*_SPREAD):
        subnets = resource.view.at(*_SPREAD[resource.type])
        if _same_zone([zone_of.get(one) for one in as_list(subnets) if isinstance(one, str)], subnets):
            yield Violation(
                resource.view.path, resource.view.line, f"all subnets of {resource.address} are in one zone"
            )
        if isinstance(subnets, list) and len(as_list(subnets)) < 2 and MORE not in as_list(subnets):
            yield Violation(
                resource.view.path, resource.view.line, f"{resource.address} stands in one subnet only"
            )
    for group in configuration.resources("aws_autoscaling_group"):
        zones = group.view.value("availability_zones")
        if isinstance(zones, list) and len(as_list(zones)) == 1 and MORE not in as_list(zones):
            yield Violation(group.view.path, group.view.line, f"{group.address} stands in one zone only")
    subnets = configuration.resources("aws_subnet")
    zones = {_zone(one) for one in subnets}
    if len(subnets) > 1 and len(zones) == 1 and None not in zones:
        yield Violation(
            subnets[0].view.path, subnets[0].view.line, "all subnets are in one availability zone"
        )


def _zone(resource: Resource) -> str | None:
    """The zone, of those that are looked up its place in the list (`data.….names[0]`); None where nothing decides it."""
    zone = resource.view.value("availability_zone")
    if isinstance(zone, str):
        return zone
    expression = resource.view.expression("availability_zone")
    if isinstance(zone, Unknown) and _LOOKED_UP.fullmatch(zone.about) and isinstance(expression, Index):
        at = as_number(evaluate(expression.key, resource.view.scope))
        return None if at is None else f"{zone.about}[{at:g}]"
    return None


def _same_zone(zones: list[Any], all: Any) -> bool:
    """Are these at least two, each of them known, and the same? `all` is what they were taken from."""
    return (
        len(zones) > 1
        and len(zones) == len(as_list(all))
        and isinstance(zones[0], str)
        and len(set(zones)) == 1
    )


def _single(configuration: Configuration, resource: Resource) -> str | None:
    view = resource.view
    if resource.type == "aws_db_instance":
        replica = view.value("replicate_source_db") is not None
        return None if replica or as_bool(view.value("multi_az")) is True else "needs multi_az = true"
    if resource.type == "aws_rds_cluster":
        instances = configuration.resources("aws_rds_cluster_instance")
        mine = [one for one in instances if one.refers_to(resource, "cluster_identifier")]
        if view.value("db_cluster_instance_class") is not None:
            return None
        if _same_zone([_zone(one) for one in mine], mine):
            return "has all its instances in one zone"
        return None if len(mine) >= 2 else "needs two instances"
    if resource.type == "aws_ecs_service":
        return None if _is_doubled(configuration, resource) else "needs desired_count >= 2"
    if resource.type == "aws_autoscaling_group":
        return None if (as_number(view.value("min_size")) or 0) >= 2 else "needs min_size >= 2"
    spread = all(
        as_bool(view.value(name)) is True for name in ("automatic_failover_enabled", "multi_az_enabled")
    )
    return None if spread else "needs automatic_failover_enabled and multi_az_enabled"


def _is_doubled(configuration: Configuration, service: Resource) -> bool:
    if service.view.value("scheduling_strategy") == "DAEMON":
        return True
    scaled = [
        one
        for one in configuration.resources("aws_appautoscaling_target")
        if one.refers_to(service, "resource_id") or _names(one.view.value("resource_id"), service)
    ]
    # The scaler undoes a desired_count outside its bounds, so where there is one its minimum counts.
    counts = [one.view.value("min_capacity") for one in scaled] or [service.view.value("desired_count")]
    return all((as_number(count) or 0) >= 2 for count in counts)


def _names(resource_id: Any, service: Resource) -> bool:
    """Is this the scaler's name of the service, `service/CLUSTER/NAME`?"""
    parts = resource_id.split("/") if isinstance(resource_id, str) else []
    cluster = service.view.value("cluster")
    return (
        len(parts) == 3
        and parts[2] == service.view.value("name")
        and (not isinstance(cluster, str) or cluster.split("/")[-1] == parts[1])
    )


RULES = (spans_zones,)
