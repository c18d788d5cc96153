"""Terraform's functions, as far as they decide what a rule asks. A function that is not here is not known."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from typing import Any, cast

from graders.terraform.values import (
    Encoded,
    Partial,
    Unknown,
    as_bool,
    as_list,
    as_map,
    as_number,
    as_text,
    is_known,
    joined,
)


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
        OverflowError,
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
        if isinstance(given, Unknown):
            # Whatever it holds may overrule what came before.
            return given
        merged |= as_map(given)
    return merged


def _concat(*lists: Any) -> Any:
    if any(isinstance(given, Unknown) for given in lists):
        return [
            item for given in lists for item in (as_list(given) or [Unknown()] * isinstance(given, Unknown))
        ]
    return [item for given in lists for item in as_list(given)]


def _coalesce(*values: Any) -> Any:
    for value in values:
        if isinstance(value, Unknown) or (value is not None and value != ""):
            return value
    return Unknown("coalesce(…)")


def _lookup(given: Any, key: Any, *default: Any) -> Any:
    if not isinstance(given, dict) or not isinstance(key, str):
        return Unknown("lookup(…)")
    entries = as_map(given)
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
        if item not in found:
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
    return items[int(cast(int, index)) % len(items)]


def _length(given: Any) -> Any:
    if isinstance(given, list | dict | str):
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


def _try(*values: Any) -> Any:
    # The first argument may fail where it is evaluated; only what is known is known not to.
    return values[0] if not isinstance(values[0], Unknown) else Unknown("try(…)")


def _jsondecode(value: Any) -> Any:
    return value.value if isinstance(value, Encoded) else json.loads(_known_text(value))


def _base64encode(value: Any) -> Any:
    return base64.b64encode(_known_text(value).encode()).decode()


def _flatten(value: Any) -> Any:
    found: list[Any] = []
    for item in as_list(value):
        found.extend(_flatten(item) if isinstance(item, list) else [item])
    return found if isinstance(value, list) else Unknown("flatten(…)")


def _trim(choose: Callable[[str, str], str]) -> Callable[[Any, Any], Any]:
    return lambda given, part: choose(_known_text(given), _known_text(part))


def _trimprefix(given: Any, prefix: Any) -> Any:
    if isinstance(given, Partial) and isinstance(given.parts[0], str):
        return Partial((given.parts[0].removeprefix(_known_text(prefix)), *given.parts[1:]))
    return _known_text(given).removeprefix(_known_text(prefix))


def _keep_map(value: Any) -> Any:
    return value if isinstance(value, dict) else Unknown()


def _keep_list(value: Any) -> Any:
    return value if isinstance(value, list) else Unknown()


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "jsonencode": Encoded,
    "jsondecode": _jsondecode,
    "base64encode": _base64encode,
    "merge": _merge,
    "concat": _concat,
    "flatten": _flatten,
    "distinct": _distinct,
    "compact": lambda given: [item for item in as_list(given) if item not in (None, "")],
    "coalesce": _coalesce,
    "contains": _contains,
    "element": _element,
    "length": _length,
    "lookup": _lookup,
    "keys": lambda given: sorted(_keep_map(given)),
    "values": lambda given: [given[key] for key in sorted(_keep_map(given))],
    "zipmap": lambda keys, values: dict(zip(keys, values, strict=True)),
    "slice": lambda given, start, end: _keep_list(given)[int(start) : int(end)],
    "format": _format,
    "join": _join,
    "split": lambda separator, given: _known_text(given).split(_known_text(separator)),
    "replace": _replace,
    "trimprefix": _trimprefix,
    "trimsuffix": _trim(str.removesuffix),
    "trim": _trim(str.strip),
    "trimspace": lambda given: _known_text(given).strip(),
    "chomp": lambda given: _known_text(given).rstrip("\r\n"),
    "lower": lambda given: _known_text(given).lower(),
    "upper": lambda given: _known_text(given).upper(),
    "title": lambda given: _known_text(given).title(),
    "startswith": lambda given, prefix: _known_text(given).startswith(_known_text(prefix)),
    "endswith": lambda given, suffix: _known_text(given).endswith(_known_text(suffix)),
    "max": _number(max),
    "min": _number(min),
    "toset": _toset,
    "tolist": _keep_list,
    "sort": lambda given: sorted(_known_text(item) for item in _keep_list(given)),
    "tomap": _keep_map,
    "tostring": _tostring,
    "tonumber": _tonumber,
    "tobool": _tobool,
    "try": _try,
    "sensitive": lambda given: given,
    "nonsensitive": lambda given: given,
    "ephemeralasnull": lambda given: given,
}
