"""Calls of GitHub's API that a script spells out, and the scope that each takes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_OWN = re.compile(r"github\.token|secrets\.github_token|\$\{?(?:GITHUB_TOKEN|GH_TOKEN)\b", re.IGNORECASE)
_CALL = re.compile(r"(?:github|octokit)(?:\.rest)?\.([a-zA-Z]+)\.([a-zA-Z]+)")
_CLIENT = re.compile(r"\b(?:github|octokit)\.(?:rest\.)?([a-zA-Z]+)\b")
_PARTS = frozenset({"rest", "paginate", "iterator", "log", "hook"})
_READS = re.compile(r"(get|list|check|compare|download)")
_FIELDS = ("-f", "-F", "--field", "--raw-field", "--input")


class UnknownUse(Exception):
    """A use of the token whose scopes no table knows."""


@dataclass(frozen=True, slots=True)
class Need:
    """One of these scopes with its level, for what stands in `line`; `by` names it in messages."""

    scopes: tuple[tuple[str, str], ...]
    line: int
    by: str

    @classmethod
    def of(cls, text: str, line: int, by: str) -> Need:
        """From `scope:level`, or several of them between `|`."""
        parts = (part.partition(":") for part in text.split("|"))
        return cls(tuple((scope, level) for scope, _, level in parts), line, by)

    def __str__(self) -> str:
        return " or ".join(f"`{scope}: {level}`" for scope, level in self.scopes)


def is_own_token(text: str) -> bool:
    """Whether the text stands for the job's own token."""
    return _OWN.search(text) is not None


@lru_cache(1)
def _table() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name("token_scopes.toml").read_text(encoding="utf-8"))


def api(words: Sequence[str], line: int) -> list[Need]:
    """What `gh api …` needs; raises `UnknownUse` for a path that the table does not know."""
    path = next((word for word in words[2:] if "/" in word and not word.startswith("-")), "")
    found = re.search(r"(?:^|/)repos/[^/]+(?:/[^/]+)?/(.+)", path.split("?")[0]) if path else None
    if found is None:
        raise UnknownUse(" ".join(words))
    rest = path.split("?")[0].split("repos/", 1)[1]
    places = [
        (match.start(1), number, scopes)
        for number, (pattern, scopes) in enumerate(_table()["rest"].items())
        if (match := re.search(rf"^.+?/({pattern})(?=/|$)", rest))
    ]
    if not places:
        raise UnknownUse(" ".join(words))
    # `deployments/ID/statuses` belongs to deployments: what stands first says whose it is.
    _, _, scopes = min(places)
    level = "write" if _method(words) not in ("GET", "HEAD") else "read"
    return [_need(scopes, level, line, f"`gh api …/{rest.rpartition('/')[2]}`")]


def _method(words: Sequence[str]) -> str:
    for at, word in enumerate(words):
        if word in ("-X", "--method"):
            return (words[at + 1] if at + 1 < len(words) else "").upper()
        joined = re.match(r"(?:-X|--method=)(\w+)$", word)
        if joined:
            return joined.group(1).upper()
    return "POST" if any(word.startswith(_FIELDS) for word in words) else "GET"


def octokit(script: str, line: int) -> list[Need]:
    """What the script of actions/github-script needs; raises `UnknownUse` for a client call that the table does not know
    and for a script that lies elsewhere."""
    needs = list(_octokit(script, line))
    if "getIDToken" in script:
        needs.append(Need.of("id-token:write", line, "`core.getIDToken`"))
    return needs


def _octokit(script: str, line: int) -> Iterator[Need]:
    if re.search(r"require\(\s*['\"`]\.|import\(", script):
        raise UnknownUse("a script that github-script loads")
    for space in _CLIENT.findall(script):
        known = any(name.startswith(f"{space}.") or f"{space}." in name for name in _table()["octokit"])
        if space not in _PARTS and not known:
            raise UnknownUse(f"github.{space}")
    for space, method in _CALL.findall(script):
        if space in _PARTS:
            continue
        scopes = next(
            (
                found
                for pattern, found in _table()["octokit"].items()
                if re.match(pattern, f"{space}.{method}")
            ),
            None,
        )
        if scopes is None:
            raise UnknownUse(f"github.rest.{space}.{method}")
        level = "read" if _READS.match(method) else "write"
        yield _need(scopes, level, line, f"`github.rest.{space}.{method}`")


def _need(scopes: str, level: str, line: int, by: str) -> Need:
    return Need(tuple((scope, level) for scope in scopes.split("|")), line, by)
