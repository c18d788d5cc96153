"""Recordings behind LiteLLM: the provider `replay`.

Which answer is wanted goes with the request as the parameters `drydock_recording`, `drydock_sample` and
`drydock_turn`, which LiteLLM passes to the provider among its optional parameters. So the messages stay what
they are for any other model, and several recordings can be open at once.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import AsyncIterator
from typing import Any

from harness.models import lite
from harness.models.recordings import RecordedReply, Recording

PROVIDER = "replay"

_recordings: dict[int, Recording] = {}
_numbers = itertools.count(1)


def open_recording(recording: Recording) -> int:
    """Makes `recording` known to the provider; the number is what requests name it by."""
    _register()
    number = next(_numbers)
    _recordings[number] = recording
    return number


def close_recording(number: int) -> None:
    """Forgets a recording that was opened."""
    _recordings.pop(number, None)


def parameters(recording: int, sample: str, turn: int) -> dict[str, object]:
    """What to add to a request so that it is answered from a recording."""
    return {"drydock_recording": recording, "drydock_sample": sample, "drydock_turn": turn}


@functools.cache
def _register() -> None:
    litellm = lite.load()

    class Replay(litellm.CustomLLM):
        """Answers from the recording that the request names."""

        async def astreaming(
            self, model: str, optional_params: dict[str, Any], **_: object
        ) -> AsyncIterator[dict[str, Any]]:
            wanted: dict[str, Any] = {**optional_params, **optional_params.get("extra_body", {})}
            sample, turn = wanted["drydock_sample"], wanted["drydock_turn"]
            reply = _recordings[wanted["drydock_recording"]].answer(sample, turn)
            if reply is None:
                missing = f"the recording {PROVIDER}/{model} has no answer to turn {turn} of {sample}"
                raise litellm.NotFoundError(message=missing, model=model, llm_provider=PROVIDER)
            yield _chunk(reply.text)
            yield _end(reply)

    litellm.custom_provider_map.append({"provider": PROVIDER, "custom_handler": Replay()})


def _chunk(text: str, **more: object) -> dict[str, Any]:
    # litellm.types.utils.GenericStreamingChunk
    empty = {"index": 0, "is_finished": False, "finish_reason": "", "usage": None, "tool_use": None}
    return {**empty, "text": text, **more}


def _end(reply: RecordedReply) -> dict[str, Any]:
    usage = None
    if reply.prompt_tokens is not None and reply.completion_tokens is not None:
        prompt, completion = reply.prompt_tokens, reply.completion_tokens
        usage = {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        }
    fields = {"stop_reason": "refusal"} if reply.refusal else None
    return _chunk(
        "", is_finished=True, finish_reason=reply.finish_reason, usage=usage, provider_specific_fields=fields
    )
