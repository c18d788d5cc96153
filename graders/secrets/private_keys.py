"""PEM blocks of private keys, wherever they stand: indented, in heredocs, in JSON text, in base64."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from graders.secrets.placeholders import is_random

_BEGIN = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
_END = "-----END"
# Further than this from its head no key is read.
_MAX_BODY = 8_000
# RFC 1421 heads of an encrypted key, OpenPGP's armour heads.
_HEAD = re.compile(r"(?:Proc-Type|DEK-Info|Version|Comment|Hash|Charset)\s*:[^\n\\]*")
_LINE_END = re.compile(r"\\+[rn]|\r")
# Between the lines of a key stand quotes, commas, plus signs, comment and continuation marks, and no words.
_BODY = re.compile(r"[\s\"'`,+\\#*>|;()\[\]]*(?:[A-Za-z0-9+/=]+[\s\"'`,+\\#*>|;()\[\]]*)+")
_RUN = re.compile(r"[A-Za-z0-9+/=]{16,}")
_ELIDED = re.compile(r"\.{3}|…|<[^<>]*>|[xX]{6,}|\*{3,}")
# The smallest real key (Ed25519 in PKCS #8) has 64 characters; one with `...` and fewer is a sketch of a key.
_SMALLEST = 64
# "-----BEGIN " in base64.
_ENCODED = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/_-]{20,}={0,2}")


def private_keys(text: str) -> Iterator[int]:
    """The 1-based line of each private key's head. A head without a key behind it (prose, a pattern) is none."""
    for match in _BEGIN.finditer(text):
        if _has_body(text[match.end() : match.end() + _MAX_BODY]):
            yield text.count("\n", 0, match.start()) + 1
    for match in _ENCODED.finditer(text):
        plain = decoded_pem(match[0])
        if any(True for _ in private_keys(plain)):
            yield text.count("\n", 0, match.start()) + 1


def decoded_pem(word: str) -> str:
    """The PEM text that `word` holds in base64, "" when it is none."""
    if not _ENCODED.match(word):
        return ""
    standard = word.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return ""


def _has_body(after: str) -> bool:
    closed = _END in after
    body = _HEAD.sub("\n", _LINE_END.sub("\n", after.partition(_END)[0]))
    if not closed:
        read = _BODY.match(body)
        # Without an end only what follows on the next line is the key's; a path behind a search pattern is not.
        if read is None or "\n" not in read[0][: len(read[0]) - len(read[0].lstrip("\"'`,+\\ \t\n"))]:
            return False
        body = read[0]
    runs = _RUN.findall(body)
    letters = sum(map(len, runs))
    return not (_ELIDED.search(body) and letters < _SMALLEST) and is_random("".join(runs))
