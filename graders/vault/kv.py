"""Rule VLT-02: paths of the API that the key-value engine has."""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.simulate.access.vault.audit import Verdict, excused
from graders.simulate.access.vault.mounts import KV_V2, UNDECLARED, Mount
from graders.simulate.access.vault.patterns import example, is_exact, matches
from graders.simulate.access.vault.policy import PathRule
from graders.simulate.access.vault.requests import Request
from graders.vault.subjects import KIND, PARAMETERS, Token, denied, nothing, tokens


@rule(
    "VLT-02",
    severity="H",
    version=3,
    constraint="intent",
    source="Vault documentation: KV secrets engine version 2, ACL rules",
    kinds=(KIND,),
    parameters=PARAMETERS,
)
def speaks_the_engines_version(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Do the paths follow the API of the key-value engine that is mounted: data/ for values, metadata/ for names?

    Wrong: what a token needs is granted on the path that version 1 would have, or on another sub-API (list on data/,
    destroy on data/), or with data/ twice or further back, so that it is denied; data/ on a mount of version 1; a deny on
    such a path, which protects nothing.
    Accepted: a pattern that covers several sub-APIs, and such a path beside the right one.
    """
    for token in tokens(bundle, facts):
        found = [*_misplaced(token), *_idle_denies(token)]
        yield from dict.fromkeys(found)
    yield from nothing(bundle)


def _misplaced(token: Token) -> Iterator[Violation]:
    for verdict in token.required("kv", "kv-v2"):
        if verdict.decision.allowed:
            continue
        mount = next(one for one in token.needs.mounts if one.within(verdict.request.path) is not None)
        for other in _elsewhere(mount, verdict.request):
            meant = _ruling(token, other)
            if meant is not None and _mistaken(token, verdict, other, meant):
                yield _said(token, verdict, mount, meant)
                break


def _mistaken(token: Token, verdict: Verdict, other: str, meant: PathRule) -> bool:
    """Whether a path that speaks of another place was to grant the request. Where a path of the right place denies it,
    the engine is understood (another policy overrides): then only one that gives the operation there without any use."""
    if not meant.capabilities or "deny" in meant.capabilities:
        return False
    entry = verdict.decision.entry
    if entry is None:
        return True
    there = Request(verdict.request.operation, other)
    return (
        "deny" not in entry.capabilities
        and there.operation in meant.capabilities
        and not excused(there, token.needs)
    )


def _said(token: Token, verdict: Verdict, mount: Mount, meant: PathRule) -> Violation:
    version = "2" if mount.type == "kv-v2" else "1"
    told = (
        f'; path "{meant.path}" speaks of the same key where an engine of version {version} (mount {mount.path}) has no '
        f"such call"
    )
    violation = denied(token, verdict, told)
    return Violation(meant.file, meant.line, violation.message)


def _ruling(token: Token, path: str) -> PathRule | None:
    """A path of the token's own policies that speaks of this one and of none of the engine's sub-APIs in general."""
    return next((one for one in token.rules() if matches(one.path, path)), None)


def _elsewhere(mount: Mount, request: Request) -> Iterator[str]:
    """Where else a policy may mean the key of a request: without a sub-API, or in another one."""
    rest = (mount.within(request.path) or "").removesuffix("/")
    if mount.type == "kv":
        yield from (f"{mount.path}/{api}/{rest}" for api in ("data", "metadata"))
        return
    api, _, key = rest.partition("/")
    words = key.split("/")
    inside = (f"{'/'.join(words[:at])}/{api}/{'/'.join(words[at:])}" for at in range(1, len(words)))
    places = [key, *(f"{other}/{key}" for other in KV_V2 if other != api), f"{api}/{api}/{key}", *inside]
    for place in places:
        yield f"{mount.path}/{place}"
        yield f"{mount.path}/{place}/"
        yield f"{mount.path}/{place}/{UNDECLARED}"


def _idle_denies(token: Token) -> Iterator[Violation]:
    """Denies on a path without a sub-API, of a secret that the token reads all the same and has no use for."""
    for one in token.rules():
        if "deny" not in one.capabilities:
            continue
        for mount in token.needs.mounts:
            rest = mount.within(one.path)
            if mount.type != "kv-v2" or rest is None or rest.split("/")[0] in (*KV_V2, "config", "+", "*"):
                continue
            key = rest if is_exact(rest) else example(rest, UNDECLARED)
            request = Request("read", f"{mount.path}/data/{key}")
            if token.acl.decide(request).allowed and not excused(request, token.needs):
                yield Violation(
                    one.file,
                    one.line,
                    f'the deny on path "{one.path}" protects nothing: mount {mount.path} is of version 2, and the token of '
                    f"{token.needs.token} may {request}",
                )


RULES = (speaks_the_engines_version,)
