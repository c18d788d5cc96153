"""IAC-22: does the data stay where it must?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, cast

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.terraform.language.values import as_list, as_map
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, Configuration, configurations
from graders.terraform.reading.provider_of import Provider, provider_of, providers
from graders.terraform.reading.view import Resource, View

_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+){1,2}-\d")
_ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+){1,2}-\d)[a-z]")
_REGIONAL_ARN = re.compile(r"arn:aws[\w-]*:[\w-]+:([a-z]{2}(?:-[a-z]+){1,2}-\d):")
# Where data is copied to; elsewhere an ARN of another region is only a permission or a name.
_COPIES_TO = re.compile(r"destination|replica|vault|target|copy|source_db")
# CloudFront, its certificates and its firewalls are managed in this region, wherever they serve.
_GLOBAL_REGION = "us-east-1"
_GLOBAL = ("aws_acm_certificate", "aws_cloudfront_", "aws_route53_", "aws_iam_", "aws_shield_")


@rule(
    "IAC-22",
    severity="C",
    constraint="intent",
    source="AWS: regions and CloudFront's us-east-1 requirements",
    kinds=(KIND,),
    parameters={"regions": list[str]},
)
def keeps_data_in_regions(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is every region that the configuration names one of the allowed ones, copies and backups included?

    Read: each provider's region (through variables and variable files), regions and zones anywhere in resources, region
    of the ARNs that data is copied to. Accepted: us-east-1 for a provider that makes only global things
    (certificates, CloudFront, WAF of scope CLOUDFRONT, Route 53, IAM). Wrong: any other region; a provider whose
    region the files don't decide; no region at all.
    """
    allowed = {region for region in as_list(facts.params.get("regions")) if isinstance(region, str)}
    yield from once(v for configuration in configurations(bundle) for v in _judge(configuration, allowed))


def _judge(configuration: Configuration, allowed: set[str]) -> Iterator[Violation]:
    known = {provider: view for provider, view in providers(configuration).items() if provider[0] == "aws"}
    made: dict[Provider, list[Resource]] = {}
    for resource in configuration.resources():
        made.setdefault(provider_of(configuration, resource), []).append(resource)
    if not known:
        yield Violation(*configuration.entry(), "no provider says in which region the data is")
    for provider, view in known.items():
        yield from _provider(view, made.get(provider, []), allowed)
    for located, view in configuration.providers():
        if view.scope.module is not configuration.root and located.block.labels == ("aws",):
            yield from _provider(view, [], allowed)
    for resource in configuration.resources():
        for line, region in _named(resource.view):
            if region not in allowed:
                message = f"{resource.address} takes data to {region}; allowed: {_list(allowed)}"
                yield Violation(resource.view.path, line, message)


def _provider(view: View, made: list[Resource], allowed: set[str]) -> Iterator[Violation]:
    region = view.value("region")
    line = view.line_of("region")
    if not isinstance(region, str):
        yield Violation(view.path, line, "the files don't say which region this provider uses")
    elif region not in allowed:
        if region == _GLOBAL_REGION and made and all(_is_global(one) for one in made):
            return
        yield Violation(view.path, line, f"the region {region} is not allowed; allowed: {_list(allowed)}")


def _is_global(resource: Resource) -> bool:
    if resource.type.startswith("aws_wafv2_"):
        return resource.view.value("scope") == "CLOUDFRONT" or resource.type.endswith("_association")
    return resource.type.startswith(_GLOBAL)


def _named(view: View) -> Iterator[tuple[int, str]]:
    """The regions named by the attributes of a block and of all blocks in it, with their lines."""
    for name in view.names():
        for text in _texts(view.value(name)):
            yield from ((view.line_of(name), region) for region in _regions(name, text))
    if view.body is not None:
        types = {
            block.labels[0] if block.type == "dynamic" and block.labels else block.type
            for block in view.body.blocks
        }
        for type in sorted(types):
            for nested in view.blocks(type):
                yield from _named(nested)


def _regions(name: str, text: str) -> Iterator[str]:
    if _REGION.fullmatch(text) and "region" in name:
        yield text
    elif (zone := _ZONE.fullmatch(text)) and ("zone" in name or name in ("azs", "az")):
        yield zone.group(1)
    elif (arn := _REGIONAL_ARN.match(text)) and _COPIES_TO.search(name):
        yield arn.group(1)


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        current = waiting.pop()
        if isinstance(current, str):
            yield current
        elif isinstance(current, list):
            waiting.extend(cast(list[Any], current))
        elif isinstance(current, dict):
            waiting.extend(as_map(current).values())


def _list(regions: set[str]) -> str:
    return ", ".join(sorted(regions)) or "none"


RULES = (keeps_data_in_regions,)
