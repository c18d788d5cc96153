"""YAML with the line of every key and item kept, duplicates seen and aliases limited.

PyYAML's own `load` reads YAML 1.1 (`on:` becomes `True`), lets a repeated key win in silence and forgets where
things stood. Here the C parser composes the nodes and one small resolver per format makes the values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Literal

import yaml

from graders import limits

Scalars = Literal["1.1", "1.2"]


class Unparsable(Exception):
    """The text is no such file. `line` is 1-based."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message


class YamlMap(dict[str, Any]):
    """A mapping; `line` is where it starts, `lines[key]` where the key stands, `value_lines[key]` where its value starts."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        self.value_lines: dict[str, int] = {}


class YamlList(list[Any]):
    """A sequence; `line` is where it starts, `lines[i]` where item i stands."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_OCTAL_11 = re.compile(r"[-+]?0[0-7]+\Z")
_OCTAL_12 = re.compile(r"0o[0-7]+\Z")
_HEX = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_TRUE_11 = _TRUE | {"yes", "Yes", "YES", "on", "On", "ON", "y", "Y"}
_FALSE_11 = _FALSE | {"no", "No", "NO", "off", "Off", "OFF", "n", "N"}


def load_all(text: str, scalars: Scalars = "1.2") -> list[Any]:
    """Every document of `text` as plain values (`YamlMap`, `YamlList`, str, int, float, bool, None).

    `scalars` chooses how plain scalars are read: "1.2" (GitHub Actions: `on`, `yes` are text) or "1.1" (go-yaml as
    Kubernetes uses it: `yes`, `on`, `off` are booleans). Empty documents are None. Raises `Unparsable` for syntax
    errors, repeated keys, keys that are no scalars, recursive anchors, more than `limits.MAX_ALIASES` aliases.
    """
    try:
        limits.check(text)
    except limits.OutsideLimits as broken:
        raise Unparsable(broken.line, broken.message) from None
    try:
        loader = yaml.CSafeLoader(text)
        try:
            return _Builder(text, _resolver(scalars)).documents(loader)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unparsable(mark.line + 1 if mark else 1, error.problem or "not YAML") from None
    except yaml.YAMLError as error:
        raise Unparsable(1, " ".join(str(error).split())) from None


def load(text: str, scalars: Scalars = "1.2") -> Any:
    """The one document of `text`; raises `Unparsable` when there is more than one. Empty text is None."""
    documents = load_all(text, scalars)
    if len(documents) > 1:
        raise Unparsable(getattr(documents[1], "line", 1), "more than one YAML document in the file")
    return documents[0] if documents else None


class _Builder:
    def __init__(self, text: str, resolve: Callable[[str], Any]) -> None:
        self._text = text
        self._resolve = resolve
        self._budget = limits.MAX_BYTES
        self._open: set[int] = set()

    def documents(self, loader: Any) -> list[Any]:
        built: list[Any] = []
        while loader.check_node():
            built.append(self._value(loader.get_node(), 0))
        return built

    def _value(self, node: Any, depth: int) -> Any:
        line: int = node.start_mark.line + 1
        self._budget -= 1
        if self._budget < 0:
            raise Unparsable(line, "aliases expand to too many values")
        if depth > limits.MAX_NESTING:
            raise Unparsable(line, f"nested deeper than {limits.MAX_NESTING}")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if id(node) in self._open:
            raise Unparsable(line, "an anchor contains itself")
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return self._sequence(node, line, depth)
            return self._mapping(node, line, depth)
        finally:
            self._open.discard(id(node))

    def _sequence(self, node: Any, line: int, depth: int) -> YamlList:
        built = YamlList(line)
        for item in node.value:
            built.append(self._value(item, depth + 1))
            built.lines.append(item.start_mark.line + 1)
        return built

    def _mapping(self, node: Any, line: int, depth: int) -> YamlMap:
        built = YamlMap(line)
        merged: list[YamlMap] = []
        for key_node, value_node in node.value:
            key_line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise Unparsable(key_line, "a mapping key must be plain text")
            key: str = key_node.value
            if key == "<<" and not key_node.style:
                merged.extend(_merge_sources(self._value(value_node, depth + 1), key_line))
                continue
            if key in built:
                raise Unparsable(
                    key_line, f"the key {key!r} is given twice (first on line {built.lines[key]})"
                )
            built[key] = self._value(value_node, depth + 1)
            built.lines[key] = key_line
            built.value_lines[key] = value_node.start_mark.line + 1
        for source in merged:
            for key in source:
                if key not in built:
                    built[key] = source[key]
                    built.lines[key] = source.lines[key]
                    built.value_lines[key] = source.value_lines[key]
        return built

    def _scalar(self, node: Any) -> Any:
        # The C parser gives a plain scalar the style "". PyYAML's own resolution (YAML 1.1) is not used, but the tag
        # tells a plain scalar from one with a tag of its own.
        standard = not node.tag or node.tag.startswith("tag:yaml.org,2002:")
        if node.style or not standard or self._is_tagged_text(node):
            return node.value
        return self._resolve(node.value)

    def _is_tagged_text(self, node: Any) -> bool:
        source = self._text[node.start_mark.index : node.end_mark.index]
        return source[:1] in ("!", "&") and "!!str" in source.split(node.value or "\n")[0]


def _merge_sources(value: Any, line: int) -> list[YamlMap]:
    sources = list(value) if isinstance(value, YamlList) else [value]
    if not all(isinstance(source, YamlMap) for source in sources):
        raise Unparsable(line, "<< takes a mapping or a list of mappings")
    return sources


def _resolver(scalars: Scalars) -> Callable[[str], Any]:
    true, false = (_TRUE_11, _FALSE_11) if scalars == "1.1" else (_TRUE, _FALSE)

    def resolve(text: str) -> Any:
        if text in ("", "~", "null", "Null", "NULL"):
            return None
        if text in true:
            return True
        if text in false:
            return False
        if scalars == "1.1" and _OCTAL_11.match(text):
            return int(text, 8)
        if _INT.match(text) or (scalars == "1.2" and re.fullmatch(r"[-+]?[0-9]+", text)):
            return int(text) if len(text) < 40 else text
        if _OCTAL_12.match(text):
            return int(text[2:], 8)
        if _HEX.match(text):
            return int(text, 16)
        if _FLOAT.match(text):
            return float(text)
        return text

    return resolve
