"""What a variable's type adds to the value that it was given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from graders.terraform.language import syntax
from graders.terraform.language.values import as_map

Evaluate = Callable[[syntax.Expression], Any]


def with_optional(type: syntax.Expression, value: Any, evaluate: Evaluate) -> Any:
    """Fill in what `optional(TYPE, DEFAULT)` of a variable's type gives to attributes that were left out."""
    if not isinstance(type, syntax.Call) or not type.arguments:
        return value
    inner = type.arguments[0]
    if type.name in ("list", "set") and isinstance(value, list):
        return [with_optional(inner, item, evaluate) for item in cast(list[Any], value)]
    if type.name == "map" and isinstance(value, dict):
        return {key: with_optional(inner, item, evaluate) for key, item in as_map(value).items()}
    if type.name != "object" or not isinstance(inner, syntax.Object) or not isinstance(value, dict):
        return value
    filled = dict(as_map(value))
    for key_expression, attribute in inner.items:
        if not isinstance(key_expression, syntax.Literal) or not isinstance(key_expression.value, str):
            continue
        key = key_expression.value
        optional = isinstance(attribute, syntax.Call) and attribute.name == "optional" and attribute.arguments
        if optional and filled.get(key) is None:
            call = cast(syntax.Call, attribute)
            filled[key] = evaluate(call.arguments[1]) if len(call.arguments) > 1 else None
        if key in filled:
            inside = cast(syntax.Call, attribute).arguments[0] if optional else attribute
            filled[key] = with_optional(inside, filled[key], evaluate)
    return filled
