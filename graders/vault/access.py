"""Rule VLT-01: policies that are exactly enough, judged by what the token may do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule, traced
from graders.simulate.access.vault.audit import Audit, Surplus, audit
from graders.simulate.access.vault.mounts import KV_V2, UNDECLARED
from graders.simulate.access.vault.needs import Needs
from graders.vault.subjects import KIND, PARAMETERS, Token, denied, granted, nothing, tokens

# Where a case states no bound: reading about one's own secrets (not their values) is no finding by itself.
_PRECISION = 0.5


@rule(
    "VLT-01",
    severity="H",
    version=3,
    constraint="least_privilege",
    source="Vault documentation: Policies (policy syntax, priority matching, capabilities)",
    kinds=(KIND,),
    parameters={**PARAMETERS, "precision": float | None},
)
def grants_what_is_used(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """May each token make exactly the requests that it needs?

    Judged by the ACL that Vault makes of the token's policies. Accepted: one policy or several, exact paths or globs that
    hold nothing else, templates, what the policy `default` gives anyway, capabilities that an endpoint does not serve,
    metadata of one's own secrets up to the stated precision. Wrong: a request that is denied; a hidden probe that is
    allowed; any surplus that reads secrets, writes, or manages permissions; names of other teams' secrets.
    """
    bound = facts.params.get("precision") or _PRECISION
    for token in tokens(bundle, facts):
        found = audit(token.acl, token.needs)
        wrong = dict.fromkeys(
            chain(_missing(token, found), _forbidden(token, found), _surplus(token, found, bound))
        )
        yield from traced(wrong, found.trace)
    yield from nothing(bundle)


def _missing(token: Token, found: Audit) -> Iterator[Violation]:
    delivered = {policy.name for policy in token.policies}
    for name in token.needs.policies:
        if name not in delivered:
            yield Violation(
                "", None, f"the token of {token.needs.token} gets the policy {name}, which is not delivered"
            )
    for one in found.required:
        if not one.decision.allowed:
            yield denied(token, one, "")


def _forbidden(token: Token, found: Audit) -> Iterator[Violation]:
    for one in found.forbidden:
        if one.decision.allowed:
            yield granted(token, one.request, one.decision, f"{one.request}, which it must not")


def _surplus(token: Token, found: Audit, bound: float) -> Iterator[Violation]:
    serious = [one for one in found.surplus if one.level != "read" or _elsewhere(one, token.needs)]
    mild = [one for one in found.surplus if one not in serious]
    yield from _by_path(token, serious, "which no call needs")
    if found.precision < bound:
        note = f"which no call needs (precision {found.precision:.2f}, at least {bound:g} is asked for)"
        yield from _by_path(token, mild, note)


def _by_path(token: Token, surplus: Sequence[Surplus], note: str) -> Iterator[Violation]:
    """One violation for each path of the policies, with some of what it grants too much."""
    by_path: dict[str, list[Surplus]] = {}
    for one in surplus:
        assert one.decision.entry is not None
        by_path.setdefault(one.decision.entry.path, []).append(one)
    for ones in by_path.values():
        words = [str(one.request).replace(UNDECLARED, "any-other") for one in ones]
        shown = "; ".join(words[:4]) + (f" and {len(words) - 4} more" if len(words) > 4 else "")
        yield granted(token, ones[0].request, ones[0].decision, f"{shown}, {note}")


def _elsewhere(one: Surplus, needs: Needs) -> bool:
    """Whether it is about anything beyond the folders of keys that the token works in."""
    here = {_folder(request.path, needs) for request in needs.requests(needs.required, needs.harmless)}
    path = _key(one.request.path, needs)
    return not any(folder is not None and path is not None and path.startswith(folder) for folder in here)


def _folder(path: str, needs: Needs) -> str | None:
    key = _key(path, needs)
    return None if key is None else key if key.endswith("/") else key.rpartition("/")[0] + "/"


def _key(path: str, needs: Needs) -> str | None:
    """A secret's name with its mount, whichever sub-API speaks of it; None for what is no key-value engine."""
    for mount in needs.mounts:
        rest = mount.within(path)
        if rest is not None and mount.type in ("kv", "kv-v2"):
            api, _, key = rest.partition("/")
            return f"{mount.path}/{key if mount.type == 'kv-v2' and api in KV_V2 else rest}"
    return None


RULES = (grants_what_is_used,)
