"""IAC-14: who can become the roles of this configuration?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import cast

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule, traced
from graders.simulate.access.iam.document import Document
from graders.simulate.access.iam.evaluate import Decision, decide
from graders.simulate.access.iam.patterns import UNKNOWN
from graders.simulate.access.iam.requests import Request
from graders.simulate.access.iam.trust import GITHUB, STRANGER, look_alikes, named_by, token, without_claim
from graders.terraform.applied.policies import with_applied_policies
from graders.terraform.applied.simulated import TOOL
from graders.terraform.iam.names import Place
from graders.terraform.iam.roles import Role, roles
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, configurations, entry
from graders.trace import Permission, Permissions

_PROVIDER = re.compile(r"arn:[\w-]+:iam::[^:]*:oidc-provider/")
# Of many look-alikes that get in, so many are told.
_TOLD = 3


@rule(
    "IAC-14",
    version=4,
    severity="C",
    constraint="least_privilege",
    source="GitHub documentation: OpenID Connect in AWS, OpenID Connect reference; IAM: OIDC condition keys",
    kinds=(KIND,),
    tools=(TOOL,),
    parameters={"subjects": list[list[str]], "audience": str | None},
)
def pins_trust(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Can exactly the intended jobs become each federated role, and nobody else?

    Each item of `subjects` are the jobs of one role. Judged by tokens that are tried: those of the item must get in,
    all of them; those of other items and look-alikes (owner, repository, environment, branch, pull request, other
    audience) must not, nor those that the policy names itself. Accepted: jsonencode, aws_iam_policy_document, heredocs,
    StringLike without a wildcard, further conditions on claims that the case says nothing about. Wrong: a wildcard,
    also one under StringEquals, which lets nobody in; `aud` or `sub` not demanded (absent, …IfExists, ForAllValues,
    negated) or not decided by the files; a stranger's account or an AWS principal beside the provider; subjects that no
    role serves; a trust policy that cannot be read.
    """
    groups = cast("list[list[str]]", facts.params["subjects"])
    audience = cast("str | None", facts.params.get("audience")) or "sts.amazonaws.com"
    found = with_applied_policies(bundle, configurations(bundle), None)
    made = [role for one in found for role in roles(one, Place())]
    judged = [_tried(role, groups, audience) for role in made]
    yield from once(chain.from_iterable(_of_role(one) for one in judged))
    federated = [one for one in judged if one.provider]
    if not federated:
        yield Violation(*entry(found), "no role here trusts the OIDC provider")
        return
    for group in groups:
        if not any(one.group == tuple(group) for one in federated):
            yield Violation(*entry(found), f"no role here is for {' and '.join(group)}")


@dataclass(frozen=True, slots=True)
class _Tried:
    """A role and what became of each token. `group` are the subjects that it is taken to be for: most of them get in."""

    role: Role
    provider: str
    group: tuple[str, ...]
    intended: tuple[tuple[Request, Decision], ...]
    others: tuple[tuple[Request, Decision], ...]
    stranger: Decision


def _tried(role: Role, groups: Sequence[Sequence[str]], audience: str) -> _Tried:
    documents = () if role.trust is None else (role.trust,)
    provider = _provider(role.trust)

    def answer(subject: str, given: str = audience) -> tuple[Request, Decision]:
        request = token(subject, given, provider)
        return request, decide(documents, request)

    stranger = decide(documents, Request("sts:AssumeRole", "*", {}, STRANGER, complete=False))
    if not provider:
        return _Tried(role, "", (), (), (), stranger)
    group = max(groups, key=lambda one: sum(answer(subject)[1].allowed is not False for subject in one))
    everyone = [subject for one in groups for subject in one]
    others = [subject for subject in everyone if subject not in group]
    lookalikes = dict.fromkeys(look_alikes(everyone))
    if role.trust is not None:
        lookalikes = dict.fromkeys(named_by(role.trust, everyone)) | lookalikes
    return _Tried(
        role,
        provider,
        tuple(group),
        tuple(answer(subject) for subject in group),
        (
            *(answer(subject) for subject in (*others, *lookalikes)),
            *(answer(subject, "undeclared-audience") for subject in group),
            *(
                (bare, decide(documents, bare))
                for claim in ("aud", "sub")
                for bare in (without_claim(token(group[0], audience, provider), claim),)
            ),
        ),
        stranger,
    )


def _provider(trust: Document | None) -> str:
    """The ARN of GitHub's provider in the account that the policy names; "" when it trusts none."""
    for statement in trust.statements if trust else ():
        for kind, name in statement.principals or ():
            if statement.allows and kind == "Federated" and (GITHUB in name or UNKNOWN in name):
                known = _PROVIDER.match(name)
                return f"{known[0] if known else 'arn:aws:iam::000000000000:oidc-provider/'}{GITHUB}"
    return ""


def _of_role(tried: _Tried) -> Iterator[Violation]:
    role = tried.role
    for refused in role.refused:
        if role.trust is None:
            yield Violation(refused.file, refused.line, refused.message)
    if role.trust is None:
        return
    if tried.stranger.allowed is not False:
        read = tried.stranger.by is not None and tried.stranger.by.principals is not None
        what = "lets in every principal of every account" if read else "cannot be read from the files"
        yield _violation(role.trust, what)
    if tried.provider:
        yield from traced(_of_jobs(role.trust, tried), lambda: _trace(tried))


def _of_jobs(trust: Document, tried: _Tried) -> Iterator[Violation]:
    for statement in trust.statements:
        for kind, name in statement.principals or ():
            if statement.allows and kind != "Federated" and name != "*":
                yield _violation(
                    trust, f"also trusts {kind} {name.replace(UNKNOWN, '…')}, beside the jobs of GitHub"
                )
    for request, decision in tried.intended:
        if decision.allowed is False:
            yield _violation(trust, f"refuses {_job(request)}, which needs the role ({decision.origin})")
    let_in = [(request, decision) for request, decision in tried.others if decision.allowed is not False]
    for request, decision in let_in[:_TOLD]:
        may = "lets in" if decision.allowed else "may let in (the files do not decide it)"
        yield _violation(trust, f"{may} {_job(request)}")
    if len(let_in) > _TOLD:
        yield _violation(
            trust, f"lets in {len(let_in) - _TOLD} more of {len(tried.others)} tokens that it must not"
        )


def _job(request: Request) -> str:
    audience, subject = (request.context[f"{GITHUB}:{claim}"] for claim in ("aud", "sub"))
    if subject is None or audience is None:
        return f"a token without {'subject' if subject is None else 'audience'}"
    return f"the job {subject} (audience {audience})"


def _trace(tried: _Tried) -> Permissions:
    entries = [
        *(
            Permission(_job(one), "needed", answer.allowed is not False, answer.origin)
            for one, answer in tried.intended
        ),
        *(
            Permission(_job(one), "forbidden", answer.allowed is not False, answer.origin)
            for one, answer in tried.others
        ),
    ]
    return Permissions(f"who becomes {tried.role.address}", tuple(entries))


def _violation(trust: Document, message: str) -> Violation:
    return Violation(trust.file, trust.line, f"{trust.name} {message}")


RULES = (pins_trust,)
