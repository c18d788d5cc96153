"""HCL version 1 and its JSON form, which Vault reads policies with.

Version 2 (Terraform's, and the parsers on the package index) refuses files that Vault takes: a block whose first argument
stands on the line of its brace, several arguments on a line, quoted keys, `${` as plain text. Source of the grammar: the
README and parser of github.com/hashicorp/hcl, branch hcl1.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TypeAlias

from graders import limits
from graders.terraform.language.scanner import Scanner
from graders.yaml_lines import Unparsable

_MOST_NESTED = 40
_NUMBER = re.compile(r"-?(?:0x[0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")
_KEY = re.compile(r"[^\W\d][\w.-]*")
_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_HEREDOC = re.compile(r"<<(-?)([^\W\d]\w*)[ \t]*\n(.*?)\n[ \t]*\2(?=\n|\Z)", re.S)

Value: TypeAlias = "str | int | float | bool | tuple[Value, ...] | Body | None"


@dataclass(frozen=True, slots=True)
class Item:
    """`keys` are the name and the labels (`path "a" {…}`: path, a)."""

    keys: tuple[str, ...]
    value: Value
    line: int


@dataclass(frozen=True, slots=True)
class Body:
    """What stands between braces, in order; a key may come several times."""

    items: tuple[Item, ...]


def parse(text: str) -> Body:
    """The file's items; raises `Unparsable`."""
    try:
        limits.check(text)
    except limits.OutsideLimits as broken:
        raise Unparsable(broken.line, broken.message) from None
    parser = _Parser(text)
    parser.space(True)
    if text[parser.at :].startswith("{"):
        parser.take("{")
        body = parser.body("}", flatten=1)
    else:
        body = parser.body("")
    parser.space(True)
    if parser.at < parser.end:
        raise parser.fail("expected the end of the file")
    return body


class _Parser(Scanner):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def body(self, close: str, flatten: int = 0) -> Body:
        """Items up to `close` ("": the end of the file). JSON nests what HCL writes as labels: `flatten` levels of objects
        become keys."""
        self._depth += 1
        if self._depth > _MOST_NESTED:
            raise self.fail("nested too deep")
        items: list[Item] = []
        while True:
            self.space(True)
            if self.at >= self.end:
                if close:
                    raise self.fail("a block is not closed")
                break
            if close and self.take(close):
                break
            item = self._item()
            items.extend(_flat(item) if flatten and isinstance(item.value, Body) else [item])
            self.space(True)
            self.take(",")
        self._depth -= 1
        return Body(tuple(items))

    def _item(self) -> Item:
        line = self.line()
        keys = [self._key()]
        while True:
            self.space(True)
            if self.take("=") or self.take(":"):
                if len(keys) > 1:
                    raise self.fail("labels and `=` do not go together")
                self.space(True)
                return Item(tuple(keys), self._value(), line)
            if self.take("{"):
                return Item(tuple(keys), self.body("}"), line)
            keys.append(self._key())

    def _key(self) -> str:
        match = _KEY.match(self.text, self.at)
        if match:
            self.at = match.end()
            return match.group()
        if self.text.startswith('"', self.at):
            return self._string()
        raise self.fail("expected a key, `=` or `{`")

    def _value(self) -> Value:
        if self.text.startswith('"', self.at):
            return self._string()
        if self.take("{"):
            return self.body("}")
        if self.take("["):
            return self._list()
        for pattern, convert in ((_HEREDOC, _heredoc), (_NUMBER, _number), (_KEY, _word)):
            match = pattern.match(self.text, self.at)
            if match:
                value = convert(match)
                if value is _NOTHING:
                    break
                self.at = match.end()
                return value
        raise self.fail("expected a value")

    def _list(self) -> tuple[Value, ...]:
        self._depth += 1
        if self._depth > _MOST_NESTED:
            raise self.fail("nested too deep")
        values: list[Value] = []
        self.space(True)
        while not self.take("]"):
            values.append(self._value())
            self.space(True)
            if not self.take(",") and not self.text.startswith("]", self.at):
                raise self.fail("expected a comma or the end of the list")
            self.space(True)
        self._depth -= 1
        return tuple(values)

    def _string(self) -> str:
        match = _STRING.match(self.text, self.at)
        if match is None:
            raise self.fail("a text is not closed")
        self.at = match.end()
        try:
            return str(json.loads(match.group().replace("\t", "\\t")))
        except ValueError:
            raise self.fail("an escape that HCL does not know") from None


_NOTHING = Body(())


def _heredoc(match: re.Match[str]) -> Value:
    return match.group(3) + "\n"


def _number(match: re.Match[str]) -> Value:
    text = match.group()
    return (
        float(text) if re.search(r"[.eE]", text) and "x" not in text else int(text, 0 if "x" in text else 10)
    )


def _word(match: re.Match[str]) -> Value:
    return {"true": True, "false": False, "null": None}.get(match.group(), _NOTHING)


def _flat(item: Item) -> list[Item]:
    assert isinstance(item.value, Body)
    return [Item((*item.keys, *inner.keys), inner.value, inner.line) for inner in item.value.items]
