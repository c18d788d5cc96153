"""SEC-04: is there a procedure for the credential that leaked, in the right order?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, cast

from graders.bundle import Bundle
from graders.facts import Facts
from graders.markdown import Document
from graders.rule import Violation, rule
from graders.secrets.procedures import mentions, procedures

ISSUE, SWITCH, VERIFY, REVOKE = "issue", "switch", "verify", "revoke"

_NEW = r"\s+(?:an?|the|one)\s+(?:new|second|fresh|replacement)"
_WORDS = {
    ISSUE: r"(?:creat|issu|generat|rotat)(?:e|es|ed|ing)|mint|provision"
    rf"|ask\w*\b[^.;\n]{{0,60}}?\bfor{_NEW}|set(?:ting|s)? up|(?:add|request|make|order|obtain|get|put|write|store){_NEW}",
    SWITCH: r"switch(?!\w* off)\w*|updat\w+(?!-access-key)|(?:re)?deploy\w*"
    r"|roll(?:ing|s|ed)?(?: \w+){0,3}?[ -]?out|re-?start\w*|replac\w+|migrat\w+"
    r"|cut(?:ting)?[ -]?over|(?:re)?point\w*|propagat\w+|distribut\w+|swap\w*|apply|move"
    r"|chang(?:e|es|ed|ing)|secret set|merg(?:e|es|ed|ing)|(?:sudo)?edit(?:s|ed)?",
    VERIFY: r"verif\w+|confirm\w*|check\w*|validat\w+|test\w*|ensur\w+|prov(?:e|es|en)|watch|monitor|make sure"
    r"|smoke\w*|last[ -]used|must (?:be|succeed|pass|work|run|go)|green",
    REVOKE: r"revok\w+|revocation|disabl\w+|deactivat\w+|delet\w+|invalidat\w+|destroy\w*|retir\w+|remov\w+|expire"
    r"|(?:turn|switch)\w* (?:it |the (?:old )?\w+ )?off|(?:mark|set|make)s?\b[^.;]{0,40}\binactive|status[ =]inactive",
}
_ACTIONS = {action: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for action, words in _WORDS.items()}
# Taking the text out of a file or a history disables nothing.
_CLEANS_UP = re.compile(
    r"\b(?:from|in|out of)\b.*\b(?:repo\w*|git|histor\w+|code|file\w*|workflow\w*|source|config\w*|manifest\w*"
    r"|commit\w*|logs?|state|pipeline\w*|chart|values)\b",
    re.IGNORECASE | re.DOTALL,
)
# What can be created, updated and deleted beside credentials.
_OTHER_OBJECT = re.compile(
    r"\b(?:branch\w*|tickets?|issues?\Z|pull requests?|prs?|incidents?|channels?|backups?|doc(?:ument\w*|s)?|runbooks?"
    r"|timeline|post-?mortem|status page|dashboards?|snapshots?|cache\w*)\b",
    re.IGNORECASE,
)
_CREDENTIAL_WORD = re.compile(
    r"\b(?:keys?|tokens?|secrets?|credentials?|webhooks?|passwords?|certificates?|users?|roles?|access|one|it|them)\b",
    re.IGNORECASE,
)
# What is left to someone's mood is no step.
_WEAK = re.compile(
    r"\boptional\w*|\bsome ?day\b|\bif (?:there is|you have|we have) time\b|\bnice to have\b|\bif wanted\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[.;:!?\n]+|,|—|–| - | (?:and )?then |\b(?=(?:before|until|once|after|when|as soon as|only)\b)",
    re.IGNORECASE,
)
_EARLIER = re.compile(r"(?:once|after(?!\s+(?:that|this|which)\b)|when|as soon as)\b", re.IGNORECASE)
# What follows these words is warned of or put off, it is not what the step does.
_PUT_OFF = re.compile(
    r"\b(?:not|don't|never|cannot|without|before|until|instead of|rather than|consider\w*|may|might)\b",
    re.IGNORECASE,
)


@rule(
    "SEC-04",
    severity="H",
    constraint="escalation",
    source="OWASP Top 10 CI/CD: CICD-SEC-6; AWS IAM documentation: rotating access keys",
    parameters={"owner": list[str], "credential": str, "compromised": bool | None, "replaced": bool | None},
)
def rotates_the_leaked_credential(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does a document say how to replace the leaked credential: issue, switch, verify, revoke, with an owner?

    Accepted: a numbered list, numbered headings or a table with numbered rows, bullets that are said to be in order,
    prose with first, then, finally; several actions in one step, warnings ("do not revoke before ..."); with
    `compromised`, disabling the old one first; with `replaced` (roles take the credential's place, none is issued
    anew) switching and revoking, the deployments through the roles being the proof. Wrong: no order, a step missing,
    the old one revoked before its consumers switched, the credential or an owner not named, steps in a section on
    another credential.
    """
    credential = str(facts.params.get("credential") or "")
    owners: Any = facts.params.get("owner")
    names = (
        list(map(str, cast("list[Any]", owners)))
        if isinstance(owners, (list, tuple))
        else [str(owners or "")]
    )
    wanted = [SWITCH] if facts.params.get("replaced") else [ISSUE, SWITCH, VERIFY]
    if not facts.params.get("compromised"):
        wanted.append(REVOKE)
    problems: list[Violation] = []
    for artifact in bundle.of("markdown"):
        document: object = bundle.parsed.get(artifact.path)
        if not isinstance(document, Document):
            continue
        problem = _problem(document, artifact.text, credential, names, wanted)
        if problem is None:
            return
        problems.append(Violation(artifact.path, None, problem))
    if problems:
        yield from problems
    else:
        yield Violation(
            "", None, f"no document says what to do about {credential or 'the leaked credential'}"
        )


