"""Calls of GitHub's API that a script spells out, and the scope that each takes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from posixpath import normpath
from typing import Any

_OWN = re.compile(r"github\.token|secrets\.github_token|\$\{?(?:GITHUB_TOKEN|GH_TOKEN)\b", re.IGNORECASE)
_CALL = re.compile(r"(?:github|octokit)(?:\.rest)?\.([a-zA-Z]+)\.([a-zA-Z]+)")
_CLIENT = re.compile(r"\b(?:github|octokit)\.(?:rest\.)?([a-zA-Z]+)\b")
_PARTS = frozenset({"rest", "paginate", "iterator", "log", "hook"})
_READS = re.compile(r"(get|list|check|compare|download)")
_FIELDS = ("-f", "-F", "--field", "--raw-field", "--input")
_DATA = ("-d", "--data", "--json", "-F", "--form", "-T", "--upload-file")
_API = re.compile(r"\b(?:api|uploads)\.github\.com/|GITHUB_API_URL\}?/")
_MUTATION = re.compile(r"\b(\w+)\s*\(\s*input\s*:")
_MODULE_ENDS = ("", ".js", ".cjs", ".mjs", "/index.js")


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
    """What `gh api …` needs; raises `UnknownUse` for a path or mutation that the table does not know."""
    if "graphql" in words[2:3]:
        return _graphql(" ".join(words), line)
    path = next((word for word in words[2:] if "/" in word and not word.startswith("-")), "")
    return [_rest(path, _method(words, _FIELDS), line, " ".join(words))]


def curl(words: Sequence[str], line: int) -> list[Need] | None:
    """What a call of GitHub's API by curl needs, None for any other; raises `UnknownUse`."""
    path = next((word for word in words[1:] if _API.search(word)), None)
    if path is None:
        return None
    return [_rest(path, _method(words, _DATA), line, " ".join(words))]


def is_of_another(words: Sequence[str]) -> bool:
    """Whether a command of gh names a repository by its name, which may be any: `-R hatoo/oha`, `repos/hatoo/oha/…`."""
    for at, word in enumerate(words):
        names_next = word in ("-R", "--repo") or (word in ("clone", "view") and "repo" in words[1:2])
        following = words[at + 1] if names_next and at + 1 < len(words) else ""
        name = following or word.partition("--repo=")[2]
        if re.fullmatch(r"(?:[\w.-]+/)?[\w.-]+/[\w.-]+", name) or re.search(
            r"(?:^|/)repos/[\w.-]+/[\w.-]+/", word
        ):
            return True
    return False


def _rest(path: str, method: str, line: int, call: str) -> Need:
    if re.search(r"(?:^|/)repos/[^/]+(?:/[^/]+)?/(.+)", path.split("?")[0]) is None:
        raise UnknownUse(call)
    rest = path.split("?")[0].split("repos/", 1)[1]
    places = [
        (match.start(1), number, scopes)
        for number, (pattern, scopes) in enumerate(_table()["rest"].items())
        if (match := re.search(rf"^.+?/({pattern})(?=/|$)", rest))
    ]
    if not places:
        raise UnknownUse(call)
    # `deployments/ID/statuses` belongs to deployments: what stands first says whose it is.
    _, _, scopes = min(places)
    level = "write" if method not in ("GET", "HEAD") else "read"
    return _need(scopes, level, line, f"the call of `{rest.rpartition('/')[2]}`")


def _method(words: Sequence[str], sends: Sequence[str]) -> str:
    """The method that is given, else POST where one of the options `sends` gives something to send."""
    for at, word in enumerate(words):
        if word in ("-X", "--method", "--request"):
            return (words[at + 1] if at + 1 < len(words) else "").upper()
        joined = re.match(r"(?:-X|--method=|--request=)(\w+)$", word)
        if joined:
            return joined.group(1).upper()
    return "POST" if any(word.startswith(tuple(sends)) for word in words) else "GET"


def _graphql(call: str, line: int) -> list[Need]:
    """What the mutations of a GraphQL call need. Each takes an `input`; what a query reads is not known."""
    names = _MUTATION.findall(call)
    scopes = {name: _table()["graphql"].get(name) for name in names}
    if "mutation" not in call or not names or None in scopes.values():
        raise UnknownUse(call)
    return [_need(found, "write", line, f"`{name}`") for name, found in scopes.items() if found]


def octokit(script: str, line: int, files: Mapping[str, str]) -> list[Need]:
    """What the script of actions/github-script needs, with the modules that it loads from the answer's `files`; raises
    `UnknownUse` for a client call that the table does not know and for a script that lies elsewhere."""
    needs: list[Need] = []
    for text in (script, *_modules(script, files)):
        needs += _octokit(text, line)
        if "getIDToken" in text:
            needs.append(Need.of("id-token:write", line, "`core.getIDToken`"))
    return needs


def _modules(script: str, files: Mapping[str, str]) -> Iterator[str]:
    """The texts of the modules that a script loads. They are looked up from the top of the repository."""
    if re.search(r"import\(", script):
        raise UnknownUse("a script that github-script loads")
    for path in re.findall(r"require\(\s*['\"`](\.[^'\"`]*)", script):
        name = normpath(path)
        text = next((files[name + end] for end in _MODULE_ENDS if name + end in files), None)
        # A client by another name would be overlooked, and so would a module behind this one.
        if text is None or re.search(r"require\(\s*['\"`]\.|import\(", text) or not _CALL.search(text):
            raise UnknownUse("a script that github-script loads")
        yield text


def _octokit(script: str, line: int) -> Iterator[Need]:
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
