"""Rule VLT-03: no policy of an application reaches Vault itself, or all of an engine."""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.simulate.access.vault.audit import excused
from graders.simulate.access.vault.mounts import UNDECLARED, endpoint, engine_paths, system_paths
from graders.simulate.access.vault.requests import Request
from graders.vault.subjects import KIND, PARAMETERS, Token, granted, nothing, tokens


@rule(
    "VLT-03",
    severity="C",
    constraint="least_privilege",
    source="Vault documentation: Policies (root protected API endpoints); production hardening",
    kinds=(KIND,),
    parameters=PARAMETERS,
)
def reaches_no_more_than_its_own(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does no token reach Vault's own settings, auth methods, identities, everything, or all that an engine holds?

    Judged by requests: system endpoints beyond those that `default` gives and the case needs, a mount that nobody
    declared, a secret of an unknown team on each engine; `sudo` in any path. Accepted: a deny that takes it back.
    """
    for token in tokens(bundle, facts):
        yield from dict.fromkeys([*_sudo(token), *_reached(token)])
    yield from nothing(bundle)


def _sudo(token: Token) -> Iterator[Violation]:
    for entry in token.acl.entries.values():
        for one in entry.rules:
            if "sudo" in one.capabilities and "deny" not in entry.capabilities:
                yield Violation(
                    one.file, one.line, f'path "{one.path}" gives the token of {token.needs.token} sudo'
                )


def _reached(token: Token) -> Iterator[Violation]:
    """One violation for each path of the policies that reaches too far."""
    seen: set[str] = set()
    for path, what in _probes(token):
        for operation in endpoint(path, token.needs.mounts).operations:
            request = Request(operation, f"{path}/" if operation == "list" else path)
            decision = token.acl.decide(request)
            if not decision.allowed or excused(request, token.needs):
                continue
            assert decision.entry is not None
            if decision.entry.path not in seen:
                seen.add(decision.entry.path)
                shown = str(request).replace(UNDECLARED, "anything")
                yield granted(token, request, decision, f"{shown}: {what}")


def _probes(token: Token) -> Iterator[tuple[str, str]]:
    yield f"{UNDECLARED}/{UNDECLARED}", "an engine that may be mounted tomorrow"
    yield from ((path, "that is Vault itself") for path in system_paths())
    # Case by case as the policies have them: a path below sys/ that the table of endpoints has no line for.
    for entry in token.acl.entries:
        if entry.split("/")[0] in ("sys", "auth", "identity"):
            path = entry.removesuffix("*").replace("+", UNDECLARED)
            yield path + UNDECLARED if path.endswith("/") else path, "that is Vault itself"
    for mount in token.needs.mounts:
        for path in engine_paths(mount):
            if path.endswith(f"/{UNDECLARED}"):
                what = f"all that the engine {mount.path} holds, not only what is its own"
                yield path, what
                yield f"{path}/{UNDECLARED}", what


RULES = (reaches_no_more_than_its_own,)
