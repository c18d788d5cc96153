"""Label matchers as Alertmanager reads them: `severity="page"`, `{team=~"shop|pay",env!="dev"}`, the old `match` maps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import re2

_NAME = r'[a-zA-Z_:][\w:.\-]*|"(?:[^"\\]|\\.)*"'
_MATCHER = re.compile(rf"\s*({_NAME})\s*(=~|!~|!=|=)\s*(.*?)\s*\Z", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class BadMatcher(Exception):
    """The text is no matcher."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One comparison of a label. `operator` is `=`, `!=`, `=~` or `!~`."""

    name: str
    operator: str
    value: str

    def matches(self, labels: Mapping[str, str]) -> bool:
        """A missing label is the empty string; regular expressions (RE2, as Go's) are anchored at both ends."""
        found = labels.get(self.name, "")
        if self.operator in ("=~", "!~"):
            return bool(_compiled(self.value).fullmatch(found)) is (self.operator == "=~")
        return (found == self.value) is (self.operator == "=")


def all_match(matchers: tuple[Matcher, ...], labels: Mapping[str, str]) -> bool:
    """Matchers are joined by «and»; none at all matches everything."""
    return all(matcher.matches(labels) for matcher in matchers)


def of_entries(entries: Any) -> Iterator[Matcher]:
    """The matchers of a `matchers:` list (or of one text). Raises `BadMatcher`."""
    for entry in entries if isinstance(entries, list) else [entries]:  # pyright: ignore[reportUnknownVariableType]
        text = str(entry).strip()  # pyright: ignore[reportUnknownArgumentType]
        if text.startswith("{") and text.endswith("}"):
            text = text[1:-1]
        for part in _parts(text):
            found = _MATCHER.match(part)
            if found is None:
                raise BadMatcher(part.strip())
            matcher = Matcher(_unquoted(found[1]), found[2], _unquoted(found[3]))
            if matcher.operator in ("=~", "!~"):
                _compiled(matcher.value)
            yield matcher


def of_maps(equal: Any, pattern: Any) -> Iterator[Matcher]:
    """The matchers of the old `match` and `match_re` maps, which Alertmanager still reads. Raises `BadMatcher`."""
    for operator, pairs in (("=", equal), ("=~", pattern)):
        if isinstance(pairs, dict):
            for name, value in pairs.items():  # pyright: ignore[reportUnknownVariableType]
                yield Matcher(str(name), operator, plain(value))  # pyright: ignore[reportUnknownArgumentType]


def plain(value: Any) -> str:
    """A scalar as the text that a YAML reader gives to a field of type text."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


_RE2: Any = re2  # it has no types


@cache
def _compiled(pattern: str) -> Any:
    options = _RE2.Options()
    options.log_errors = False
    try:
        return _RE2.compile(pattern, options)
    except _RE2.error:
        raise BadMatcher(pattern) from None


def _parts(text: str) -> list[str]:
    """The text cut at commas outside quotes."""
    parts = re.findall(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+', text)
    return [part for part in parts if part.strip()]


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return _ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text[1:-1])
    return text
