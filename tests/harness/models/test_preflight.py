"""A model that can't be called says so in one line, before any call is paid for."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from harness.models import Budget, Settings, Unreachable
from tests.harness.models.asking import ask, settings
from tests.servers.openai_server import Faults, OpenAIServer

# litellm reads pydantic's fields in a way that pydantic has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:Accessing the 'model_:DeprecationWarning")


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "OPENAI_API_KEY",
        "ANTHROPIC_API_KEY",
        "OLLAMA_API_BASE",
        "OPENAI_BASE_URL",
        "OPENAI_API_BASE",
    ):
        monkeypatch.delenv(name, raising=False)


def complaint(chosen: Settings, **more: Any) -> str:
    with pytest.raises(Unreachable) as caught:
        ask(chosen, **more)
    line = str(caught.value)
    assert "\n" not in line
    assert len(line) < 300
    return line


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("gpt4o", "unknown model gpt4o: did you mean gpt-4o?"),
        ("nowhere/thing-7", "unknown model nowhere/thing-7: name the provider too"),
        ("my-model", "unknown model my-model: name the provider too"),
        ("openai/gpt-4o", "OPENAI_API_KEY is not set"),
        ("gpt-4o", "OPENAI_API_KEY is not set"),
        ("anthropic/claude-sonnet-4-5", "ANTHROPIC_API_KEY is not set"),
        ("replay/none", "replay/none has no recording"),
    ],
)
def test_a_name_or_key_that_is_wrong(model: str, words: str) -> None:
    assert words in complaint(Settings(model))


def test_a_server_that_is_not_there() -> None:
    base = f"http://127.0.0.1:{free_port()}/v1"
    assert f"no model server answers at {base}" in complaint(Settings("openai/x", api_base=base))
    assert "no model server answers at nonsense" in complaint(Settings("openai/x", api_base="nonsense"))
    assert "no model server answers" in complaint(
        Settings("ollama/llama3", api_base=base.removesuffix("/v1"))
    )


def test_a_server_that_refuses_the_key() -> None:
    with OpenAIServer(Faults(key="right")) as server:
        assert "refuses the key (401)" in complaint(settings(server))
        assert server.log.requests == 0


def test_a_server_without_a_list_of_models_needs_no_key() -> None:
    with OpenAIServer(Faults(models=None)) as server:
        assert ask(settings(server))[0].status == "answered"


def test_the_key_of_the_environment_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "right")
    with OpenAIServer(Faults(key="right")) as server:
        assert ask(settings(server))[0].status == "answered"


def test_settings_that_the_provider_does_not_take_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    from harness.models import Model

    async def ignored(chosen: Settings) -> tuple[str, ...]:
        model = await Model.open(chosen)
        await model.close()
        return model.ignored

    monkeypatch.setenv("ANTHROPIC_API_KEY", "x")
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    assert asyncio.run(ignored(Settings("anthropic/claude-sonnet-4-5", seed=1, temperature=0.5))) == ("seed",)
    assert asyncio.run(ignored(Settings("openai/gpt-4o", seed=1, temperature=0.5))) == ()
    assert asyncio.run(ignored(Settings("openai/gpt-5", temperature=0.5))) == ("temperature",)


def test_a_budget_needs_a_price() -> None:
    with OpenAIServer() as server:
        assert "LiteLLM has no price for openai/mock" in complaint(settings(server), budget=Budget(1.0))
