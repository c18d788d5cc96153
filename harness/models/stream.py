"""One attempt: a streamed call of `litellm.acompletion`, read to its end or closed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.models import failure
from harness.models.failure import AttemptFailed


@dataclass(slots=True)
class Received:
    """What has come so far, also of an attempt that then fails. `usage` is set only if the server reported it."""

    started: float = field(default_factory=time.monotonic)
    pieces: list[str] = field(default_factory=list[str])
    finish_reason: str | None = None
    refusal: bool = False
    model: str | None = None
    usage: Any = None
    accepted: bool = False
    first_token_seconds: float | None = None

    @property
    def text(self) -> str:
        return "".join(self.pieces)


async def receive(
    litellm: Any, request: Mapping[str, Any], seconds: float, received: Received, on_accepted: Callable[[], None]
) -> None:
    """Makes one call and fills `received`. `on_accepted` is called when the status line says 200.

    Raises `AttemptFailed` for everything that the provider or the network did. On a timeout, a failure or a
    cancellation the connection is closed, which frees the slot of a local server.
    """
    try:
        async with asyncio.timeout(seconds):
            stream = await litellm.acompletion(**request)
            try:
                on_accepted()
                received.accepted = True
                await _read(stream, received)
            finally:
                await stream.aclose()
    except TimeoutError:
        raise AttemptFailed("timeout", f"no complete reply within {seconds:.3g} s") from None
    except AttemptFailed:
        raise
    except Exception as error:  # noqa: BLE001  litellm raises several unrelated families
        raise failure.from_exception(error) from error


async def _read(stream: Any, received: Received) -> None:
    if hasattr(stream.completion_stream, "__aiter__"):
        stream.completion_stream = _Watched(stream.completion_stream, received)
    async for chunk in stream:
        if not chunk.choices:
            continue
        choice = chunk.choices[0]
        if choice.delta.content:
            if received.first_token_seconds is None:
                received.first_token_seconds = time.monotonic() - received.started
            received.pieces.append(choice.delta.content)
        if choice.finish_reason:
            received.finish_reason = choice.finish_reason
    # After the last chunk litellm yields usage in any case, its own estimate if need be; these are the server's.
    reported = [usage for chunk in stream.chunks if (usage := getattr(chunk, "usage", None)) is not None]
    received.usage = reported[-1] if reported else None


class _Watched(AsyncIterator[Any]):
    """The provider's stream below litellm's wrapper, passed on unchanged.

    litellm 1.110.2 drops the `refusal` field of streamed chunks and puts the asked-for name in place of the
    served one, so both are read here.
    """

    def __init__(self, inner: Any, received: Received) -> None:
        self._inner = inner
        self._iterator: AsyncIterator[Any] = aiter(inner)
        self._received = received

    def __aiter__(self) -> AsyncIterator[Any]:
        return self  # litellm asks for an iterator for each chunk

    async def __anext__(self) -> Any:
        chunk = await anext(self._iterator)
        self._received.model = _get(chunk, "model") or self._received.model
        self._received.refusal = self._received.refusal or _refuses(chunk)
        return chunk

    async def aclose(self) -> None:
        close = getattr(self._inner, "aclose", None) or getattr(self._inner, "close", None)
        if close is not None and asyncio.iscoroutine(closing := close()):
            await closing


def _refuses(chunk: Any) -> bool:
    choices = _get(chunk, "choices")
    delta = _get(choices[0], "delta") if choices else None
    if _get(delta, "refusal"):  # OpenAI
        return True
    # Anthropic's stop reason; litellm reports it as a content filter and keeps the original here
    return any(_get(_get(part, "provider_specific_fields"), "stop_reason") == "refusal" for part in (chunk, delta))


def _get(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
