"""Rule VLT-05: wildcards that mean what they seem to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.simulate.access.vault.audit import excused
from graders.simulate.access.vault.mounts import UNDECLARED, endpoint
from graders.simulate.access.vault.patterns import example, has_segments
from graders.simulate.access.vault.policy import PathRule
from graders.simulate.access.vault.requests import Request
from graders.simulate.access.vault.templates import populate
from graders.vault.subjects import KIND, PARAMETERS, Token, nothing, tokens

_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
# Signs of regular expressions, of shells and of other products' policies; none of them means anything to Vault.
_FOREIGN = re.compile(r"\.\*$|[\[\]()|?^$\\]|\{[^{}]*\}|<[^>]*>|:[a-z]\w*(?=/|$)")
_PLAIN = "here it is plain text, and no such path exists"


@rule(
    "VLT-05",
    severity="H",
    constraint="least_privilege",
    source="Vault documentation: Policies, policy syntax (glob is a prefix match, + one segment)",
    kinds=(KIND,),
    parameters=PARAMETERS,
)
def globs_mean_what_they_say(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is `*` only the last character, `+` a whole segment, and does no prefix match a neighbour's name as well?

    Wrong: `*` or `+` inside (they are plain characters there), regular expressions, placeholders of other tools, and a
    glob behind part of a name (`team-a*` is team-admin too) where a request on such a neighbour is then allowed.
    Accepted: a glob behind a slash; one behind part of a name where all such names are the token's own, where another
    path takes the neighbours back, or where its capabilities do nothing there; a sign that a name of the case has.
    """
    for token in tokens(bundle, facts):
        names = {request.path for request in token.needs.requests(token.needs.required, token.needs.harmless)}
        for one in token.rules():
            message = "" if one.path in names else _literal(one.path) or _neighbour(token, one)
            if message:
                yield Violation(one.file, one.line, f'path "{one.path}": {message}')
    yield from nothing(bundle)


def _literal(pattern: str) -> str:
    plain = _TEMPLATE.sub("", pattern)
    if "*" in plain.removesuffix("*"):
        return f"`*` is a glob as the last character only; {_PLAIN}"
    if any("+" in segment and segment != "+" for segment in plain.split("/")):
        return f"`+` stands for a whole segment only; {_PLAIN}"
    foreign = _FOREIGN.search(plain)
    if foreign:
        return f"`{foreign.group()}` means nothing to Vault; {_PLAIN}"
    return ""


def _neighbour(token: Token, one: PathRule) -> str:
    """What a name that only begins alike lets the token do."""
    path = populate(one.path, token.needs.identity)
    if path is None or not path.endswith("*") or path[:-1].endswith("/") or path in ("*", "+/*"):
        return ""
    body = example(path.removesuffix("*"), UNDECLARED) if has_segments(path) else path.removesuffix("*")
    for neighbour in (f"{body}-{UNDECLARED}", f"{body}{UNDECLARED}/{UNDECLARED}", f"{body}{UNDECLARED}"):
        for operation in endpoint(neighbour, token.needs.mounts).operations:
            request = Request(operation, f"{neighbour}/" if operation == "list" else neighbour)
            decision = token.acl.decide(request)
            ours = decision.entry is not None and one in decision.entry.rules
            if decision.allowed and ours and not excused(request, token.needs):
                shown = str(request).replace(UNDECLARED, "other")
                return f"a glob is a prefix: it lets the token of {token.needs.token} {shown} as well; end it in `/*`"
    return ""


RULES = (globs_mean_what_they_say,)