def _problem(
    document: Document, text: str, credential: str, owners: list[str], wanted: Sequence[str]
) -> str | None:
    """Why the document is not the procedure that is wanted, None when it is. `wanted` are the actions in their order;
    where it does not end with revoking, the old credential may be revoked at any time."""
    if not mentions(text, credential):
        return f"does not name the credential {credential}"
    if not any(owner and mentions(text, owner) for owner in owners):
        return f"names no owner of the rotation ({', '.join(owners)})"
    best: str | None = None
    for steps in procedures(document, text, credential):
        problem = _order_problem(_events(steps), wanted)
        if problem is None:
            return None
        # A list that has to do with revoking says most about what is wrong.
        if best is None or REVOKE in _events(steps):
            best = problem
    return best or "has no steps in an order for the credential"


def _events(steps: Sequence[str]) -> list[str]:
    """The actions in the order in which the steps name them."""
    events: list[str] = []
    for step in steps:
        done: list[str] = []
        for clause in _CLAUSE.split(step):
            found = _actions(clause)
            # "Revoke the old key once it is verified": the second clause comes first.
            done = [*found, *done] if _EARLIER.match(clause) else [*done, *found]
        events.extend(done)
    return events


def _actions(clause: str) -> list[str]:
    told = _PUT_OFF.split(clause, maxsplit=1)[0]
    if _WEAK.search(clause) or (_OTHER_OBJECT.search(told) and not _CREDENTIAL_WORD.search(told)):
        return []
    found = [(m.start(), action) for action, words in _ACTIONS.items() for m in words.finditer(told)]
    return [action for _, action in sorted(found) if action != REVOKE or not _CLEANS_UP.search(told)]


def _order_problem(events: list[str], wanted: Sequence[str]) -> str | None:
    if REVOKE not in events:
        return "no step revokes the old credential"
    first_switch = events.index(SWITCH) if SWITCH in events else None
    if first_switch is None:
        return "no step switches the consumers to the new credential"
    if events.index(REVOKE) < first_switch and REVOKE in wanted:
        return "the old credential is revoked before its consumers have switched"
    at = 0
    for action in wanted:
        if action not in events[at:]:
            return f"the order is not {', '.join(wanted)}: {action} does not come after what precedes it"
        at = events.index(action, at) + 1
    return None
