"""Helpers of these tests: one model on a loopback server, asked one or many prompts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from harness.models import Budget, Model, Recording, Reply, Settings
from tests.servers.openai_server import OpenAIServer

Messages = list[dict[str, str]]


def prompt(text: str = "Build it.") -> Messages:
    return [{"role": "system", "content": "You are careful."}, {"role": "user", "content": text}]


def settings(server: OpenAIServer, **changes: Any) -> Settings:
    usual: dict[str, Any] = {"model": "openai/mock", "api_base": server.url, "timeout": 20.0}
    return Settings(**(usual | changes))


def ask(
    chosen: Settings,
    prompts: Sequence[Messages] | None = None,
    recording: Recording | None = None,
    budget: Budget | None = None,
    samples: Sequence[str] = (),
    turn: int = 0,
) -> list[Reply]:
    """The replies to all prompts, asked for at the same time, in their order."""
    asked = prompts or [prompt()]
    names = samples or [f"area/case@{number}#1" for number in range(len(asked))]

    async def work() -> list[Reply]:
        model = await Model.open(chosen, recording, budget)
        try:
            return await asyncio.gather(
                *(model.ask(name, turn, messages) for name, messages in zip(names, asked, strict=True))
            )
        finally:
            await model.close()

    return asyncio.run(work())
