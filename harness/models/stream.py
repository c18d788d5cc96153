"""One attempt: a streamed call of `litellm.acompletion`, read to its end or closed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from harness.models import failure
from harness.models.failure import AttemptFailed
from harness.models.rawstream import RawStream
from harness.models.received import Received


async def receive(
    litellm: Any,
    request: Mapping[str, Any],
    seconds: float,
    received: Received,
    on_accepted: Callable[[], None],
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
    except Exception as error:  # litellm raises several unrelated families
        raise failure.from_exception(error) from error


async def _read(stream: Any, received: Received) -> None:
    if hasattr(stream.completion_stream, "__aiter__"):
        stream.completion_stream = RawStream(stream.completion_stream, received)
    async for chunk in stream:
        if not chunk.choices:
            continue
        choice = chunk.choices[0]
        if choice.delta.content:
            received.note_first_token()
            received.pieces.append(choice.delta.content)
        if choice.finish_reason:
            received.finish_reason = choice.finish_reason
            if received.complete:
                break
    if received.usage is None:
        # litellm's last chunk has usage in any case, its own estimate if need be; these came from the server.
        reported = [usage for chunk in stream.chunks if (usage := getattr(chunk, "usage", None)) is not None]
        received.usage = reported[-1] if reported else None
