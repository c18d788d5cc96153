"""Placeholders in case files: `⟦service⟧`.

Case text is full of `${{ }}`, `{{ }}`, `[[ ]]` and `$( )`, so the delimiters are ones that none of these formats has.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

OPEN, CLOSE = "⟦", "⟧"


class TemplateError(Exception):
    """A placeholder that cannot be filled; the message names it."""


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        variable_start_string=OPEN,
        variable_end_string=CLOSE,
        block_start_string=OPEN + "%",
        block_end_string="%" + CLOSE,
        comment_start_string=OPEN + "#",
        comment_end_string="#" + CLOSE,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


# Compiling costs far more than filling, and each text is filled for several seeds.
@lru_cache(maxsize=4096)
def _compiled(text: str) -> Any:
    return _environment().from_string(text)


@lru_cache(maxsize=4096)
def _compiled_expression(expression: str) -> Any:
    return _environment().compile_expression(expression, undefined_to_none=False)


def fill(template: Any, values: Mapping[str, Any]) -> Any:
    """Fill the placeholders of a text, or of every text inside lists and mappings (their keys too).

    A text that is one placeholder and nothing else gives the value itself (a number, a list); any other text gives
    text. Raises `TemplateError`.
    """
    if isinstance(template, str):
        return _fill_text(template, values)
    if isinstance(template, Mapping):
        return {_key(key, values): fill(value, values) for key, value in template.items()}  # pyright: ignore
    if isinstance(template, list):
        return [fill(item, values) for item in template]  # pyright: ignore[reportUnknownVariableType]
    return template


def _key(key: Any, values: Mapping[str, Any]) -> Any:
    return str(_fill_text(key, values)) if isinstance(key, str) else key


def evaluate(expression: str, values: Mapping[str, Any]) -> Any:
    """The value of one expression over the drawn parameters (`only_if`). Raises `TemplateError`."""
    from jinja2 import TemplateError as JinjaError

    try:
        value = _compiled_expression(expression)(**values)
    except (JinjaError, ArithmeticError, TypeError, ValueError) as error:
        raise TemplateError(f"{OPEN}{expression}{CLOSE}: {error}") from None
    if type(value).__name__ == "StrictUndefined":
        raise TemplateError(f"{OPEN}{expression}{CLOSE}: no such parameter")
    return value


def _fill_text(text: str, values: Mapping[str, Any]) -> Any:
    from jinja2 import TemplateError as JinjaError

    if OPEN not in text:
        return text
    stripped = text.strip()
    inner = stripped[len(OPEN) : -len(CLOSE)]
    alone = (
        stripped.startswith(OPEN) and stripped.endswith(CLOSE) and OPEN not in inner and inner[:1] not in "%#"
    )
    if alone:
        return evaluate(inner.strip(), values)
    try:
        return _compiled(text).render(**values)
    except (JinjaError, ArithmeticError, TypeError, ValueError) as error:
        raise TemplateError(str(error)) from None
