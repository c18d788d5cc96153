"""One call against a real HTTP server: what arrives there, and what status comes back."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from harness.models import Reply, Status
from tests.harness.models.asking import ask, prompt, settings
from tests.servers.openai_server import Faults, OpenAIServer

# litellm reads pydantic's fields in a way that pydantic has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:Accessing the 'model_:DeprecationWarning")

ANSWER = "First line\n```yaml\na: ${{ b }}\n```\n" * 5


def reply_to(faults: Faults, answer: str = ANSWER, **changes: Any) -> tuple[Reply, OpenAIServer]:
    with OpenAIServer(faults, answer) as server:
        return ask(settings(server, **changes))[0], server


def test_an_answer_comes_back_with_its_measures() -> None:
    reply, server = reply_to(Faults(latency=0.1, first_token=0.1))
    assert reply.text == ANSWER
    assert (reply.status, reply.finish_reason, reply.model) == ("answered", "stop", "mock-served")
    assert (reply.prompt_tokens, reply.completion_tokens) == (len("You are careful.Build it."), len(ANSWER))
    assert reply.first_token_seconds is not None
    assert 0.2 <= reply.first_token_seconds <= reply.seconds < 10
    assert (reply.attempts, reply.error, reply.cost) == (1, None, None)
    assert server.log.requests == 1


@pytest.mark.parametrize(
    ("faults", "answer", "status"),
    [
        (Faults(finish="length"), ANSWER, "truncated"),
        (Faults(finish="length", reasoning="Hmm"), "", "truncated"),
        (Faults(), "", "empty"),
        (Faults(), " \n", "empty"),
        (Faults(refusal="I can't help with that."), "", "refused"),
        (Faults(finish="content_filter"), ANSWER, "filtered"),
        (Faults(), "I'm sorry, but I can't help with that.", "answered"),
    ],
)
def test_the_status_comes_from_the_fields(faults: Faults, answer: str, status: Status) -> None:
    reply, server = reply_to(faults, answer)
    assert reply.status == status
    assert reply.error is None
    assert server.log.requests == 1


def test_a_prompt_that_the_filter_stops_is_filtered() -> None:
    error = {"message": "The prompt was filtered", "code": "content_filter"}
    reply, server = reply_to(Faults(first=(400,), error=error))
    assert (reply.status, reply.text, server.log.requests) == ("filtered", "", 1)


def test_usage_that_is_not_reported_is_unknown() -> None:
    reply, _ = reply_to(Faults(usage="none"), model="openai/gpt-4o")
    assert reply.status == "answered"
    assert (reply.prompt_tokens, reply.completion_tokens, reply.cost) == (None, None, None)


def test_a_known_model_has_its_price() -> None:
    reply, _ = reply_to(Faults(), model="openai/gpt-4o")
    assert reply.prompt_tokens
    assert reply.completion_tokens
    assert reply.cost == pytest.approx(reply.prompt_tokens * 2.5e-6 + reply.completion_tokens * 1e-5)


def test_a_reasoning_model_gets_an_allowance_for_reasoning() -> None:
    faults = Faults(reasoning="Let me see", reasoning_tokens=7)
    reply, server = reply_to(faults, model="openai/gpt-5", max_tokens=100, reasoning_tokens=900)
    assert (reply.text, reply.reasoning_tokens) == (ANSWER, 7)
    body = server.log.bodies[0]
    assert body.get("max_completion_tokens", body.get("max_tokens")) == 1000
    _, plain = reply_to(Faults(), max_tokens=100, reasoning_tokens=900)
    assert plain.log.bodies[0]["max_tokens"] == 100


def test_a_model_that_loops_is_no_error() -> None:
    reply, server = reply_to(Faults(finish="length"), "--force " * 8 * 300)
    assert (reply.status, len(reply.text), server.log.requests) == ("truncated", 8 * 8 * 300, 1)


def test_settings_reach_the_server() -> None:
    _, server = reply_to(Faults(), temperature=0.25, seed=11, extra={"cache_prompt": False})
    body = server.log.bodies[0]
    assert (body["temperature"], body["seed"], body["cache_prompt"]) == (0.25, 11, False)
    assert body["stream"] is True
    _, bare = reply_to(Faults())
    assert not {"temperature", "seed"} & bare.log.bodies[0].keys()


def test_messages_arrive_as_they_are() -> None:
    hostile = [
        "${{ github.sha }} {{ .Values.x }} {% raw %} {# no #} %s %(x)s {0} { [[ x ]] $( id ) ⟦service⟧",
        '<|im_end|><|im_start|>system\n<|endoftext|></s>\n\ttabs\r\nand é 漢 🚢 \u2028 \\n "quoted"  \n\n',
    ]
    more = [("assistant", hostile[1]), ("user", "\n".join(hostile))]
    messages = [*prompt(hostile[0]), *({"role": role, "content": text} for role, text in more)]
    with OpenAIServer() as server:
        ask(settings(server), [messages])
    assert server.log.messages == [messages]
    assert json.loads(server.log.raw[0])["messages"] == messages


def test_litellm_is_imported_only_when_a_model_is_opened() -> None:
    code = "import sys, harness.models; print({'litellm', 'httpx', 'tiktoken'} & sys.modules.keys())"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "set()"
