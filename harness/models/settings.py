"""How a model is to be called, and the error for one that can't be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class Unreachable(Exception):
    """The model can't be called at all; the message is one line that ends with the remedy."""


@dataclass(frozen=True, slots=True)
class Settings:
    """One model and how it is asked. Times are in seconds.

    `model` is LiteLLM's name with its provider (`openai/gpt-4o`, `replay/reference`). None leaves
    `temperature` and `seed` to the provider. `max_tokens` is the room for the visible answer;
    `reasoning_tokens` is added to it for models that reason. `timeout` bounds one attempt from request to
    last token, a server's own queue included; `deadline` bounds all attempts at one reply and the waits
    between them. `retries` counts repeats after failures; refusals for rate (429) are bounded by the deadline
    alone. `concurrency` is an upper bound: the limiter stays below it while the provider refuses. `extra` is
    sent as further fields of the request.
    """

    model: str
    api_base: str | None = None
    temperature: float | None = None
    max_tokens: int = 4096
    reasoning_tokens: int = 16384
    timeout: float = 600.0
    deadline: float = 1800.0
    retries: int = 6
    concurrency: int = 16
    seed: int | None = None
    extra: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def replays(self) -> bool:
        """Whether the model is a recording."""
        return self.model.startswith("replay/")
