"""Rule VLT-04: credentials that Vault issues are read."""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.simulate.access.vault.audit import Verdict
from graders.vault.subjects import KIND, PARAMETERS, Token, denied, nothing, tokens

_ENGINES = ("database", "aws")


@rule(
    "VLT-04",
    severity="M",
    constraint="intent",
    source="Vault documentation: Database secrets engine, generate credentials (GET); Policies, capabilities",
    kinds=(KIND,),
    parameters=PARAMETERS,
)
def reads_its_credentials(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Can each token get the credentials that an engine issues, by `read` on creds/ROLE?

    Accepted: the exact path or a pattern, whatever other capability stands beside `read` (VLT-01 counts those that do
    something). Wrong: create or update, since a new lease is made; roles/ROLE, which is the definition; list alone; a
    path that another one overrides; parameters or a wrapping that the client does not send.
    """
    for token in tokens(bundle, facts):
        for verdict in token.required(*_ENGINES):
            if not verdict.decision.allowed:
                yield denied(token, verdict, _hint(token, verdict))
    yield from nothing(bundle)


def _hint(token: Token, verdict: Verdict) -> str:
    entry = verdict.decision.entry
    if entry is not None and entry.capabilities & {"create", "update"}:
        return ": issuing credentials is a read, though it makes a new lease"
    path = verdict.request.path
    role = path.rpartition("/")[2]
    definition = path.replace("creds/", "roles/")
    if any(definition in one or one.endswith(f"roles/{role}") for one in token.acl.entries):
        return "; roles/ is the definition of a role, creds/ issues for it"
    return ""


RULES = (reads_its_credentials,)
