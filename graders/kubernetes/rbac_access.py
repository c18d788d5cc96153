"""Rules RBAC-02 to RBAC-05: rights that are exactly enough, judged by what the bound users may do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from pydantic import TypeAdapter

from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.objects import Object, read
from graders.kubernetes.rbac import GROUP, KIND
from graders.kubernetes.shapes import mapping, sequence
from graders.kubernetes.violations import absent, once
from graders.rule import Violation, rule, traced
from graders.simulate.access.rbac.audit import Audit, Surplus, audit
from graders.simulate.access.rbac.authorize import Grant, grants
from graders.simulate.access.rbac.needs import Needs
from graders.simulate.access.rbac.policy import Policy, read_policy
from graders.simulate.access.rbac.requests import User
from graders.simulate.access.rbac.routes import RouteKind, Taken, routes
from graders.simulate.access.rbac.universe import OTHER_NAMESPACE, OTHER_OBJECT
from graders.yaml_lines import YamlMap

# Where a case states no bound: a little reading beside what is needed is no finding.
_PRECISION = 0.8
_LIVE = "live"  # stands for the file of an object that is in the cluster and not in the answer
_PARAMETERS = {"needs": list[Needs], "live": list[Any] | None}


@rule(
    "RBAC-02",
    severity="H",
    version=2,
    constraint="least_privilege",
    source="CIS 5.1; Kubernetes documentation: RBAC authorization",
    kinds=(KIND,),
    parameters={**_PARAMETERS, "precision": float | None},
)
def grants_what_is_called(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """May each user make exactly the calls that it needs?

    Judged by what the applied objects allow, over every resource of the API. Accepted: any split into roles and bindings,
    ClusterRoles bound in the namespace, surplus reading up to the stated precision. Wrong: a call that is denied; a
    hidden probe that is allowed; any surplus that writes, reads secrets or manages permissions; any right in another
    namespace; a right on all objects where only named ones are used and the verb honours names.
    """
    bound = facts.params.get("precision") or _PRECISION
    for policy, needs in _cases(bundle, facts):
        found = audit(policy, needs)
        wrong = once(chain(_missing(policy, found), _forbidden(found), _surplus(found, bound)))
        yield from traced(wrong, found.trace)
    yield from _nothing(bundle)


@rule(
    "RBAC-03",
    severity="C",
    version=3,
    constraint="least_privilege",
    source="CIS 5.1.8 to 5.1.13; Kubernetes documentation: RBAC good practices",
    kinds=(KIND,),
    parameters=_PARAMETERS,
)
def cannot_escalate(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does no bound user hold a right that leads to any other right?

    escalate, bind, impersonate, tokens of accounts, exec and attach (create or get), ephemeral containers, port forwards
    and proxies, approval of certificates, webhooks, volumes of the node, labels of namespaces; by name, by wildcard, by a
    built-in role or by aggregation. A call that the case needs is no finding.
    """
    yield from _open_routes(bundle, facts, "escalation")


