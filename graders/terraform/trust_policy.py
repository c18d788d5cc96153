"""IAC-14: who can become the roles of this configuration?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.terraform.configuration import KIND, Configuration, configurations, entry
from graders.terraform.once import once
from graders.terraform.policy import Statement, statements
from graders.terraform.values import as_list
from graders.terraform.view import Resource

# These operators are met only by a key that is there and has one of the values. `…IfExists` and `ForAllValues` are
# met by a token without the key.
_PINNING = frozenset({"StringEquals", "StringLike", "ForAnyValue:StringEquals", "ForAnyValue:StringLike"})
_WILDCARDS = frozenset("*?")


@rule(
    "IAC-14",
    severity="C",
    constraint="least_privilege",
    source="GitHub documentation: OpenID Connect in AWS; IAM: OIDC condition keys",
    kinds=(KIND,),
    parameters={"subjects": list[str], "audience": str | None},
)
def pins_trust(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does every federated role demand the audience and one of the allowed subjects, and does none trust everyone?

    Read: jsonencode, aws_iam_policy_document (also combined), heredocs, delivered JSON files; variables and locals are
    resolved. Accepted: `StringEquals` on `:aud` and `:sub` with allowed values only; `StringLike` with the same values
    and no wildcard, unless the pattern itself is allowed. More conditions are right. Wrong: a condition missing, a
    value outside the list or one that the files don't decide, `…IfExists`, `ForAllValues`; a wildcard principal in any
    trust policy; a trust policy that cannot be read; no federated role.
    """
    subjects = {subject for subject in as_list(facts.params.get("subjects")) if isinstance(subject, str)}
    audience = facts.params.get("audience")
    wanted = audience if isinstance(audience, str) else "sts.amazonaws.com"
    yield from once(_judge(configurations(bundle), subjects, wanted))


def _judge(found: list[Configuration], subjects: set[str], audience: str) -> Iterator[Violation]:
    federated = False
    for role in (role for one in found for role in one.resources("aws_iam_role")):
        policy = statements(role.view.value("assume_role_policy"))
        if policy is None:
            yield _violation(role, "cannot be read from the files")
            continue
        for statement in policy:
            if statement.effect != "Allow":
                continue
            if any(_is_anyone(principal) for principal in statement.principals):
                yield _violation(role, "trusts every principal (*)")
            if any(type == "Federated" for type, _ in statement.principals):
                federated = True
                yield from _federation(role, statement, subjects, audience)
    if not federated:
        yield Violation(*entry(found), "no role here trusts the OIDC provider")


def _federation(
    role: Resource, statement: Statement, subjects: set[str], audience: str
) -> Iterator[Violation]:
    if not _pinned(statement, ":aud", {audience}):
        yield _violation(role, f"does not demand the audience {audience} (StringEquals on …:aud)")
    if not _pinned(statement, ":sub", subjects):
        given = sorted({str(value) for value in _values(statement, ":sub") if isinstance(value, str)})
        seen = f"; it has {', '.join(given)}" if given else ""
        yield _violation(role, f"is not pinned to the allowed subjects (StringEquals on …:sub){seen}")


def _values(statement: Statement, key: str) -> Iterator[Any]:
    for condition in statement.conditions:
        if condition.key.lower().endswith(key):
            yield from condition.values


def _pinned(statement: Statement, key: str, allowed: set[str]) -> bool:
    """Is there a condition on the key that only allowed values meet? All conditions must hold, so one will do."""
    return any(
        condition.operator in _PINNING
        and condition.key.lower().endswith(key)
        and condition.values
        and all(isinstance(value, str) and value in allowed for value in condition.values)
        for condition in statement.conditions
    )


def _is_anyone(principal: tuple[str, Any]) -> bool:
    type, value = principal
    if type == "Federated" and not isinstance(value, str):
        return False
    return isinstance(value, str) and (
        value == "*" or (type in ("AWS", "*") and not _WILDCARDS.isdisjoint(value))
    )


def _violation(role: Resource, message: str) -> Violation:
    view = role.view
    return Violation(
        view.path, view.line_of("assume_role_policy"), f"the trust policy of {role.address} {message}"
    )


RULES = (pins_trust,)
