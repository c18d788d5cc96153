"""Terraform's functions, as far as they decide what a rule asks. A function that is not here is not known."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any, cast

from graders.terraform.language.values import (
    MORE,
    REST,
    Encoded,
    Partial,
    Unknown,
    as_bool,
    as_list,
    as_map,
    as_number,
    as_text,
    bounded,
    is_known,
    joined,
)

_MOST_SLICED = 1000


def call(name: str, arguments: list[Any]) -> Any:
    """The value of a function call; `Unknown` where the function or what it needs is not known. Never raises."""
    name = name.removeprefix("core::")
    function = _FUNCTIONS.get(name)
    if function is None:
        return Unknown(f"{name}(…)")
    try:
        return function(*arguments)
    except (
        TypeError,
        ValueError,
        KeyError,
        IndexError,
        AttributeError,
        re.error,
        RecursionError,
        ArithmeticError,
    ):
        return Unknown(f"{name}(…)")


def _known_text(value: Any) -> str:
    text = as_text(value)
    if text is None:
        raise ValueError("not known")
    return text


def _merge(*maps: Any) -> Any:
    merged: dict[str, Any] = {}
    for given in maps:
        if isinstance(given, Unknown) or REST in as_map(given):
            # Whatever it holds may overrule what came before.
            merged = dict.fromkeys([*merged, REST], Unknown("merge(…)"))
        merged |= as_map(given)
    return merged


def _concat(*lists: Any) -> Any:
    found = [item for given in lists for item in as_list(given)]
    return [*found, MORE] if any(isinstance(given, Unknown) for given in lists) else found


def _coalesce(*values: Any) -> Any:
    for value in values:
        if isinstance(value, Unknown) or (value is not None and value != ""):
            return value
    return Unknown("coalesce(…)")


def _lookup(given: Any, key: Any, *default: Any) -> Any:
    if not isinstance(given, dict) or not isinstance(key, str):
        return Unknown("lookup(…)")
    entries = as_map(given)
    if key not in entries and REST in entries:
        return Unknown("lookup(…)")
    return entries[key] if key in entries else default[0]


def _format(pattern: Any, *values: Any) -> Any:
    waiting = list(values)
    parts: list[Any] = []
    for piece in re.split(r"(%[-+0-9.]*[a-z%])", _known_text(pattern)):
        if piece == "%%":
            parts.append("%")
        elif piece in ("%s", "%v", "%d"):
            parts.append(waiting.pop(0))
        elif piece.startswith("%") and re.fullmatch(r"%0?\d+d", piece):
            parts.append(piece % int(_known_text(waiting.pop(0))) if len(piece) < 6 else Unknown())
        elif piece == "%q":
            parts.append(json.dumps(_known_text(waiting.pop(0))))
        else:
            parts.append(Unknown() if piece.startswith("%") and len(piece) > 1 else piece)
    return joined(parts)


def _join(separator: Any, *lists: Any) -> Any:
    between = _known_text(separator)
    parts: list[Any] = []
    for given in lists:
        if not isinstance(given, list):
            return Unknown("join(…)")
        for item in as_list(given):
            parts += [between, item]
    return joined(parts[1:])


def _replace(given: Any, old: Any, new: Any) -> Any:
    before, after = _known_text(old), _known_text(new)
    if isinstance(given, Partial):
        return Partial(tuple(p.replace(before, after) if isinstance(p, str) else p for p in given.parts))
    if len(before) > 1 and before.startswith("/") and before.endswith("/"):
        # An expression of a stranger may take exponential time, so only the common literal ones are followed.
        literal = re.sub(r"\\([/.:-])", r"\1", before[1:-1].removeprefix("^"))
        if not re.fullmatch(r"[\w/.:-]*", literal) or ("." in literal and "\\." not in before):
            return Unknown("replace(…)")
        text = _known_text(given)
        anchored = before.startswith("/^")
        return (
            after + text[len(literal) :]
            if anchored and text.startswith(literal)
            else (text if anchored else text.replace(literal, after))
        )
    return _known_text(given).replace(before, after)


def _distinct(given: Any) -> Any:
    found: list[Any] = []
    for item in as_list(given):
        # Two unknown values may be two.
        if item not in found or not is_known(item):
            found.append(item)
    return found if isinstance(given, list) else Unknown("distinct(…)")


def _toset(given: Any) -> Any:
    if not isinstance(given, list):
        return Unknown("toset(…)")
    items = _distinct(given)
    return sorted(items, key=str) if is_known(items) else items


def _contains(given: Any, wanted: Any) -> Any:
    if not isinstance(given, list) or not is_known(wanted):
        return Unknown("contains(…)")
    if wanted in as_list(given):
        return True
    return False if is_known(given) else Unknown("contains(…)")


def _element(given: Any, index: Any) -> Any:
    items = as_list(given)
    if MORE in items:
        return Unknown("element(…)")
    return items[int(cast(int, index)) % len(items)]


def _length(given: Any) -> Any:
    if isinstance(given, list | dict | str) and MORE not in as_list(given) and REST not in as_map(given):
        return len(cast(list[Any], given))
    return Unknown("length(…)")


def _number(choose: Callable[[list[float]], float]) -> Callable[..., Any]:
    def function(*values: Any) -> Any:
        numbers = [as_number(value) for value in values]
        if None in numbers:
            return Unknown()
        found = choose(cast(list[float], numbers))
        return int(found) if found.is_integer() else found

    return function


def _tonumber(value: Any) -> Any:
    number = as_number(value)
    return Unknown() if number is None else int(number) if number.is_integer() else number


def _tobool(value: Any) -> Any:
    found = as_bool(value)
    return Unknown() if found is None else found


def _tostring(value: Any) -> Any:
    return value if value is None or isinstance(value, Unknown | Partial) else _known_text(value)


def _jsondecode(value: Any) -> Any:
    return value.value if isinstance(value, Encoded) else bounded(json.loads(_known_text(value)))


def _base64encode(value: Any) -> Any:
    return base64.b64encode(_known_text(value).encode()).decode()


def _base64decode(value: Any) -> Any:
    return base64.b64decode(_known_text(value), validate=True).decode()


def _flatten(value: Any) -> Any:
    found: list[Any] = []
    for item in as_list(value):
        # What is not known may be a list of any length.
        found.extend(
            _flatten(item) if isinstance(item, list) else [MORE if isinstance(item, Unknown) else item]
        )
    return found if isinstance(value, list) else Unknown("flatten(…)")


def _trimprefix(given: Any, prefix: Any) -> Any:
    if isinstance(given, Partial) and isinstance(given.parts[0], str):
        return Partial((given.parts[0].removeprefix(_known_text(prefix)), *given.parts[1:]))
    return _known_text(given).removeprefix(_known_text(prefix))


def _first_filled(*lists: Any) -> Any:
    for given in lists:
        if not isinstance(given, list) or given:
            return as_list(given) or Unknown("coalescelist(…)")
    return Unknown("coalescelist(…)")


def _one(given: Any) -> Any:
    items = _items(given)
    if MORE in items or len(items) > 1:
        return Unknown("one(…)")
    return items[0] if items else None


def _formatlist(pattern: Any, *values: Any) -> Any:
    count = max(len(as_list(value)) for value in values)
    return [
        _format(pattern, *(as_list(value)[at] if isinstance(value, list) else value for value in values))
        for at in range(count)
    ]


def _keep_map(value: Any) -> Any:
    return as_map(value) if isinstance(value, dict) else Unknown()


def _items(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return as_list(value)


def _entries(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or REST in value:
        raise TypeError("not a map of which everything is known")
    return as_map(value)


def _keys(given: Any) -> Any:
    return sorted(_entries(given))


def _values(given: Any) -> Any:
    entries = _entries(given)
    return [entries[key] for key in sorted(entries)]


def _zipmap(keys: Any, values: Any) -> Any:
    return dict(zip((_known_text(key) for key in _items(keys)), _items(values), strict=True))


def _keep_list(value: Any) -> Any:
    return as_list(value) if isinstance(value, list) else Unknown()


def _setunion(*lists: Any) -> Any:
    return _toset(_concat(*lists))


def _compact(given: Any) -> Any:
    return [item for item in _items(given) if item not in (None, "")]


def _slice(given: Any, start: Any, end: Any) -> Any:
    """Of a list that is not known, the bounds still say how many there are: Terraform stops at one that is too short."""
    first, last = int(start), int(end)
    if isinstance(given, Unknown) and 0 <= first <= last <= _MOST_SLICED:
        return [Unknown(f"{given.about}[{at}]") for at in range(first, last)]
    items = _items(given)
    return Unknown("slice(…)") if MORE in items else items[first:last]


def _reverse(given: Any) -> Any:
    return _items(given)[::-1]


def _sort(given: Any) -> Any:
    return sorted(_known_text(item) for item in _items(given))


def _range(*bounds: Any) -> Any:
    numbers = range(*(int(_known_text(bound)) for bound in bounds))
    return list(numbers) if len(numbers) <= 1000 else Unknown("range(…)")


def _split(separator: Any, given: Any) -> Any:
    return _known_text(given).split(_known_text(separator))


def _chomp(given: Any) -> Any:
    return _known_text(given).rstrip("\r\n")


def _itself(given: Any) -> Any:
    return given


def _of_texts(choose: Callable[..., Any]) -> Callable[..., Any]:
    """A function of known texts only."""

    def function(*given: Any) -> Any:
        return choose(*(_known_text(one) for one in given))

    return function


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "jsonencode": Encoded,
    "jsondecode": _jsondecode,
    "base64encode": _base64encode,
    "base64decode": _base64decode,
    "merge": _merge,
    "concat": _concat,
    "setunion": _setunion,
    "flatten": _flatten,
    "distinct": _distinct,
    "compact": _compact,
    "coalesce": _coalesce,
    "coalescelist": _first_filled,
    "one": _one,
    "contains": _contains,
    "element": _element,
    "length": _length,
    "lookup": _lookup,
    "keys": _keys,
    "values": _values,
    "zipmap": _zipmap,
    "slice": _slice,
    "reverse": _reverse,
    "sort": _sort,
    "range": _range,
    "toset": _toset,
    "tolist": _keep_list,
    "tomap": _keep_map,
    "format": _format,
    "formatlist": _formatlist,
    "join": _join,
    "replace": _replace,
    "trimprefix": _trimprefix,
    "split": _split,
    "trimsuffix": _of_texts(str.removesuffix),
    "trim": _of_texts(str.strip),
    "trimspace": _of_texts(str.strip),
    "chomp": _chomp,
    "lower": _of_texts(str.lower),
    "upper": _of_texts(str.upper),
    "title": _of_texts(str.title),
    "startswith": _of_texts(str.startswith),
    "endswith": _of_texts(str.endswith),
    "max": _number(max),
    "min": _number(min),
    "tostring": _tostring,
    "tonumber": _tonumber,
    "tobool": _tobool,
    "sensitive": _itself,
    "nonsensitive": _itself,
    "ephemeralasnull": _itself,
}