@rule(
    "RBAC-04",
    severity="C",
    version=3,
    constraint="secret_hygiene",
    source="CIS 5.1.2; Kubernetes documentation: RBAC good practices (list and watch return the values)",
    kinds=(KIND,),
    parameters=_PARAMETERS,
)
def reads_no_secrets(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does no bound user reach Secrets beyond those that it must read by name?

    Accepted: `get` with resourceNames where the case names the Secrets. Wrong: list, watch or any write; `get` on all; the
    same by wildcard, by a built-in role or by aggregation.
    """
    yield from _open_routes(bundle, facts, "secrets")


@rule(
    "RBAC-05",
    severity="H",
    version=3,
    constraint="least_privilege",
    source="CIS 5.1.4; Kubernetes documentation: RBAC good practices (workload creation)",
    kinds=(KIND,),
    parameters=_PARAMETERS,
)
def starts_no_pods(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Can no bound user start or change pods, and so act as another account of the namespace, unless it has to?

    Create, update and patch of pods and of everything that makes pods; a kind of workload and a verb that the case needs
    in that namespace is no finding.
    """
    yield from _open_routes(bundle, facts, "workload")


def _cases(bundle: Bundle, facts: Facts) -> Iterator[tuple[Policy, Needs]]:
    live = [found for item in sequence(facts.params.get("live")) for found in _live(item)]
    policy = read_policy(delivered(bundle), live)
    for needs in TypeAdapter(list[Needs]).validate_python(facts.params["needs"]):
        yield policy, needs


def _live(item: Any) -> tuple[Object, ...]:
    """A live object of the case: YAML text, or a plain mapping."""
    if isinstance(item, str):
        return read(Artifact(_LIVE, KIND, item))
    body = YamlMap(1)
    body.update(mapping(item))
    return (Object(_LIVE, 1, str(body.get("apiVersion")), str(body.get("kind")), body),)


def _nothing(bundle: Bundle) -> Iterator[Violation]:
    if not any(found.group == GROUP for found in delivered(bundle)):
        yield absent("Role, ClusterRole or binding")


def _open_routes(bundle: Bundle, facts: Facts, kind: RouteKind) -> Iterator[Violation]:
    for policy, needs in _cases(bundle, facts):
        taken = list(routes(grants(policy, needs.who), needs, kind))
        yield from once(_described(one, policy, needs) for one in taken)
    yield from _nothing(bundle)


def _described(taken: Taken, policy: Policy, needs: Needs) -> Violation:
    route, grant = taken.route, taken.by
    stronger = _accounts(policy, needs, grant) if route.kind == "workload" else ""
    resource = f"{route.resource}.{route.group}" if route.group else route.resource
    call = f"{', '.join(taken.verbs)} {resource}{_where(grant)}"
    return _at(grant, f"lets {_short(needs.user)} {call}: {route.gives}{stronger}")


def _accounts(policy: Policy, needs: Needs, grant: Grant) -> str:
    """The other accounts of the namespace to which the answer itself gives rights."""
    names = {
        subject.name
        for binding in policy.bindings
        for subject in binding.subjects
        if subject.kind == "ServiceAccount"
        and grant.namespace in (None, subject.namespace)
        and grants(policy, User(f"system:serviceaccount:{subject.namespace}:{subject.name}"))
        and (subject.namespace, subject.name) != needs.who.account
    }
    return f" (among them {', '.join(sorted(names))})" if names else ""


def _missing(policy: Policy, found: Audit) -> Iterator[Violation]:
    for one in found.required:
        if one.by is None:
            yield Violation("", None, f"{_short(found.needs.user)} may not {one.request}, which it needs")
    if found.recall < 1:
        for refused in policy.refused:
            yield Violation(refused.file, refused.line, refused.message)


def _forbidden(found: Audit) -> Iterator[Violation]:
    for one in found.forbidden:
        if one.by is not None:
            yield _at(one.by, f"lets {_short(found.needs.user)} {one.request}, which it must not")


def _surplus(found: Audit, bound: float) -> Iterator[Violation]:
    serious = [one for one in found.surplus if one.level != "read" or _elsewhere(one, found.needs)]
    mild = [one for one in found.surplus if one not in serious]
    yield from _by_rule(found, serious, "which no call needs")
    if found.precision < bound:
        note = f"which no call needs (precision {found.precision:.2f}, at least {bound:g} is asked for)"
        yield from _by_rule(found, mild, note)


def _elsewhere(one: Surplus, needs: Needs) -> bool:
    return one.request.url is None and one.request.namespace not in needs.namespaces


def _by_rule(found: Audit, surplus: Sequence[Surplus], note: str) -> Iterator[Violation]:
    """One violation for each rule of a role, with some of what it grants too much."""
    by_rule: dict[Grant, list[Surplus]] = {}
    for one in surplus:
        by_rule.setdefault(one.by, []).append(one)
    for grant, ones in by_rule.items():
        words = list(dict.fromkeys(_words(one) for one in ones))
        shown = "; ".join(words[:4]) + (f" and {len(words) - 4} more" if len(words) > 4 else "")
        yield _at(grant, f"lets {_short(found.needs.user)} {shown}, {note}")


def _words(one: Surplus) -> str:
    return (
        str(one.request)
        .replace(f" {OTHER_OBJECT}", " of any name")
        .replace(OTHER_NAMESPACE, "every other namespace")
    )


def _at(grant: Grant, message: str) -> Violation:
    rule = grant.rule
    if rule.file in ("", _LIVE):
        origin = f"{rule.role}, which stays live," if rule.file else rule.role
        return Violation("", None, f"{origin} through {grant.binding} {message}")
    return Violation(rule.file, rule.line, f"{rule.role} through {grant.binding} {message}")


def _where(grant: Grant) -> str:
    return f" in {grant.namespace}" if grant.namespace else " in every namespace"


def _short(user: str) -> str:
    return user.removeprefix("system:serviceaccount:")


RULES = (grants_what_is_called, cannot_escalate, reads_no_secrets, starts_no_pods)
