"""The provider's stream below litellm's wrapper."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Literal

from harness.models.received import Received

_REASONING = {"reasoning_content", "reasoning"}  # DeepSeek, vLLM, llama.cpp; OpenRouter


class RawStream(AsyncIterator[Any]):
    """Stands between the provider's stream and litellm's, for three reasons (all seen in litellm 1.110.2).

    litellm drops the `refusal` field of streamed chunks and puts the asked-for name in place of the served
    one, so both are read here. It spends 0.33 ms on each chunk, where the OpenAI client spends 0.1 ms: 50
    streams of 50 tokens a second would need a whole core. So consecutive chunks of an OpenAI stream that hold
    nothing but text are passed on as one, and those that hold nothing but reasoning, which is no part of the
    answer, not at all. And its bookkeeping after the end of a stream costs as much as a call, so for such a
    stream the usage is read here, the chunk with the finish reason comes last, and `Received.complete` says
    that no more is needed.
    """

    def __init__(self, inner: Any, received: Received) -> None:
        from openai.types.chat import ChatCompletionChunk

        self._inner = inner
        self._received = received
        self._mergeable: type = ChatCompletionChunk
        self._chunks: AsyncIterator[Any] = self._pass_on()

    def __aiter__(self) -> AsyncIterator[Any]:
        return self  # litellm asks for an iterator for each chunk

    async def __anext__(self) -> Any:
        return await anext(self._chunks)

    async def _pass_on(self) -> AsyncIterator[Any]:
        received, last = self._received, None
        carrier: Any = None  # the first of the chunks whose text is held
        async for chunk in self._inner:
            self._note(chunk)
            kind = _kind(chunk) if isinstance(chunk, self._mergeable) else "other"
            if kind == "text":
                received.note_first_token()
                received.held.append(chunk.choices[0].delta.content)
                carrier = carrier or chunk
            elif kind == "last":
                last = chunk
            elif kind == "other":
                if carrier is not None:
                    yield self._merged(carrier)
                    carrier = None
                yield chunk
        if carrier is not None:
            yield self._merged(carrier)
        if last is not None:
            received.complete = True
            yield last

    async def aclose(self) -> None:
        close = getattr(self._inner, "aclose", None) or getattr(self._inner, "close", None)
        if close is not None and asyncio.iscoroutine(closing := close()):
            await closing

    def _note(self, chunk: Any) -> None:
        received = self._received
        received.model = _get(chunk, "model") or received.model
        received.refusal = received.refusal or _refuses(chunk)
        if isinstance(chunk, self._mergeable) and _get(chunk, "usage") is not None:
            received.usage = _get(chunk, "usage")

    def _merged(self, carrier: Any) -> Any:
        carrier.choices[0].delta.content = "".join(self._received.held)
        self._received.held.clear()  # litellm hands it to the reader in the same step
        return carrier


def _kind(chunk: Any) -> Literal["text", "reasoning", "usage", "last", "other"]:
    """What an OpenAI chunk holds and nothing besides; `other` is for litellm to see, where it stands."""
    if not chunk.choices:
        return "usage"
    choice = chunk.choices[0]
    delta = choice.delta
    fields: dict[str, Any] = delta.model_extra or {}
    extra = {name for name, value in fields.items() if value}
    if len(chunk.choices) > 1 or choice.logprobs or delta.tool_calls or delta.function_call:
        return "other"
    if extra:
        return "reasoning" if extra <= _REASONING and not (delta.content or choice.finish_reason) else "other"
    if choice.finish_reason:
        return "other" if delta.content else "last"
    return "text" if delta.content else "other"


def _refuses(chunk: Any) -> bool:
    choices = _get(chunk, "choices")
    delta = _get(choices[0], "delta") if choices else None
    if _get(delta, "refusal"):  # OpenAI
        return True
    # Anthropic's stop reason; litellm reports it as a content filter and keeps the original here.
    return any(
        _get(_get(part, "provider_specific_fields"), "stop_reason") == "refusal" for part in (chunk, delta)
    )


def _get(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
