"""The tokens that a case asks about, each with the ACL that the delivered policies give it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Absent, Violation
from graders.simulate.access.vault.acl import Acl, Decision
from graders.simulate.access.vault.audit import Verdict, acl_of
from graders.simulate.access.vault.needs import Needs
from graders.simulate.access.vault.policy import PathRule, Policy
from graders.simulate.access.vault.requests import Request

KIND = "vault_policy"
PARAMETERS: dict[str, Any] = {"needs": list[Needs]}


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the case: the policies of the answer that it has, and the ACL that they make."""

    needs: Needs
    policies: tuple[Policy, ...]
    acl: Acl

    def rules(self) -> Iterator[PathRule]:
        """The paths of its policies in the order of the answer."""
        return (rule for policy in self.policies for rule in policy.rules)

    def required(self, *types: str) -> Iterator[Verdict]:
        """What becomes of the required requests on mounts of these engines."""
        mounts = [mount for mount in self.needs.mounts if mount.type in types]
        for request in self.needs.required_requests():
            if any(mount.within(request.path) is not None for mount in mounts):
                yield Verdict(request, self.acl.decide(request))


def tokens(bundle: Bundle, facts: Facts) -> Iterator[Token]:
    """The tokens of the case."""
    delivered = [bundle.parsed[one.path] for one in bundle.of(KIND) if one.path in bundle.parsed]
    for needs in TypeAdapter(list[Needs]).validate_python(facts.params["needs"]):
        policies = tuple(one for one in delivered if not needs.policies or one.name in needs.policies)
        yield Token(needs, policies, acl_of(policies, needs))


def nothing(bundle: Bundle) -> Iterator[Violation]:
    """Where the answer has no policy at all."""
    if not any(bundle.parsed[one.path].rules for one in bundle.of(KIND) if one.path in bundle.parsed):
        yield Absent("", None, "the answer holds no Vault policy with a path")


def granted(token: Token, request: Request, decision: Decision, message: str) -> Violation:
    """A violation at the path that decided: `path "…" lets the token of NAME <message>`."""
    assert decision.entry is not None
    rule = decision.entry.granting(request.operation)
    return Violation(
        rule.file, rule.line, f'path "{rule.path}" lets the token of {token.needs.token} {message}'
    )


def denied(token: Token, verdict: Verdict, message: str) -> Violation:
    """A violation at the path that decided, where one did: the token of NAME may not REQUEST: <why>; <message>."""
    entry = verdict.decision.entry
    rule = entry.rules[0] if entry else None
    told = f"{verdict.decision.why}{message}"
    return Violation(
        rule.file if rule else "",
        rule.line if rule else None,
        f"the token of {token.needs.token} may not {verdict.request}, which it needs: {told}",
    )
