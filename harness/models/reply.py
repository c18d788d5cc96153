"""What a model replied to one turn, and the status that the API's fields give it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["answered", "truncated", "empty", "refused", "filtered", "unanswered"]


@dataclass(frozen=True, slots=True)
class Reply:
    """The outcome of one `Model.ask`, after its retries.

    `model` is the alias that the server reported, which need not be the one that was asked for. Token counts
    are the server's own; None where it reported none. `cost` is in US dollars by LiteLLM's price list for
    these tokens; None where tokens or prices are unknown, 0 for a recording. `seconds` and
    `first_token_seconds` are of the last attempt, without the waiting before it. `error` is one line, only
    for `unanswered`.
    """

    text: str
    status: Status
    model: str | None = None
    finish_reason: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost: float | None = None
    seconds: float = 0.0
    first_token_seconds: float | None = None
    attempts: int = 1
    error: str | None = None


def status_of(text: str, finish_reason: str | None, refusal: bool) -> Status:
    """The status of a reply that came to its end; never judged from its prose.

    `refusal` says that the API set its refusal field. A truncated reply may have no text at all (a reasoning
    model that used its whole allowance): it is still `truncated`.
    """
    if refusal:
        return "refused"
    if finish_reason == "content_filter":
        return "filtered"
    if finish_reason == "length":
        return "truncated"
    return "answered" if text.strip() else "empty"
