"""What went wrong with an attempt, read from LiteLLM's exception: its status, body and headers."""

from __future__ import annotations

import email.utils
import re
import time
from collections.abc import Mapping
from typing import Any, Literal

Kind = Literal[
    "limited",  # 429: the provider wants fewer calls
    "overloaded",  # 503 and Anthropic's 529
    "failed",  # 408, 409, other 5xx, no connection, a stream that broke off
    "timeout",  # no end within `Settings.timeout`
    "filtered",  # the provider's content filter refused the prompt
    "denied",  # 401, 403, 404: the same for every call
    "rejected",  # any other answer that will be the same again
]

_CODES = ("insufficient_quota", "content_filter")  # error codes that change what a status means
_CODE_IN_TEXT = re.compile(rf'"code"\s*:\s*"({"|".join(_CODES)})"')
_PREFIX = re.compile(r"^(litellm\.)?\w*(Error|Exception|Timeout)( Error)?:\s*|^\w+Exception - ")


class AttemptFailed(Exception):
    """One attempt at a reply ended without one. The message is one line; `retry_after` is in seconds."""

    def __init__(self, kind: Kind, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind: Kind = kind
        self.retry_after = retry_after


def from_exception(error: Exception) -> AttemptFailed:
    """The failure that an exception of `litellm.acompletion` or of its stream stands for."""
    source: Any = error
    while getattr(source, "original_exception", None) is not None:
        source = source.original_exception  # litellm wraps what broke a stream in a MidStreamFallbackError
    status: int | None = getattr(source, "status_code", None)
    code = _code(source)
    headers = _headers(source)
    message = _one_line(source, status if headers else None)  # without headers it is litellm's own status
    if type(source).__name__ == "ContentPolicyViolationError" or code == "content_filter":
        return AttemptFailed("filtered", message)
    if status == 429:
        # A quota that is used up answers 429 too, and waiting does not help.
        kind: Kind = "rejected" if code == "insufficient_quota" else "limited"
        return AttemptFailed(kind, message, retry_after(headers))
    if status in (503, 529):
        return AttemptFailed("overloaded", message, retry_after(headers))
    if status in (408, 409) or (status is not None and status >= 500):
        return AttemptFailed("failed", message, retry_after(headers))
    if status in (401, 403, 404):
        return AttemptFailed("denied", message)
    return AttemptFailed("rejected", message)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by `Retry-After` (RFC 9110, 10.2.3: seconds or a date) or OpenAI's `retry-after-ms`."""
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return max(0.0, milliseconds / 1000)
    value = headers.get("retry-after")
    if (seconds := _number(value)) is not None:
        return max(0.0, seconds)
    try:
        date = email.utils.parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return max(0.0, date.timestamp() - time.time())


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if number == number and number != float("inf") else None  # neither NaN nor infinite


def _headers(error: Any) -> dict[str, str]:
    # litellm keeps the provider's headers in the first place, and for some providers only in the second.
    for found in (getattr(error, "litellm_response_headers", None), getattr(error, "response", None)):
        headers = getattr(found, "headers", found)
        if headers:
            return {str(name).lower(): str(value) for name, value in dict(headers).items()}
    return {}


def _code(error: Any) -> str | None:
    body = getattr(error, "body", None)
    inner: Any = body.get("error", body) if isinstance(body, dict) else None  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    code = inner.get("code") if isinstance(inner, dict) else getattr(error, "code", None)  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    if isinstance(code, str) and code in _CODES:
        return code
    # Where litellm does not go through OpenAI's client, the body is only to be had as part of the message.
    found = _CODE_IN_TEXT.search(str(error))
    return found[1] if found else None


def _one_line(error: Any, status: int | None) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    while (shorter := _PREFIX.sub("", text)) not in (text, ""):
        text = shorter
    text = text if len(text) <= 300 else text[:299] + "…"
    return text if status is None else f"{status}: {text}"
