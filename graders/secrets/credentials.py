"""SEC-02: no credential in any file, an invented one included.

detect-secrets proposes lines; what it cannot know (is this a placeholder, a digest, the name of a secret?) is
decided here, together with literals behind names such as `password`, which it passes over when they are plain
words, and some formats that it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.facts import Facts
from graders.markdown import Document
from graders.report import Message
from graders.rule import Violation, rule
from graders.secrets.assignments import literals
from graders.secrets.placeholders import is_placeholder, is_random, is_reference
from graders.secrets.private_keys import decoded_pem, private_keys
from graders.secrets.terraform_literals import terraform_literals
from graders.tools.batch import OUTSIDE_LIMITS

_FORMATS = (
    ("GitHub token", re.compile(r"\bgithub_pat_[A-Za-z0-9_]{22,}")),
    ("Google API key", re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b")),
    ("Vault token", re.compile(r"\bhv[sb]\.[A-Za-z0-9_-]{20,}")),
    ("Grafana token", re.compile(r"\bgl(?:sa|c)_[A-Za-z0-9_=-]{20,}")),
    ("DigitalOcean token", re.compile(r"\bdop_v1_[0-9a-f]{64}\b")),
    ("age key", re.compile(r"\bAGE-SECRET-KEY-1[0-9A-Z]{50,}")),
    ("AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("Slack webhook", re.compile(r"hooks\.slack\.com/services/T[0-9A-Z]{8,}/B[0-9A-Z]{8,}/[0-9A-Za-z]{20,}")),
)

_BASIC_AUTH = re.compile(r"://[^\s:/@\"']*:([^\s@\"']+)@")
_BLOCK_SCALAR = re.compile(r":\s*[|>][-+0-9]*\s*(?:#.*)?\Z")
_WORD = re.compile(r"[A-Za-z0-9+/=_-]{16,}")
_HEX = re.compile(r"[0-9a-fA-F]+\Z")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_DIGEST_LENGTHS = frozenset({32, 40, 56, 64, 96, 128})
_DIGEST_BEFORE = re.compile(r"(?:@|sha\d{1,3}[:-]|\b(?:h1|zh):|arn:\S*|://\S*|ssh-\w+ )\Z", re.IGNORECASE)
_DIGEST_LINE = re.compile(
    r"digest|sha-?\d|checksum|commit|revision|thumbprint|fingerprint|integrity|\bref\b", re.IGNORECASE
)
_SECRET_LINE = re.compile(r"passw|pwd|secret|token|key|credential", re.IGNORECASE)


@rule(
    "SEC-02",
    severity="H",
    constraint="secret_hygiene",
    source="OWASP Top 10 CI/CD: CICD-SEC-6 insufficient credential hygiene; detect-secrets",
    tools=("detect_secrets",),
)
def invents_no_credential(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is no file the bearer of a credential, invented ones and documented examples included?

    Accepted: references, `<...>`, `${...}`, `$VAR`, REPLACE_ME, xxxx, empty values; commit ids, digests,
    checksums, UUIDs, ARNs, public keys, names and paths of secrets. Wrong: any key in a known format (AWS's
    documented examples too), a random literal, a literal behind a password's name (`changeme` too), a
    password in a URL.
    """
    report = bundle.report("detect_secrets")
    structural = list(terraform_literals(bundle))
    for artifact in bundle.artifacts:
        lines = artifact.text.split("\n")
        reasons: dict[int, str] = {}
        for message in report.messages:
            if message.file == artifact.path and message.line and message.line <= len(lines):
                reason = _proposed(message, lines)
                if reason is not None:
                    reasons.setdefault(message.line, reason)
        for number, reason in _own_findings(artifact, lines, bundle.parsed.get(artifact.path)):
            reasons.setdefault(number, reason)
        for path, number, reason in structural:
            if path == artifact.path:
                reasons.setdefault(number, reason)
        for number in sorted(reasons):
            yield Violation(
                artifact.path, number, f"{reasons[number]}; right is a reference to a secret store"
            )


def _proposed(message: Message, lines: list[str]) -> str | None:
    """What a line that detect-secrets proposes holds, None when it is no credential. The detector may be
    named by its class (`AWSKeyDetector`) or by what it finds (`AWS Access Key`)."""
    number = message.line or 1
    line, name = lines[number - 1], message.code.lower().replace(" ", "")
    if message.code == OUTSIDE_LIMITS:
        return f"the file cannot be searched for credentials ({message.text})"
    if re.search(r"ipv4|ippublic|keyword|privatekey", name):
        # Addresses are no secrets; names that promise a secret and private keys are looked at by
        # `_own_findings`, with all lines of a block.
        return None
    if "entropy" in name:
        found = any(_has_random_word(one) for one in _block(lines, number))
        return "a random literal that looks like a credential" if found else None
    if "basicauth" in name:
        return _url_password(line)
    words = _WORD.findall(line)
    if words and all(is_placeholder(word) for word in words):
        return None
    return f"a credential in a known format ({message.code})"


def _block(lines: list[str], number: int) -> list[str]:
    """The line itself, with the lines of the block scalar that it opens: the detector names only the first."""
    line = lines[number - 1]
    if not _BLOCK_SCALAR.search(line):
        return [line]
    margin = len(line) - len(line.lstrip())
    below = takewhile(lambda one: not one.strip() or len(one) - len(one.lstrip()) > margin, lines[number:])
    return [line, *below]


def _own_findings(artifact: Artifact, lines: list[str], parsed: object) -> Iterator[tuple[int, str]]:
    for number in private_keys(artifact.text):
        yield number, "a private key"
    fenced = _fenced_lines(parsed) if isinstance(parsed, Document) else None
    for number, line in enumerate(lines, start=1):
        for name, pattern in _FORMATS:
            if any(not is_placeholder(match[0]) for match in pattern.finditer(line)):
                yield number, f"a credential in a known format ({name})"
        if (reason := _url_password(line)) is not None:
            yield number, reason
        # In prose "the token: …" is a sentence; in a code block it is a file or a command.
        if fenced is None or number in fenced:
            for at, name in literals(lines, number, artifact.kind):
                yield at, f"a literal value for {name}"


def _fenced_lines(document: Document) -> set[int]:
    return {
        fence.line + number for fence in document.fences for number in range(1, fence.text.count("\n") + 1)
    }


def _url_password(line: str) -> str | None:
    for match in _BASIC_AUTH.finditer(line):
        if not is_placeholder(match[1]) and not is_reference(match[1], quoted=False):
            return "a password inside a URL"
    return None


def _has_random_word(line: str) -> bool:
    for match in _WORD.finditer(line):
        word, before = match[0], line[: match.start()]
        if is_placeholder(word) or _UUID.search(word) or _DIGEST_BEFORE.search(before):
            continue
        if "PRIVATE KEY" not in (pem := decoded_pem(word)) and pem:
            # A certificate or a public key.
            continue
        if _HEX.match(word):
            if len(word) in _DIGEST_LENGTHS and (
                _DIGEST_LINE.search(line) or not _SECRET_LINE.search(before)
            ):
                continue
            return True
        if is_random(word) and not re.match(r"sha\d{3}-|AAAA", word):
            return True
    return False
