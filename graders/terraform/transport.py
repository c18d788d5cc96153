"""IAC-18: can anyone on the way read or change what users send?"""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Absent, Violation, rule
from graders.second_opinion import with_checkov
from graders.terraform.applied.configuration import all_applied, as_applied
from graders.terraform.applied.simulated import TOOL
from graders.terraform.language.values import as_bool
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, Configuration, configurations, entry
from graders.terraform.reading.view import Resource, View
from graders.terraform.tables import table

_LISTENERS = ("aws_lb_listener", "aws_alb_listener")
_BALANCERS = ("aws_lb", "aws_alb")
_LISTENER_RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
_DISTRIBUTIONS = ("aws_cloudfront_distribution",)
_DOMAINS = ("aws_api_gateway_domain_name", "aws_apigatewayv2_domain_name")


@rule(
    "IAC-18",
    version=4,
    severity="H",
    constraint="intent",
    source="AWS: ELB security policies, CloudFront security policies; checkov CKV_AWS_2, CKV_AWS_103, CKV_AWS_174",
    kinds=(KIND,),
    tools=("checkov", TOOL),
)
def encrypts_transport(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does every internet-facing listener, distribution and API domain demand TLS 1.2 or newer?

    Read: the applied values (as_applied). Accepted: HTTPS or TLS listeners with an ssl_policy of the list in
    `types.toml`; HTTP listeners whose only actions redirect to HTTPS; CloudFront with redirect-to-https or https-only
    everywhere, a certificate of one's own and TLSv1.2_2019 or newer; API domains with TLS_1_2. Listeners of balancers
    with `internal = true` are not judged. Wrong: no ssl_policy (AWS' default takes TLS 1.0), other protocols, a value
    that the files don't decide, the default certificate of CloudFront, nothing to judge.
    """
    written = configurations(bundle)
    found = as_applied(bundle, written)
    own = _served(found)
    return own if all_applied(written, found) else with_checkov(own, bundle, "IAC-18")


def _served(found: list[Configuration]) -> Iterator[Violation]:
    if not any(one.resources(*_LISTENERS, *_DISTRIBUTIONS, *_DOMAINS) for one in found):
        yield Absent(*entry(found), "there is no listener, distribution or API domain to judge")
    yield from once(v for configuration in found for v in _judge(configuration))


def _judge(configuration: Configuration) -> Iterator[Violation]:
    internal = [
        one for one in configuration.resources(*_BALANCERS) if as_bool(one.view.value("internal")) is True
    ]
    for listener in configuration.resources(*_LISTENERS):
        if not any(listener.refers_to(balancer, "load_balancer_arn") for balancer in internal):
            yield from _listener(configuration, listener)
    for distribution in configuration.resources(*_DISTRIBUTIONS):
        yield from _distribution(distribution)
    for domain in configuration.resources(*_DOMAINS):
        nested = domain.view.block("domain_name_configuration")
        view = nested or domain.view
        if view.value("security_policy") != "TLS_1_2":
            line = view.line_of("security_policy")
            yield Violation(view.path, line, f"{domain.address} needs security_policy = TLS_1_2")


def _listener(configuration: Configuration, listener: Resource) -> Iterator[Violation]:
    view, address = listener.view, listener.address
    protocol = view.value("protocol")
    if protocol in ("HTTPS", "TLS"):
        if view.value("ssl_policy") not in table("transport")["policies"]:
            line = view.line_of("ssl_policy")
            yield Violation(view.path, line, f"{address} needs an ssl_policy that refuses TLS below 1.2")
    elif protocol == "HTTP":
        if not _only_redirects(view, "default_action"):
            yield Violation(
                view.path, view.line, f"{address} answers over HTTP; it may only redirect to HTTPS"
            )
        for one in configuration.resources(*_LISTENER_RULES):
            if one.refers_to(listener, "listener_arn") and not _only_redirects(one.view, "action"):
                yield Violation(
                    one.view.path, one.view.line, f"{one.address} serves HTTP; it may only redirect"
                )
    else:
        yield Violation(view.path, view.line_of("protocol"), f"{address} is not shown to use HTTPS or TLS")


def _only_redirects(view: View, block: str) -> bool:
    actions = view.blocks(block)
    return bool(actions) and all(
        action.value("type") == "redirect" and action.at("redirect", "protocol") == "HTTPS"
        for action in actions
    )


def _distribution(distribution: Resource) -> Iterator[Violation]:
    view, address = distribution.view, distribution.address
    behaviours = [*view.blocks("default_cache_behavior"), *view.blocks("ordered_cache_behavior")]
    for behaviour in behaviours:
        if behaviour.value("viewer_protocol_policy") not in ("redirect-to-https", "https-only"):
            line = behaviour.line_of("viewer_protocol_policy")
            yield Violation(behaviour.path, line, f"{address} serves plain HTTP; use redirect-to-https")
    certificate = view.block("viewer_certificate")
    if certificate is None or as_bool(certificate.value("cloudfront_default_certificate")) is True:
        line = certificate.line if certificate else view.line
        yield Violation(view.path, line, f"{address} uses CloudFront's own certificate, which takes TLS 1.0")
    elif certificate.value("minimum_protocol_version") not in table("transport")["viewer_versions"]:
        line = certificate.line_of("minimum_protocol_version")
        yield Violation(view.path, line, f"{address} needs minimum_protocol_version = TLSv1.2_2021")


RULES = (encrypts_transport,)
