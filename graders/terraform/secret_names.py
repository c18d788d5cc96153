"""Which names speak of a secret value, which texts are one, and which only stand for one."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SECRET = _words(
    "password passwords passwd pwd secret secrets token passphrase credential credentials apikey"
)
# What comes before `key` in a name that means a secret one (`hash_key`, `public_key` and `kms_key` are none).
_KEYS = _words(
    """api access secret private encryption signing license auth account shared master webhook hmac
    deploy"""
)
# A name that ends so speaks about a secret, but is not its value.
_ABOUT = _words(
    """arn arns id ids name names length version path paths ttl days hours enabled policy prefix
    suffix parameter file url uri endpoint type stage key rotation description reset expiry
    expiration units use usage source provider ref algorithm format store manager issuer
    audience scope header method region kind"""
)
_PLAIN_NAME = re.compile(r"[A-Za-z_][\w-]*\Z")
_STANDS_FOR = re.compile(
    r"\s*\Z|<.*>\Z|\$(?:[{(]|(?-i:[A-Z_][A-Z0-9_]*)\Z)|\{\{"
    r"|arn:|alias/|x{4,}\Z|\*+\Z|(?:replace|placeholder|set|fill)([-_ ].*|me)?\Z"
    r"|(?:resolve:|ssm:|vault:|secretsmanager:|projects/)",
    re.I | re.S,
)
# An AWS secret access key may hold slashes too.
_ACCESS_KEY = re.compile(r"[A-Za-z0-9/+]{40}\Z")
_A_PATH = re.compile(r"/?[\w.-]+(?:/[\w.-]+)+\Z")
_FORMATS = (
    ("an AWS access key id", re.compile(r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,})")),
    ("a Slack token", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("a Stripe key", re.compile(r"\b[rs]k_live_[A-Za-z0-9]{16,}")),
    ("a Google API key", re.compile(r"\bAIza[\w-]{35}")),
    ("a JSON web token", re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}")),
    ("a URL with a password", re.compile(r"\b[a-z][a-z0-9+]{2,20}://[^\s:/@]{0,100}:[^\s:/@$<{]{3,200}@")),
)
# An assignment inside a script or an environment file, and a pair inside JSON text.
_ASSIGNED = re.compile(r"(?:^|[\s;\"'-])(\w{2,80})=[\"']?([^\s\"'$<`]{4,200})(?=[\s\"';]|$)", re.M)
_YAML_PAIR = re.compile(r"^[ \t]*(?:- )?(\w{2,80}):[ \t]+[\"']?([^\s\"'$<{]{4,200})[\"']?[ \t]*$", re.M)
_JSON_PAIR = re.compile(r"\"(\w{2,80})\"\s*:\s*\"([^\"$\n]{1,500})\"")


def names_secret(name: str) -> bool:
    """Does an attribute, variable or environment variable of this name hold a secret value?"""
    if not _PLAIN_NAME.match(name):
        return False
    words = [word.lower() for word in _WORDS.findall(name)]
    while words and (
        words[-1] in ("wo", "base64", "value", "string", "binary", "data") or words[-1].isdigit()
    ):
        words.pop()
    if not words:
        return False
    if words[-1] == "key" and len(words) > 1:
        return words[-2] in _KEYS
    return words[-1] not in _ABOUT and any(word in _SECRET for word in words)


def stands_for_secret(name: str, value: str) -> bool:
    """Is `value` no secret itself: empty, a placeholder, an ARN, or the path under which a store keeps it?"""
    last = [word.lower() for word in _WORDS.findall(name)][-1:]
    return _STANDS_FOR.match(value) is not None or (
        last in (["secret"], ["secrets"])
        and _A_PATH.match(value) is not None
        and _ACCESS_KEY.match(value) is None
    )


def secrets_in(text: str) -> Iterator[tuple[int, str]]:
    """The credentials written out in a text as (lines below its start, what was found)."""
    for what, pattern in _FORMATS:
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()), what
    for pattern in (_ASSIGNED, _YAML_PAIR, _JSON_PAIR):
        for match in pattern.finditer(text):
            name, value = match.groups()
            if names_secret(name) and not stands_for_secret(name, value):
                yield text.count("\n", 0, match.start(1)), f"a literal {name}"
