"""The one way in which set-up takes a vendor's file from the network."""

from __future__ import annotations

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from pathlib import Path

from setup.problem import SetupProblem

_SECONDS = 60
_CHUNK = 1 << 20


def download(url: str, sha256: str, target: Path) -> None:
    """Writes the file at an http(s) address to `target`, if its checksum (hex) is the expected one.

    Otherwise SetupProblem says what went wrong, and nothing lies at `target` that did not lie there before.
    """
    if not url.startswith(("https://", "http://")):
        raise SetupProblem(f"{url} is no web address")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        found = _fetch(url, draft)
        if found != sha256:
            raise SetupProblem(f"{url} has the checksum {found}, expected is {sha256}")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _fetch(url: str, draft: Path) -> str:
    """Checksum (hex) of what was written to `draft`."""
    digest = hashlib.sha256()
    size = 0
    try:
        # The scheme is checked by the caller.
        with urllib.request.urlopen(url, timeout=_SECONDS) as reply, draft.open("wb") as file:  # noqa: S310
            announced = reply.headers.get("Content-Length")
            while chunk := reply.read(_CHUNK):
                digest.update(chunk)
                size += file.write(chunk)
    except urllib.error.HTTPError as error:
        raise SetupProblem(f"{url} answered {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise SetupProblem(f"{url} can't be downloaded: {reason}") from error
    if announced is not None and size != int(announced):
        raise SetupProblem(f"{url} broke off after {size} of {announced} bytes")
    return digest.hexdigest()
