"""Patterns of policies: wildcards, ARNs and policy variables.

Source: IAM User Guide, "IAM JSON policy elements: Resource", "… Condition operators", "Policy variables".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from graders.simulate.access.iam.truth import Truth

# Text that the files do not decide; `*` and `?` that are no wildcards (`${*}`, and those in a variable's value).
UNKNOWN = "\ue000"
_STAR, _MARK = "\ue001", "\ue002"
_LITERAL = {_STAR: r"\*", _MARK: r"\?"}
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_ARN_FIELDS = 6

Lookup = Callable[[str], "str | Truth"]
"""The value of a context key: text, False when the request has none, None when nobody knows."""


@lru_cache(16_384)
def _compiled(pattern: str, wide: bool, ignore_case: bool) -> re.Pattern[str]:
    wild = {"*": ".*", "?": ".", UNKNOWN: ".*" if wide else r"(?!)"}
    parts = (wild.get(char) or _LITERAL.get(char) or re.escape(char) for char in _shortened(pattern))
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if ignore_case else 0))


def _shortened(pattern: str) -> str:
    """Several stars in a row match what one does, and cost far more."""
    return re.sub(r"\*{2,}", "*", pattern)


def matches(pattern: str, value: str, *, ignore_case: bool = False) -> Truth:
    """Does a text with `*` and `?` match the whole value? Unknown where an unknown part decides it."""
    if UNKNOWN in value:
        return None if set(pattern) != {"*"} else True
    if UNKNOWN not in pattern:
        return _compiled(pattern, False, ignore_case).fullmatch(value) is not None
    return None if _compiled(pattern, True, ignore_case).fullmatch(value) else False


def equals(pattern: str, value: str, *, ignore_case: bool = False) -> Truth:
    """Is it the same text? `*` and `?` mean themselves."""
    if UNKNOWN in pattern:
        escaped = pattern.replace("*", _STAR).replace("?", _MARK)
        return matches(escaped, value, ignore_case=ignore_case)
    if UNKNOWN in value:
        return None
    given = literal(pattern)
    return given.lower() == value.lower() if ignore_case else given == value


def literal(pattern: str) -> str:
    """The text that a pattern without wildcards stands for."""
    return pattern.replace(_STAR, "*").replace(_MARK, "?")


def arn_matches(pattern: str, arn: str) -> Truth:
    """Does the pattern match field by field? The last field (the resource) may hold colons and slashes.

    A lone `*` matches everything; fields that the pattern leaves out count as `*` (`arn:aws:s3:::*` has all six). An unknown
    part may hold colons, so a pattern with one is compared as a whole.
    """
    if pattern == "*":
        return True
    if UNKNOWN in pattern:
        return matches(pattern, arn)
    wanted, given = pattern.split(":", _ARN_FIELDS - 1), arn.split(":", _ARN_FIELDS - 1)
    wanted += ["*"] * (_ARN_FIELDS - len(wanted))
    if len(given) != _ARN_FIELDS:
        return False
    return all(matches(one, other) for one, other in zip(wanted, given, strict=True))


def substituted(text: str, lookup: Lookup) -> str | None:
    """The text with its `${…}` replaced; None when a key without default has no value: then it matches nothing.

    `${*}`, `${?}` and `${$}` are those characters; `${key, 'text'}` has a default. A value that nobody knows becomes
    an unknown part.
    """
    lacking = False

    def value_of(found: re.Match[str]) -> str:
        nonlocal lacking
        key, comma, default = found[1].partition(",")
        if key.strip() in ("*", "?", "$"):
            return {"*": _STAR, "?": _MARK, "$": "$"}[key.strip()]
        value = lookup(key.strip())
        if value is None or value is True:
            return UNKNOWN
        if value is False:
            if not comma:
                lacking = True
                return ""
            value = default.strip().strip("'")
        return value.replace("*", _STAR).replace("?", _MARK)

    made = _VARIABLE.sub(value_of, text)
    return None if lacking else made
