"""A model that can be asked: preflight, limiter, retries, budget and cost around one streamed call."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

from harness.models import lite, preflight, prices, replay, tokens
from harness.models.budget import Budget
from harness.models.failure import AttemptFailed
from harness.models.limiter import Limiter
from harness.models.patience import Patience
from harness.models.received import Received
from harness.models.recordings import Recording
from harness.models.reply import Reply, status_of
from harness.models.settings import Settings, Unreachable
from harness.models.stream import receive


class Model:
    """Open one with `Model.open` in the event loop that asks it, and close it there."""

    def __init__(
        self, litellm: Any, settings: Settings, request: Mapping[str, Any], budget: Budget | None
    ) -> None:
        self.settings = settings
        self.limiter = Limiter(settings.concurrency)
        self.budget = budget
        self.ignored: tuple[str, ...] = ()  # settings that the provider does not take (`temperature`, `seed`)
        self._litellm = litellm
        self._request = request
        self._recording: int | None = None
        self._worked = False

    @classmethod
    async def open(
        cls, settings: Settings, recording: Recording | None = None, budget: Budget | None = None
    ) -> Self:
        """Checks that the model can be called; `recording` has the answers of a `replay/NAME`.

        Raises `Unreachable` with one line for an unknown model, a missing key, a server that does not answer,
        a recording that is not given, and a budget for a model whose price is unknown.
        """
        litellm = lite.load()
        if settings.replays:
            if recording is None:
                raise Unreachable(
                    f"{settings.model} has no recording: name replay/reference, a folder or a run"
                )
            number = replay.open_recording(recording)
            model = cls(litellm, settings, _request(litellm, settings, None), budget)
            model._recording = number
            return model
        key = await preflight.check(litellm, settings, budget is not None)
        model = cls(litellm, settings, _request(litellm, settings, key), budget)
        model.ignored = _ignored(litellm, settings)
        return model

    async def ask(
        self, sample: str, turn: int, messages: Sequence[Mapping[str, str]], max_tokens: int | None = None
    ) -> Reply:
        """The reply to `messages`, sent as they are. `sample` and `turn` choose a recording's answer.
        `max_tokens` is the room for this visible answer where it differs from the settings (a turn of a dialogue).

        Waits for a slot, tries again as docs/models.md says, and gives `unanswered` in the end rather than an
        exception. Raises `BudgetSpent` before an attempt that the budget no longer allows, and `Unreachable`
        if the provider denies access (401, 403, 404) before any call has worked.
        """
        request: dict[str, Any] = {**self._request, "messages": [dict(message) for message in messages]}
        if max_tokens is not None:
            request["max_tokens"] += max_tokens - self.settings.max_tokens
        if self._recording is not None:
            request |= replay.parameters(self._recording, sample, turn)
        patience, attempts, received = Patience(self.settings), 0, Received()
        try:
            async for attempt in patience.attempts():
                with attempt:
                    async with self.limiter.slot(ahead=attempts > 0) as slot:
                        if self.budget is not None:
                            self.budget.check()
                        seconds = patience.time_left()
                        attempts, received = attempts + 1, Received()
                        try:
                            await receive(self._litellm, request, seconds, received, slot.accepted)
                        except AttemptFailed as failed:
                            if failed.kind in ("limited", "overloaded"):
                                slot.refused(failed.retry_after)
                            raise
                        finally:
                            self._charge(received, request["messages"])
        except AttemptFailed as failed:
            return self._without_reply(failed, received, attempts)
        self._worked = True
        return self._reply(received, attempts)

    async def close(self) -> None:
        """Closes the connections. The model can't be asked any more."""
        if self._recording is not None:
            replay.close_recording(self._recording)
            return
        await self._litellm.close_litellm_async_clients()
        # Else a model that is opened later would be given a closed client.
        self._litellm.in_memory_llm_clients_cache.flush_cache()

    def _charge(self, received: Received, messages: Sequence[Mapping[str, str]]) -> None:
        if self.budget is None or not received.accepted:
            return
        known = prices.cost(self.settings.model, received.usage)
        if known is None:  # broken off, or the server reports no usage: what was sent and what came
            sent = tokens.fits(messages, self.settings.model, 0, 0).upper
            known = prices.estimate(
                self.settings.model, sent, tokens.count(received.text, self.settings.model)
            )
        self.budget.charge(known)

    def _reply(self, received: Received, attempts: int) -> Reply:
        usage = received.usage
        details = getattr(usage, "completion_tokens_details", None)
        return Reply(
            text=received.text,
            status=status_of(received.text, received.finish_reason, received.refusal),
            model=received.model,
            finish_reason=received.finish_reason,
            prompt_tokens=getattr(usage, "prompt_tokens", None),
            completion_tokens=getattr(usage, "completion_tokens", None),
            reasoning_tokens=getattr(details, "reasoning_tokens", None),
            cost=prices.cost(self.settings.model, usage),
            seconds=time.monotonic() - received.started,
            first_token_seconds=received.first_token_seconds,
            attempts=attempts,
        )

    def _without_reply(self, failed: AttemptFailed, received: Received, attempts: int) -> Reply:
        if failed.kind == "denied" and not self._worked and self._recording is None:
            raise Unreachable(
                f"{self.settings.model} can't be used ({failed}): check its name, the key and API_BASE"
            ) from failed
        seconds = time.monotonic() - received.started
        if failed.kind == "filtered":
            self._worked = True
            return Reply("", "filtered", seconds=seconds, attempts=attempts, finish_reason="content_filter")
        return Reply("", "unanswered", seconds=seconds, attempts=attempts, error=str(failed))


def _request(litellm: Any, settings: Settings, key: str | None) -> dict[str, Any]:
    """The parts of a request that are the same for every call."""
    reasons = not settings.replays and litellm.supports_reasoning(settings.model)
    request: dict[str, Any] = {
        "model": settings.model,
        "max_tokens": settings.max_tokens + (settings.reasoning_tokens if reasons else 0),
        "stream": True,  # so that a timeout or Ctrl-C frees a local server
        "stream_options": {"include_usage": True},
        "num_retries": 0,  # retries are ours
        "max_retries": 0,
        "drop_params": True,  # what is dropped is told by `Model.ignored`
        "timeout": settings.timeout + 60,  # ours comes first, and covers the whole reply
    }
    optional = {
        "api_base": settings.api_base,
        "api_key": key,
        "temperature": settings.temperature,
        "seed": settings.seed,
        "extra_body": dict(settings.extra) or None,
    }
    return request | {name: value for name, value in optional.items() if value is not None}


def _ignored(litellm: Any, settings: Settings) -> tuple[str, ...]:
    name, provider, _, _ = litellm.get_llm_provider(settings.model, api_base=settings.api_base)
    wanted = {"temperature": settings.temperature, "seed": settings.seed}
    given = {parameter: value for parameter, value in wanted.items() if value is not None}
    if not given:
        return ()
    taken: dict[str, Any] = litellm.utils.get_optional_params(
        model=name, custom_llm_provider=provider, drop_params=True, **given
    )
    return tuple(parameter for parameter in given if parameter not in taken)
