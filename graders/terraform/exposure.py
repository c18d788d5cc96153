"""IAC-15: what can the whole internet reach?"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Absent, Violation, rule
from graders.second_opinion import with_checkov
from graders.terraform.applied.configuration import all_applied, as_applied
from graders.terraform.applied.simulated import TOOL
from graders.terraform.language.values import Unknown, as_bool, as_list, as_number
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, Configuration, configurations, entry
from graders.terraform.reading.view import View

# checkov's checks of one port each: said nothing of where the case wants that port open.
_CHECKS_OF_PORTS = {"CKV_AWS_24": 22, "CKV_AWS_25": 3389}
_GROUPS = ("aws_security_group", "aws_default_security_group")
_RULES = ("aws_security_group_rule", "aws_vpc_security_group_ingress_rule")
_NETWORKS = ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6")
_DATABASES = (
    "aws_db_instance",
    "aws_rds_cluster_instance",
    "aws_docdb_cluster_instance",
    "aws_neptune_cluster_instance",
    "aws_redshift_cluster",
    "aws_redshiftserverless_workgroup",
    "aws_dms_replication_instance",
    "aws_mq_broker",
)
# A network this wide is the internet, even when it was written in pieces (10.0.0.0/8 and fc00::/7 are not).
_WIDE = {4: 7, 6: 3}


@rule(
    "IAC-15",
    version=5,
    severity="C",
    constraint="least_privilege",
    source="checkov CKV_AWS_24, CKV_AWS_25, CKV_AWS_260, CKV_AWS_17",
    kinds=(KIND,),
    tools=("checkov", TOOL),
    parameters={"public_ports": list[int] | None},
)
def exposes_only_public_ports(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is ingress from the whole internet confined to exactly the public ports, and is no database public?

    Read: the applied values (as_applied) of ingress blocks (dynamic ones and attribute form too), aws_security_group_rule,
    aws_vpc_security_group_ingress_rule. Accepted: other networks, groups and prefix lists as source; a network that
    nothing decides (it is not shown to be the internet). Wrong: 0.0.0.0/0 or ::/0 (also in halves, or as an entry
    of the answer's own prefix list) with protocol -1, with a port outside the list or unknown, with a range over
    other ports; publicly_accessible that is not shown to be false; neither a group nor a database at all.
    """
    ports = {
        int(port) for port in map(as_number, as_list(facts.params.get("public_ports"))) if port is not None
    }
    asked_for = [check for check, port in _CHECKS_OF_PORTS.items() if port in ports]
    written = configurations(bundle)
    found = as_applied(bundle, written)
    own = _exposed(found, ports)
    if all_applied(written, found):
        return own
    # A network that nothing decides checkov takes for the internet.
    skipped = _CHECKS_OF_PORTS if any(map(_leaves_open, written)) else asked_for
    return with_checkov(own, bundle, "IAC-15", without=skipped)


def _exposed(found: list[Configuration], ports: set[int]) -> Iterator[Violation]:
    if not any(one.resources(*_GROUPS, *_RULES, *_DATABASES) for one in found):
        yield Absent(*entry(found), "there is no security group and no database to judge")
    yield from once(v for one in found for v in _judge(one, ports))


def _judge(configuration: Configuration, ports: set[int]) -> Iterator[Violation]:
    groups, rules = configuration.resources(*_GROUPS), configuration.resources(*_RULES)
    databases = configuration.resources(*_DATABASES)
    lists = _prefix_lists(configuration)
    for group in groups:
        for ingress in group.view.blocks("ingress"):
            yield from _ingress(ingress, group.address, ports, "protocol", lists)
    for one in rules:
        if one.type == "aws_vpc_security_group_ingress_rule":
            yield from _ingress(one.view, one.address, ports, "ip_protocol", lists)
        elif one.view.value("type") != "egress":
            yield from _ingress(one.view, one.address, ports, "protocol", lists)
    for database in databases:
        public = database.view.value("publicly_accessible")
        # Only of a Redshift cluster the provider says `true` when it is left out.
        closed = public is None and database.type != "aws_redshift_cluster"
        if not closed and as_bool(public) is not False:
            line = database.view.line_of("publicly_accessible")
            yield Violation(database.view.path, line, f"{database.address} must not be publicly accessible")


def _leaves_open(configuration: Configuration) -> bool:
    """Is there a source of ingress that the files do not decide?"""
    groups = configuration.resources(*_GROUPS)
    views = [
        *(one for group in groups for one in group.view.blocks("ingress")),
        *(one.view for one in configuration.resources(*_RULES)),
    ]
    values = [view.value(name) for view in views for name in _NETWORKS]
    return any(
        isinstance(one, Unknown) or any(isinstance(i, Unknown) for i in as_list(one)) for one in values
    )


def _prefix_lists(configuration: Configuration) -> Mapping[str, list[Any]]:
    """The networks of each prefix list that was applied, by its id."""
    found: dict[str, list[Any]] = {}
    lists = configuration.resources("aws_ec2_managed_prefix_list")
    entries = configuration.resources("aws_ec2_managed_prefix_list_entry")
    for one in lists:
        if isinstance(id := one.view.value("id"), str):
            found[id] = [entry.value("cidr") for entry in one.view.blocks("entry")]
    for one in entries:
        if isinstance(id := one.view.value("prefix_list_id"), str) and id in found:
            found[id].append(one.view.value("cidr"))
    return found


def _ingress(
    view: View, address: str, ports: set[int], protocol_name: str, lists: Mapping[str, list[Any]]
) -> Iterator[Violation]:
    networks = [value for name in ("cidr_blocks", "ipv6_cidr_blocks") for value in as_list(view.value(name))]
    listed = [*as_list(view.value("prefix_list_ids")), view.value("prefix_list_id")]
    within = [network for id in listed if isinstance(id, str) for network in lists.get(id, ())]
    sources = [*networks, view.value("cidr_ipv4"), view.value("cidr_ipv6"), *within]
    world = next((source for source in sources if _is_world(source)), None)
    if world is None:
        return
    place = (view.path, view.line)
    protocol = view.value(protocol_name)
    if not isinstance(protocol, str | int) or str(protocol).lower() not in ("tcp", "udp", "6", "17"):
        shown = (
            "a protocol that the files don't decide"
            if isinstance(protocol, Unknown)
            else f"protocol {protocol}"
        )
        yield Violation(*place, f"{address} opens {shown} to {world}")
        return
    first, last = as_number(view.value("from_port")), as_number(view.value("to_port"))
    if first is None or last is None:
        yield Violation(*place, f"{address} opens a port that the files don't decide to {world}")
    elif last - first > len(ports) or any(port not in ports for port in range(int(first), int(last) + 1)):
        shown = f"port {first:g}" if first == last else f"ports {first:g}-{last:g}"
        allowed = ", ".join(map(str, sorted(ports))) or "none"
        yield Violation(*place, f"{address} opens {shown} to {world}; public ports are: {allowed}")


def _is_world(source: Any) -> bool:
    if not isinstance(source, str):
        return False
    try:
        network = ipaddress.ip_network(source.strip(), strict=False)
    except ValueError:
        return False
    return network.prefixlen <= _WIDE[network.version]


RULES = (exposes_only_public_ports,)
