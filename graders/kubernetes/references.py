"""Image references: name, tag and digest."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._\-]*(:[0-9]+)?(/[a-z0-9][a-z0-9._\-]*)*", re.IGNORECASE)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Reference:
    """An image reference taken apart; a missing part is ""."""

    name: str
    tag: str
    digest: str

    def __str__(self) -> str:
        return self.name + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")

    @property
    def resolved(self) -> bool:
        """Whether every part is written in the characters that a reference may have (no `${TAG}`, no `<tag>`)."""
        return (
            _NAME.fullmatch(self.name) is not None
            and (not self.tag or _TAG.fullmatch(self.tag) is not None)
            and (not self.digest or _DIGEST.fullmatch(self.digest) is not None)
        )


def reference(image: str) -> Reference:
    """Take a reference apart: the tag follows the last colon behind the last slash, the digest follows `@`."""
    rest, _, digest = image.partition("@")
    slash = rest.rfind("/")
    colon = rest.rfind(":")
    if colon > slash:
        return Reference(rest[:colon], rest[colon + 1 :], digest)
    return Reference(rest, "", digest)
