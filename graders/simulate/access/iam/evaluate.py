"""Is a request allowed? Explicit deny before allow before implicit deny.

Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from graders.simulate.access.iam.conditions import single
from graders.simulate.access.iam.document import Document, Statement
from graders.simulate.access.iam.patterns import UNKNOWN, arn_matches, equals, matches, substituted
from graders.simulate.access.iam.requests import Principal, Request
from graders.simulate.access.iam.truth import Truth, both, either, negated

_SESSION = re.compile(r"arn:([\w-]+):sts::(\d{12}):assumed-role/([^/]+)/.*", re.DOTALL)
_ACCOUNT = re.compile(r"arn:[\w-]+:(?:iam|sts)::(\d{12}):.*", re.DOTALL)
# The resource side that must speak for itself: an identity's own policy is not enough.
Side = Literal["resource", "trust", "key"]


@dataclass(frozen=True, slots=True)
class Decision:
    """`allowed` is None where the files or the case do not decide it. `by` decided: a statement (None: nothing speaks of the
    request), of `document`. `delegated`: the account is allowed, and with it whom the account's own policies allow."""

    allowed: Truth
    by: Statement | None = None
    document: Document | None = None
    denied: bool = False
    delegated: bool = False

    @property
    def origin(self) -> str:
        """What decided, in words."""
        if self.by is None or self.document is None:
            return "nothing allows it"
        return f"{'denied by ' if self.denied else ''}{self.by.label} of {self.document.name}"


def decide(documents: Iterable[Document], request: Request) -> Decision:
    """What these policies together, of one side, say of the request. Raises `Unsupported`."""
    documents = tuple(documents)
    undecided: Decision | None = None
    for document, statement in _of(documents, allows=False):
        applies = both((_concerns(statement, request), _principal(statement, request.principal)[0]))
        if applies is True:
            return Decision(False, statement, document, denied=True)
        if applies is None:
            undecided = Decision(None, statement, document, denied=True)
    allowed: Decision | None = None
    for document, statement in _of(documents, allows=True):
        named, delegated = _principal(statement, request.principal)
        applies = both((_concerns(statement, request), named))
        found = Decision(applies, statement, document, delegated=delegated)
        if applies is True and (allowed is None or allowed.allowed is None or allowed.delegated):
            allowed = found
            if not delegated:
                break
        elif applies is None:
            allowed = allowed or found
    if allowed is None:
        return Decision(False)
    return undecided or allowed


def permitted(
    request: Request,
    identity: Sequence[Document],
    boundary: Document | None = None,
    resource: Document | None = None,
    side: Side = "resource",
    same_account: bool = True,
) -> Decision:
    """The whole decision for a principal with these policies, its boundary, and the policy of the resource.

    In one account either side may allow; across accounts both must. A trust policy and a key's policy must allow by
    themselves, or hand the matter to the account. A boundary limits what the identity's policies give and gives nothing.
    Raises `Unsupported`.
    """
    own = _limited(decide(identity, request), boundary, request)
    theirs = Decision(False) if resource is None else decide((resource,), request)
    for one in (own, theirs):
        if one.denied and one.allowed is False:
            return one
    if side in ("trust", "key"):
        if not theirs.delegated:
            return _with_denies(theirs, own)
        return _together(theirs, own)
    if not same_account:
        return _together(own, theirs)
    if theirs.allowed is not False and not theirs.delegated and own.allowed is not True:
        return _with_denies(theirs, own)
    return own


def _with_denies(decision: Decision, other: Decision) -> Decision:
    """A deny of the other side that nobody can rule out leaves an allow undecided."""
    return other if decision.allowed and other.denied and other.allowed is None else decision


def _together(first: Decision, second: Decision) -> Decision:
    verdict = both((first.allowed, second.allowed))
    return first if first.allowed is verdict else second


def _limited(decision: Decision, boundary: Document | None, request: Request) -> Decision:
    return decision if boundary is None else _together(decision, decide((boundary,), request))


def _of(documents: Iterable[Document], *, allows: bool) -> Iterable[tuple[Document, Statement]]:
    for document in documents:
        for statement in document.statements:
            if statement.allows is allows:
                yield document, statement


def _concerns(statement: Statement, request: Request) -> Truth:
    """Is the statement about this action, this resource and this context?"""
    action = either(matches(one, request.action, ignore_case=True) for one in statement.actions)
    action = negated(action) if statement.not_actions else action
    if action is False:
        return False
    resource = _resource(statement, request)
    if resource is False:
        return False
    conditions = (one.holds(request, variables=statement.variables) for one in statement.conditions)
    return both((action, resource, both(conditions)))


def _resource(statement: Statement, request: Request) -> Truth:
    """A variable without value matches nothing; in `NotResource` it takes the whole statement out."""
    patterns: list[str] = []
    for text in statement.resources:
        made = substituted(text, lambda key: single(request, key)) if statement.variables else text
        if made is not None:
            patterns.append(made)
        elif statement.not_resources:
            return False
    found = either(_named(pattern, request.resource) for pattern in patterns)
    return negated(found) if statement.not_resources else found


def _named(pattern: str, resource: str) -> Truth:
    """`*` as the resource of a request stands for an action that knows no resources: only `*` itself reaches it."""
    if resource == "*":
        return None if pattern == UNKNOWN else set(pattern) == {"*"}
    return arn_matches(pattern, resource)


def _principal(statement: Statement, who: Principal | None) -> tuple[Truth, bool]:
    """Is it about this principal, and only through its account? A statement without principals is about its holder."""
    if statement.principals is None or who is None:
        return True, False
    direct = either(_is(kind, name, who) for kind, name in statement.principals)
    account = _account(who) if who.kind == "AWS" else None
    names = (account, f"arn:aws:iam::{account}:root") if account else ()
    through = any(kind == "AWS" and name in names for kind, name in statement.principals)
    if statement.not_principals:
        return negated(either((direct, through))), False
    if direct is not True and through:
        return True, True
    return direct, False


def _is(kind: str, name: str, who: Principal) -> Truth:
    if name == "*" and kind in ("*", "AWS"):
        return True
    if kind != who.kind:
        return False
    if kind == "AWS":
        session = _SESSION.fullmatch(who.name)
        role = f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}" if session else who.name
        return either((equals(name, who.name), equals(name, role)))
    # The very provider that the policy names is asked with, whatever account it is in.
    return name == who.name or equals(name, who.name)


def _account(who: Principal) -> str | None:
    found = _ACCOUNT.fullmatch(who.name)
    return found[1] if found else None
