"""IAC-13: may the roles of this configuration make exactly the calls that they need?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

from pydantic import TypeAdapter

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule, traced
from graders.simulate.access.iam.audit import Audit, Surplus, audit
from graders.simulate.access.iam.document import Document, Statement
from graders.simulate.access.iam.evaluate import Decision
from graders.simulate.access.iam.needs import Needs
from graders.simulate.access.iam.patterns import UNKNOWN, equals
from graders.simulate.access.unsupported import Unsupported
from graders.terraform.applied.policies import with_applied_policies
from graders.terraform.applied.simulated import TOOL
from graders.terraform.iam.names import Place
from graders.terraform.iam.roles import Role, roles
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, Configuration, configurations, entry

# Where a case states no bound: reading that lies beside what is needed weighs a quarter, so this is a lot of it.
_PRECISION = 0.5


@rule(
    "IAC-13",
    severity="H",
    version=4,
    constraint="least_privilege",
    source="IAM User Guide: Policy evaluation logic; Security best practices (least privilege); Pass a role to a service",
    kinds=(KIND,),
    tools=(TOOL,),
    parameters={"needs": list[Needs], "precision": float | None},
)
def permits_what_is_called(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """May each role make exactly the calls that it needs?

    Judged by what all its policies together allow. Accepted: any split into inline and attached policies and statements,
    Deny beside a wider Allow, NotAction, wildcards that reach nothing else, a boundary, `*` where an action knows no
    resource, some surplus reading. Wrong: a call that is denied, also silently (an ARN on an action that knows none, a
    condition that never holds, a policy that no role has); a hidden probe that is allowed; any surplus that writes, tags,
    hands out secrets or manages permissions, on other resources too; reading below the stated precision. A role is
    judged as that of the account in which it can make most of the calls.
    """
    bound = facts.params.get("precision") or _PRECISION
    cases = TypeAdapter(list[Needs]).validate_python(facts.params["needs"])
    places = {Place(one.account, one.region) for one in cases}
    found = with_applied_policies(
        bundle, configurations(bundle), places.pop() if len(places) == 1 else Place()
    )
    undecided: list[str] = []
    wrong = 0
    for needs, role, audited in _judged(found, cases):
        if role is None or audited is None:
            wrong += 1
            yield Violation(
                *entry(found), f"no role named {needs.role} is made here for account {needs.account}"
            )
            continue
        violations = list(
            once(
                chain(_refused(role), _missing(role, audited), _forbidden(audited), _surplus(audited, bound))
            )
        )
        wrong += len(violations)
        yield from traced(violations, audited.trace)
        undecided.extend(
            f"neither files nor case decide whether IAM allows {one.request} ({one.decision.origin})"
            for one in audited.undecided
        )
        undecided.extend(
            f"the table of actions does not hold the service of {one}" for one in audited.uncounted
        )
    if undecided and not wrong:
        raise Unsupported(undecided[0])


def _judged(
    found: Sequence[Configuration], cases: Sequence[Needs]
) -> Iterator[tuple[Needs, Role | None, Audit | None]]:
    """Each role with the needs that it is judged by, once for equal policies; needs that no role answers with None."""
    tried: dict[tuple[int, int], list[tuple[Needs, Role, Audit]]] = {}
    for needs in cases:
        for at, one in enumerate(found):
            for number, role in enumerate(roles(one, Place(needs.account, needs.region))):
                if equals(role.name, needs.role) is not False:
                    audited = audit(role.identity, role.boundary, needs)
                    tried.setdefault((at, number), []).append((needs, role, audited))
    answered: list[tuple[Needs, Role, Audit]] = []
    for judged in tried.values():
        best = max(audited.possible for _, _, audited in judged)
        answered.extend(one for one in judged if one[2].possible == best and one not in answered)
    yield from answered
    for needs in cases:
        if not any(one[0] == needs for one in answered):
            yield needs, None, None


def _refused(role: Role) -> Iterator[Violation]:
    for one in role.refused:
        yield Violation(one.file, one.line, one.message)


def _missing(role: Role, audited: Audit) -> Iterator[Violation]:
    for one in audited.required:
        if one.decision.allowed is False:
            place = (role.file, role.line)
            if one.decision.document is not None:
                place = (one.decision.document.file, one.decision.document.line)
            yield Violation(
                *place, f"{audited.needs.role} may not {one.request}, which it needs: {one.decision.origin}"
            )


def _forbidden(audited: Audit) -> Iterator[Violation]:
    for one in audited.forbidden:
        if one.decision.allowed:
            context = {key: value for key, value in one.request.context.items() if not key.startswith("aws:")}
            with_ = (
                f" with {', '.join(f'{key} {value}' for key, value in context.items())}" if context else ""
            )
            yield _at(one.decision, f"lets {audited.needs.role} {one.request}{with_}, which it must not")


def _surplus(audited: Audit, bound: float) -> Iterator[Violation]:
    yield from _by_statement(
        audited, [one for one in audited.surplus if one.is_serious], "which no call needs"
    )
    if audited.precision < bound:
        note = f"which no call needs (precision {audited.precision:.2f}, at least {bound:g} is asked for)"
        yield from _by_statement(audited, [one for one in audited.surplus if not one.is_serious], note)


def _by_statement(audited: Audit, surplus: Sequence[Surplus], note: str) -> Iterator[Violation]:
    """One violation for each statement, with some of what it grants too much."""
    grouped: dict[tuple[Document | None, Statement | None], list[Surplus]] = {}
    for one in surplus:
        grouped.setdefault((one.decision.document, one.decision.by), []).append(one)
    for ones in grouped.values():
        words = [f"{one.request} ({one.level})" for one in ones[:4]]
        levels = Counter(one.level for one in ones[4:])
        rest = (
            f" and {', '.join(f'{count} more to {level}' for level, count in levels.items())}"
            if levels
            else ""
        )
        yield _at(ones[0].decision, f"lets {audited.needs.role} {'; '.join(words)}{rest}, {note}")


def _at(decision: Decision, message: str) -> Violation:
    document = decision.document
    if document is None or decision.by is None:
        return Violation("", None, message)
    name = document.name.replace(UNKNOWN, "…")
    return Violation(document.file, document.line, f"{decision.by.label} of {name} {message}")


RULES = (permits_what_is_called,)
