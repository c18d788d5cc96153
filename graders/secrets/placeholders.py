"""What stands where a secret could stand: a placeholder, a reference, a name, or something random."""

from __future__ import annotations

import re

_PLACEHOLDER = re.compile(
    r"""<[^<>]*>|\$\{.*\}|\$\(.*\)|(?<![A-Za-z0-9])\$[A-Za-z_]\w*|\$[A-Z_][A-Z0-9_]{2,}|\{\{.*\}\}|\{[\w.]*\}|%\w*%|%\(\w+\)s|\A\[[^\[\]]+\]\Z|__\w+__|@\w+@"""
    r"""|⟦.*⟧""",
    re.DOTALL,
)
_PLACEHOLDER_WORD = re.compile(
    r"(?:^|[_\W])(?:replace[_-]?(?:me|with\w*|this)|your|redacted|placeholder|insert|fill[_-]?in|dummy|"
    r"not[_-]?a[_-]?(?:real[_-]?)?secret|set[_-]?(?:me|by|via|in)|from[_-]\w+|injected)(?:[_\W]|\Z)",
    re.IGNORECASE,
)
# In capitals with a gap it is a mark for a person; `changeme` is a password that ends up in production.
_CHANGE_ME = re.compile(r"CHANGE[_-]ME\Z")
_REPEATED = re.compile(r"[xX]{4,}|\*{3,}|\.{3}|…|0{8,}|(.)\1{7,}")

_TYPES_AND_FLAGS = frozenset(
    [
        "true",
        "false",
        "null",
        "none",
        "nil",
        "undefined",
        "string",
        "str",
        "number",
        "int",
        "bool",
        "any",
        "object",
        "required",
        "optional",
        "sensitive",
        "write",
        "read",
        "inherit",
        "secret",
        "password",
        "token",
        "yes",
        "no",
        "on",
        "off",
        "env",
        "file",
        "bytes",
        "~",
        "|",
        "|-",
        ">",
        ">-",
        "&",
        "*",
        "{",
        "[",
        '"',
        "'",
    ]
)
_EXPRESSION = re.compile(
    r"(?:var|local|data|module|each|self|path|random_\w+|aws_\w+|google_\w+|azurerm_\w+|tls_\w+|ephemeral|secrets|env|"
    r"inputs|needs|steps|vars|github|os|process|ctx|config|settings|args|cfg|params|request)\.\w|"
    r"\w+\(|\\\(|\$|`|!\w|\*\w|&\w|(?:vault|ref|awssm|gcpsm|op|arn|secretsmanager|ssm|file|resolve|env)[+\w]*:",
)
_NAME = re.compile(r"/?[A-Za-z][A-Za-z0-9]*(?:[-_./:#][A-Za-z0-9]+)*/?\Z")
_CHUNK = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SECRET_NAME = re.compile(
    r"[-_./](?:password|passwd|pwd|secrets?|credentials?|creds|token|key)\Z", re.IGNORECASE
)
# Words are about five letters long; random base64 changes between cases and digits every two.
_WORD_LENGTH = 3.6
_MIN_RANDOM = 16


def is_placeholder(text: str) -> bool:
    """Does anyone see that this is to be filled in (`<token>`, `${TOKEN}`, `xxxx`, REPLACE_ME)?"""
    if not text.strip() or _PLACEHOLDER.search(text) or _REPEATED.search(text):
        return True
    return _CHANGE_ME.match(text) is not None or _PLACEHOLDER_WORD.search(text) is not None


def is_reference(text: str, *, quoted: bool) -> bool:
    """Is it an expression, a reference to a store, a type or a flag instead of a value?"""
    if _EXPRESSION.match(text):
        return True
    return not quoted and text.lower() in _TYPES_AND_FLAGS


def is_name(text: str) -> bool:
    """Can it be the name or path of a secret (`payments-db`, `prod/db/password`, DB_PASSWORD)?"""
    return _NAME.match(text) is not None and not is_random(text)


def is_password_word(text: str) -> bool:
    """Is it a password and not the name or the path of one? Any other word behind `password:` is one."""
    if is_random(text):
        return True
    if _NAME.match(text) is None:
        return True
    return (
        "/" not in text and "#" not in text and _SECRET_NAME.search(text) is None and not _is_constant(text)
    )


def is_random(text: str) -> bool:
    """Is it a run of characters without words, long enough for a key?"""
    letters = re.sub(r"[^A-Za-z0-9]", "", text)
    if len(letters) < _MIN_RANDOM or " " in text.strip():
        return False
    chunks = _CHUNK.findall(text)
    return len(letters) / len(chunks) < _WORD_LENGTH


def _is_constant(text: str) -> bool:
    """The name of an environment variable (`DB_PASSWORD`) in place of its value."""
    return re.fullmatch(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+", text) is not None
