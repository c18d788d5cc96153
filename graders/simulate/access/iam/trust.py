"""Who may become a role through GitHub's OIDC provider.

Sources: GitHub documentation, "OpenID Connect reference" (forms of `sub`); IAM User Guide, "Available keys for AWS OIDC
federation".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from graders.simulate.access.iam.document import Document
from graders.simulate.access.iam.patterns import UNKNOWN
from graders.simulate.access.iam.requests import Principal, Request, Values

GITHUB = "token.actions.githubusercontent.com"
ACTION = "sts:AssumeRoleWithWebIdentity"
_SUBJECT = re.compile(r"repo:([^/:]+)/([^:]+):(.+)", re.DOTALL)
# Somebody of an account that the case does not know.
STRANGER = Principal("AWS", "arn:aws:iam::000000000000:role/stranger")


def token(subject: str, audience: str, provider: str) -> Request:
    """The request of a job whose token has this subject. `provider` is the ARN of the account's OIDC provider.

    Claims that follow from the subject are known; of all others (actor, workflow, ids) the case says nothing.
    """
    claims: dict[str, str | Values | None] = {f"{GITHUB}:aud": audience, f"{GITHUB}:sub": subject}
    found = _SUBJECT.fullmatch(subject)
    if found:
        owner, name, rest = found.groups()
        claims[f"{GITHUB}:repository"] = f"{owner}/{name}"
        claims[f"{GITHUB}:repository_owner"] = owner
        kind, _, value = rest.partition(":")
        if kind in ("environment", "ref"):
            claims[f"{GITHUB}:{kind}"] = value
    return Request(ACTION, "*", claims, Principal("Federated", provider), complete=False)


def without_claim(request: Request, claim: str) -> Request:
    """The same token without one of its claims, as an issuer may send it: a condition that passes then demands nothing."""
    return replace(request, context={**request.context, f"{GITHUB}:{claim}": None})


def look_alikes(subjects: Iterable[str]) -> list[str]:
    """Subjects that resemble the intended ones and are none of them: other owners, repositories, environments, branches,
    pull requests, and names that go on where a pattern might end."""
    wanted = list(subjects)
    found: dict[str, None] = {}
    for subject in wanted:
        parts = _SUBJECT.fullmatch(subject)
        if parts is None:
            found[f"{subject}-undeclared"] = None
            continue
        owner, name, rest = parts.groups()
        kind = rest.partition(":")[0]
        for made in (
            f"repo:{owner}-undeclared/{name}:{rest}",
            f"repo:undeclared-{owner}/{name}:{rest}",
            f"repo:undeclared/{name}:{rest}",
            f"repo:{owner}/{name}-undeclared:{rest}",
            f"repo:{owner}/undeclared-{name}:{rest}",
            f"repo:{owner}/undeclared:{rest}",
            f"repo:{owner}/{name}:{rest}-undeclared",
            f"repo:{owner}/{name}:{kind}:undeclared",
            f"repo:{owner}/{name}:pull_request",
            f"repo:{owner}/{name}:ref:refs/heads/main",
            f"repo:{owner}/{name}:ref:refs/heads/undeclared",
            f"repo:{owner}/{name}:ref:refs/tags/v1",
            *_one_letter_off(subject, name),
        ):
            found[made] = None
    return [made for made in found if made not in wanted]


def named_by(document: Document, subjects: Iterable[str]) -> list[str]:
    """Subjects that the policy itself names and that are none of the intended: by `sub`, or by the claims `repository`,
    `environment` and `ref` beside the rest of an intended one."""
    wanted = list(subjects)
    found: dict[str, None] = {}
    for claim, value in _claims(document):
        if claim == "sub":
            found[value] = None
            continue
        for parts in filter(None, map(_SUBJECT.fullmatch, wanted)):
            owner, name, rest = parts.groups()
            found[
                f"repo:{value}:{rest}" if claim == "repository" else f"repo:{owner}/{name}:{claim}:{value}"
            ] = None
    return [made for made in found if made not in wanted]


def _claims(document: Document) -> Iterable[tuple[str, str]]:
    """The claims with each value that an allowing statement names, an example where it is a pattern."""
    for statement in document.statements:
        for condition in statement.conditions if statement.allows else ():
            claim = condition.key.lower().removeprefix(f"{GITHUB}:")
            if claim in ("sub", "repository", "environment", "ref"):
                for value in condition.values:
                    if UNKNOWN not in value:
                        yield claim, value.replace("*", "undeclared").replace("?", "0")


def _one_letter_off(subject: str, name: str) -> Iterable[str]:
    """What a `?` in the place of a letter would let in: each letter of repository and context in turn."""
    start = subject.index(name)
    for at in range(start, len(subject)):
        if subject[at].isalnum():
            yield f"{subject[:at]}{'0' if subject[at] != '0' else '1'}{subject[at + 1 :]}"
