"""What tells a secret: the name of a setting, or the form of its value.

Entropy and the formats of single vendors are the business of SEC-02; here stand the forms that need no guess.
"""

from __future__ import annotations

import re

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:[A-Z]*PASSWORDS?|PASSWD|PASSPHRASE|PASS$|PWD|SECRETS?|TOKENS?|CREDENTIALS?|APIKEY|API_KEYS?|ACCESS_KEYS?"
    r"|ACCESS_KEY_ID|PRIVATE_KEYS?|SECRET_KEYS?|ENCRYPTION_KEYS?|SIGNING_KEYS?|MASTER_KEYS?|AUTH_KEYS?)(?:$|_)"
)
# The last word tells that the setting is about the secret and not the secret: where it lies, how long it lives.
_ABOUT = re.compile(
    r"_(?:FILE|FILES|PATH|DIR|DIRECTORY|NAME|NAMES|ARN|REF|URL|URI|ENDPOINT|HOST|ISSUER|AUDIENCE|TTL|EXPIRY|EXPIRES"
    r"|EXPIRATION|LIFETIME|DURATION|SECONDS|MINUTES|HOURS|MS|INTERVAL|TIMEOUT|LENGTH|SIZE|MIN|MAX|COUNT|LIMIT|ENABLED"
    r"|DISABLED|REQUIRED|TYPE|ALGORITHM|VERSION|HEADER|PREFIX|SUFFIX|POLICY|PROVIDER|STORE|MANAGER|BACKEND|REGION|MOUNT"
    r"|ROTATION|FORMAT|KEY_NAME)$"
)
_SECRET_VALUE = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\bgh[pousr]_[A-Za-z0-9]{30,}"
    r"|\bgithub_pat_[A-Za-z0-9_]{30,}"
    r"|\bglpat-[A-Za-z0-9_-]{16,}"
    r"|\bxox[abposr]-[A-Za-z0-9-]{10,}"
    r"|\bsk_live_[A-Za-z0-9]{10,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+"
)
_URL_PASSWORD = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]{0,100}:(?P<password>[^\s/@]{1,200})@", re.IGNORECASE
)
# `Server=…;Password=…` of ADO.NET, JDBC and ODBC.
_FIELD_PASSWORD = re.compile(
    r"(?:^|[;?&\s])(?:password|pwd)\s*=\s*(?P<password>[^;&\s]{1,200})", re.IGNORECASE
)
_BEARER = re.compile(r"\bBearer\s+(?P<password>[A-Za-z0-9._~+/-]{8,})")
# `name = value` and `name: value` as settings files and shell lines have them; calls and expansions are no values.
_SETTING = re.compile(
    r"[\"']?(?P<name>[A-Za-z_][\w.-]{0,100})[\"']?[ \t]{0,20}(?P<sign>[:=])(?![=:])[ \t]{0,20}"
    r"(?:\"(?P<double>[^\"\n]{0,500})\"|'(?P<single>[^'\n]{0,500})'"
    r"|(?P<bare>[^\s,;}{\"'#()\[\]=$`<>&|*]{1,500})(?=[\s,;}]|$))"
)
# A number, or the name of another variable (`password_from: DB_PASSWORD`).
_NO_VALUE = re.compile(r"[0-9.]{1,5}[a-zA-Z]{0,2}|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_REFERENCE = re.compile(r"\$\(\w+\)|\$\{[^}]*\}|\$\w+|\{\{.*?\}\}|<[^>]*>|%\w+%|\*+")
# The only reference that the kubelet resolves in env and args: another variable of the container.
_VARIABLE = re.compile(r"\$\(\w+\)")
_HARMLESS = re.compile(r"true|false|yes|no|on|off|none|null|disabled|enabled|/[\w./@-]*", re.IGNORECASE)


def names_secret(name: str) -> bool:
    """Whether a setting of this name holds a secret (DB_PASSWORD, apiKey, --token; not TOKEN_TTL or SECRET_NAME)."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.lstrip("-"))
    normal = re.sub(r"[^A-Za-z0-9]+", "_", words).upper()
    return _SECRET_NAME.search(normal) is not None and _ABOUT.search(normal) is None


def shows_secret(value: str) -> bool:
    """Whether the value has the form of a secret: a private key, a vendor's token, a URL with its password."""
    if _SECRET_VALUE.search(value):
        return True
    patterns = (_URL_PASSWORD, _FIELD_PASSWORD, _BEARER)
    passwords = [found for pattern in patterns for found in pattern.finditer(value)]
    return any(_REFERENCE.fullmatch(found["password"]) is None for found in passwords)


def sets_secret(content: str, signs: str = ":=") -> str:
    """The name of the first secret that a file's text or a shell line sets to a literal value, "" for none.

    `signs` are the signs that assign: a shell line has "=" only. Comments are left out.
    """
    for line in content.split("\n"):
        if line.lstrip().startswith(("#", "//")):
            continue
        for found in _SETTING.finditer(line):
            value = found["double"] or found["single"] or found["bare"] or ""
            computed = _NO_VALUE.fullmatch(value) or value.startswith(("$(", "`"))
            if found["sign"] in signs and names_secret(found["name"]) and is_literal(value) and not computed:
                return found["name"]
    return ""


def is_literal(value: str) -> bool:
    """Whether a value of a secret's name is the secret itself: not empty, a switch, a file's path or a reference to
    another variable (`$(DB_PASSWORD)`, `${…}`, `{{ … }}`)."""
    bare = value.strip()
    if not bare or _HARMLESS.fullmatch(bare):
        return False
    return bare.startswith("<") or _REFERENCE.sub("", bare).strip(" :@/-_.") != ""


def is_literal_env(value: str) -> bool:
    """The same for env and args, where only `$(OTHER)` refers: what a pipeline puts for `${…}` ends as plain text."""
    bare = value.strip()
    return bool(bare) and not _HARMLESS.fullmatch(bare) and _VARIABLE.sub("", bare).strip(" :@/-_.") != ""
