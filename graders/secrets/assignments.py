"""Literal values behind the name of a secret: assignments, name/value pairs, options of commands, fallbacks."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from graders.secrets.placeholders import (
    is_name,
    is_password_word,
    is_placeholder,
    is_random,
    is_reference,
)

_KEY = (
    r"passw(?:or)?d|passphrase|pwd|[_-]pass|secret|token|(?:api|access|auth|private|client"
    r"|service|routing|integration|account|encryption|signing|secret)[_-]?key"
)
_VALUE = r"""(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s#,"'][^\s,]*)(?=(?P<more>[^\n,]*))"""
_ASSIGNMENT = re.compile(
    rf"""(?<![\w.-])["']?(?P<key>[\w.-]*(?:{_KEY}))["']?(?P<sign>\s*(?::=|=>|[:=])\s*)(?:(?:&\w+|!!str)\s+)*{_VALUE}""",
    re.IGNORECASE,
)
# YAML's value on the line below its key.
_KEY_ALONE = re.compile(
    rf"""[\s-]*["']?(?P<key>[\w.-]*(?:{_KEY}))["']?\s*:\s*(?:[|>][-+0-9]*)?\s*(?:#.*)?\Z""", re.IGNORECASE
)
_WORD_ALONE = re.compile(r"""\s+(?P<value>"[^"]*"|'[^']*'|[^\s"'#:{\[-][^\s:]*)\s*\Z""")
# An environment variable as a pair: name and value in either order, on the same or the next line.
_PAIR_KEY = (
    r"""["']?name["']?\s*[:=]\s*["']?(?P<key>[\w.-]*(?:PASSW(?:OR)?D|[_.-]PASS|SECRET|TOKEN|[_.-]KEY))["']?"""
)
_BETWEEN = r"\s*,?[ \t]*(?:#[^\n]*)?\n?[ \t]*"
_PAIR = re.compile(
    rf"""(?<![\w.-]){_PAIR_KEY}{_BETWEEN}["']?value["']?(?P<sign>\s*[:=]\s*){_VALUE}""",
    re.IGNORECASE,
)
_TURNED_PAIR = re.compile(
    rf"""(?<![\w.-])["']?value["']?(?P<sign>\s*[:=]\s*)(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s#,"'][^\s,]*)(?P<more>){_BETWEEN}{_PAIR_KEY}""",
    re.IGNORECASE,
)
# The value of `${NAME:-value}` is used wherever NAME is not set.
_EXPANSION = re.compile(rf"\$\{{(?P<key>\w*(?:{_KEY})):?[-=](?P<value>[^}}\n]*)\}}?", re.IGNORECASE)
# What other languages fall back to, behind the name that it is assigned to.
_FALLBACK = re.compile(
    r"""(?:\|\||\?\?|\bor\b|\belse\b|\bdefault\b\s*\(?|[\w.](?:getenv|get|env|lookup|coalesce|try)\([^()\n]*,)\s*["'](?P<value>[^"'\n]+)["']""",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"""(?<![\w.-])["']?(?P<key>[\w.-]*(?:{_KEY}))["']?\s*(?::=|=>|[:=])""", re.IGNORECASE)
_OPTION = re.compile(
    r"""(?<=\s)(?P<key>--?(?:[\w-]*(?:password|passphrase|token|secret|api-key)))\s+(?P<value>"[^"\n]*"|'[^'\n]*'|[^\s"'-][^\s]*)""",
)
_USER_OPTION = re.compile(
    r"""\b(?:curl|wget|http|skopeo|crane)\b[^\n|;]{0,400}?\s(?:-u|--user|--(?:src-|dest-)?creds)[ =]?"""
    r"""["']?[\w.@-]+:(?P<value>[^\s"']+)"""
)
_HEADER = re.compile(
    r"""\bAuthorization["']?\s*[:=]\s*["']?(?:Bearer|Basic|token)\s+(?P<value>[^\s"'\\]+)""", re.IGNORECASE
)
_STDIN = re.compile(
    r"""\b(?:echo|printf)\s+(?:-n\s+|["']?%s(?:\\n)?["']?\s+)?["']?(?P<value>[^\s"'|]+)["']?\s*\|[^\n|]*--password-stdin"""
)
_SHORT_OPTION = re.compile(
    r"""\b(?:sshpass\s+-p\s*|(?:docker|podman|helm\s+registry|oras|skopeo|crane)(?:\s+auth)?\s+login\b"""
    r"""[^\n|;]{0,400}?\s-p\s+"""
    r"""|mysql(?:dump|admin)?\b[^\n|;]{0,400}?\s-p(?=\S))["']?(?P<value>[^\s"']+)"""
)
_ENV_LINE = re.compile(rf"""\s*ENV\s+(?P<key>\w*(?:{_KEY}))\s+(?P<value>[^\s=]+)\s*\Z""", re.IGNORECASE)
_DOCKER_AUTH = re.compile(r"""["']auth["']\s*:\s*["'](?P<value>[A-Za-z0-9+/=]{8,})["']""")

# In these a bare word is a reference, a literal stands in quotes.
_QUOTED_ONLY = frozenset(
    {"terraform", "tfvars", "vault_policy", "python", "go", "json", "rego", "jenkinsfile"}
)
# Lines of comment between a name and its value.
_FAR = 6
# Shorter ones behind `token:` or `key:` are counts, durations, flags.
_MIN_LENGTH = 8
# Whatever it is for, this is what is found in production later.
_CHANGE_ME = re.compile(r"change[-_]?(?:me|it|this)(?:[-_.!0-9]|\Z)", re.IGNORECASE)
_PASSWORD_KEY = re.compile(r"(?:passw(?:or)?d|passphrase|pwd|[_.-]pass)\Z", re.IGNORECASE)


def literals(lines: list[str], number: int, kind: str) -> Iterator[tuple[int, str]]:
    """The literal secrets that start on line `number` (1-based) of a file of this kind, as (line, name)."""
    line = lines[number - 1]
    for match in _ASSIGNMENT.finditer(line):
        if _is_assigned(match, kind):
            yield number, match["key"]
    below = next((n for n, text in enumerate(lines[number : number + _FAR], number + 1) if _says(text)), None)
    two = line if below is None else f"{line}\n{lines[below - 1]}"
    for pattern in (_PAIR, _TURNED_PAIR):
        for match in pattern.finditer(two):
            if _is_assigned(match, kind):
                on_first = match.start("value") <= len(line)
                yield number if on_first or below is None else below, match["key"]
    if below is not None and kind not in _QUOTED_ONLY and (alone := _KEY_ALONE.match(line)) is not None:
        word = _WORD_ALONE.match(lines[below - 1])
        if word is not None and is_secret(alone["key"], word["value"].strip("\"'"), quoted=False):
            yield below, alone["key"]
    for match in _EXPANSION.finditer(line):
        if is_secret(match["key"], match["value"].strip("\"'"), quoted=False):
            yield number, match["key"]
    if (named := _NAMED.search(line)) is not None:
        for match in _FALLBACK.finditer(line, named.end()):
            if is_secret(named["key"], match["value"], quoted=True):
                yield number, named["key"]
    yield from ((number, name) for name in _of_commands(line))


def _says(line: str) -> bool:
    """Is there more than white space and a comment on the line?"""
    return bool(line.strip()) and not line.lstrip().startswith(("#", "//"))


def is_secret(key: str, text: str, *, quoted: bool) -> bool:
    """Is `text` a secret in the place of the value of `key`, and no placeholder, reference or name of one?"""
    # A phrase describes, an address is looked at as a URL, an opening bracket starts a structure.
    if not text or re.search(r"\s|://|^[\[{(]", text):
        return False
    if is_placeholder(text) or is_reference(text, quoted=quoted):
        return False
    if (plain := _plain(text)) and is_placeholder(plain):
        return False
    if _CHANGE_ME.match(text):
        return True
    if _PASSWORD_KEY.search(key):
        return is_password_word(text)
    return is_random(text) or (len(text) >= _MIN_LENGTH and not is_name(text))


def _is_assigned(match: re.Match[str], kind: str) -> bool:
    value = match["value"]
    quoted = value[0] in "\"'"
    if not quoted and (kind in _QUOTED_ONLY or _is_phrase(match)):
        return False
    return is_secret(match["key"], value[1:-1] if quoted else value.rstrip(",;}])"), quoted=quoted)


def _is_phrase(match: re.Match[str]) -> bool:
    """Does more than a comment or closing marks follow an unquoted value? After `NAME=value` that is a command."""
    rest = re.sub(r"\s#.*", "", match["more"]).strip(" \t,;}]\\")
    return bool(rest) and match["sign"] != "="


def _of_commands(line: str) -> Iterator[str]:
    """The names of literal credentials that are handed to programs."""
    for match in _OPTION.finditer(line):
        if is_secret(match["key"], match["value"].strip("\"'"), quoted=False):
            yield match["key"]
    if (env := _ENV_LINE.match(line)) is not None and is_secret(
        env["key"], env["value"].strip("\"'"), quoted=False
    ):
        yield env["key"]
    for pattern, name in (
        (_USER_OPTION, "the user's password"),
        (_STDIN, "password"),
        (_SHORT_OPTION, "-p"),
    ):
        for match in pattern.finditer(line):
            if is_secret("password", match["value"].rstrip(","), quoted=False):
                yield name
    for match in _HEADER.finditer(line):
        if is_secret("token", match["value"], quoted=False):
            yield "Authorization"
    for match in _DOCKER_AUTH.finditer(line):
        user, _, password = _plain(match["value"]).partition(":")
        if user and is_secret("password", password, quoted=True):
            yield "auth"


def _plain(text: str) -> str:
    """What `text` holds in base64 when that is printable, "" when not (`UkVQTEFDRV9NRQ==` is a placeholder too)."""
    try:
        plain = base64.b64decode(text, validate=True).decode("ascii").strip()
    except (binascii.Error, ValueError):
        return ""
    return plain if plain.isprintable() else ""
