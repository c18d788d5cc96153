"""Servers that refuse, fail, hang and break off: nothing is lost, and nothing is asked for too often."""

from __future__ import annotations

import asyncio
import email.utils
import time

import pytest

from harness.models import Model, Unreachable
from harness.models.failure import retry_after
from tests.eventually import eventually
from tests.harness.models.asking import ask, prompt, settings
from tests.servers.openai_server import Faults, OpenAIServer

# litellm reads pydantic's fields in a way that pydantic has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:Accessing the 'model_:DeprecationWarning")

PROMPTS_200 = [prompt(f"case {number}") for number in range(200)]


@pytest.mark.parametrize("seconds", [None, 1])
def test_stray_refusals_and_errors_lose_nothing(seconds: int | None) -> None:
    faults = Faults(latency=0.1, p429=0.05, p500=0.02, retry_after=seconds)
    with OpenAIServer(faults) as server:
        replies = ask(settings(server, concurrency=50), PROMPTS_200)
    assert {reply.status for reply in replies} == {"answered"}
    assert sum(reply.attempts for reply in replies) == server.log.requests < 240
    assert set(server.log.answers_per_prompt.values()) == {1}
    assert len(server.log.answers_per_prompt) == 200
    assert server.log.peak <= 50


def test_a_provider_that_takes_twenty_at_once() -> None:
    with OpenAIServer(Faults(latency=0.2, max_in_flight=20, retry_after=1)) as server:
        replies = ask(settings(server, concurrency=50), PROMPTS_200)
    assert {reply.status for reply in replies} == {"answered"}
    assert server.log.requests <= 260


def test_a_hang_is_tried_once_more_and_its_connections_are_closed() -> None:
    with OpenAIServer(Faults(hang=1)) as server:
        reply = ask(settings(server, timeout=1.0))[0]
        assert eventually(lambda: (server.log.disconnects, server.log.in_flight) == (2, 0))
    assert (reply.status, reply.attempts) == ("unanswered", 2)
    assert reply.error == "no complete reply within 1 s"


@pytest.mark.parametrize("faults", [Faults(hang=1), Faults(broken=1), Faults(ends_early=1)])
def test_a_provider_that_litellm_reaches_without_the_openai_client(faults: Faults) -> None:
    with OpenAIServer(faults, "word " * 100) as server:
        reply = ask(settings(server, model="hosted_vllm/mock", timeout=1.0, retries=1))[0]
        assert (reply.status, server.log.requests) == ("unanswered", 2)
        assert eventually(lambda: server.log.in_flight == 0)
        server.faults = Faults()
        assert ask(settings(server, model="hosted_vllm/mock"))[0].text == "word " * 100


def test_a_timeout_in_the_middle_of_an_answer_closes_the_stream() -> None:
    with OpenAIServer(Faults(chunk_delay=0.1), "word " * 2000) as server:
        reply = ask(settings(server, timeout=1.0, retries=0))[0]
        assert eventually(lambda: (server.log.disconnects, server.log.in_flight) == (1, 0))
        assert server.log.requests == 1
    assert reply.status == "unanswered"


def test_a_cancelled_call_closes_the_stream() -> None:
    async def cancel(server: OpenAIServer) -> None:
        model = await Model.open(settings(server))
        task = asyncio.create_task(model.ask("a/b@1#1", 0, prompt()))
        while not server.log.requests:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        end = time.monotonic() + 10
        while server.log.in_flight and time.monotonic() < end:
            await asyncio.sleep(0.02)  # the model stays open: it is the call that must let go
        assert (server.log.disconnects, server.log.in_flight, model.limiter.in_flight) == (1, 0, 0)
        await model.close()

    with OpenAIServer(Faults(chunk_delay=0.1), "word " * 2000) as server:
        asyncio.run(cancel(server))


@pytest.mark.parametrize("faults", [Faults(broken=1), Faults(ends_early=1), Faults(p500=1), Faults(p503=1)])
def test_what_never_ends_well_is_unanswered_after_its_retries(faults: Faults) -> None:
    with OpenAIServer(faults, "word " * 100) as server:
        reply = ask(settings(server, retries=2))[0]
    assert (reply.status, reply.attempts, server.log.requests, reply.text) == ("unanswered", 3, 3, "")
    assert reply.error
    assert "\n" not in reply.error


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529])
def test_what_may_pass_is_tried_again(status: int) -> None:
    with OpenAIServer(Faults(first=(status, status))) as server:
        reply = ask(settings(server))[0]
    assert (reply.status, reply.attempts, server.log.requests) == ("answered", 3, 3)


@pytest.mark.parametrize("status", [400, 422])
def test_what_will_be_the_same_again_is_not(status: int) -> None:
    with OpenAIServer(Faults(first=(status,))) as server:
        reply = ask(settings(server))[0]
    assert (reply.status, reply.attempts, server.log.requests) == ("unanswered", 1, 1)
    assert reply.error is not None
    assert reply.error.startswith(f"{status}: ")


@pytest.mark.parametrize("model", ["openai/mock", "hosted_vllm/mock"])
def test_a_quota_that_is_used_up_is_not_waited_for(model: str) -> None:
    error = {"message": "You exceeded your current quota", "code": "insufficient_quota"}
    with OpenAIServer(Faults(p429=1, error=error)) as server:
        reply = ask(settings(server, model=model, deadline=10.0))[0]
    assert (reply.status, server.log.requests) == ("unanswered", 1)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_denied_at_first_stops_the_run_and_later_only_the_sample(status: int) -> None:
    with OpenAIServer(Faults(first=(status,))) as server:
        with pytest.raises(Unreachable, match=str(status)):
            ask(settings(server))
        assert server.log.requests == 1

    async def later(server: OpenAIServer) -> str:
        model = await Model.open(settings(server))
        await model.ask("a/b@1#1", 0, prompt())
        server.faults.first = (200, status)
        reply = await model.ask("a/b@2#1", 0, prompt())
        await model.close()
        return reply.status

    with OpenAIServer() as server:
        assert asyncio.run(later(server)) == "unanswered"


@pytest.mark.parametrize("date", [False, True])
def test_retry_after_is_honoured(date: bool) -> None:
    with OpenAIServer(Faults(first=(429,))) as server:
        # An HTTP date has whole seconds, so 2 s ahead means at least 1 s.
        server.faults.retry_after = email.utils.formatdate(time.time() + 2, usegmt=True) if date else 1
        began = time.monotonic()
        reply = ask(settings(server))[0]
    assert reply.status == "answered"
    assert time.monotonic() - began >= 1


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    with OpenAIServer(Faults(p429=1, retry_after=3600)) as server:
        began = time.monotonic()
        reply = ask(settings(server, deadline=60))[0]
    assert (reply.status, reply.attempts) == ("unanswered", 1)
    assert time.monotonic() - began < 20


def test_refusals_without_end_stop_at_the_deadline() -> None:
    with OpenAIServer(Faults(p429=1)) as server:
        reply = ask(settings(server, deadline=1.0, retries=0))[0]
    assert reply.status == "unanswered"
    # The deadline may cut the last attempt off before its request has left.
    assert server.log.requests >= 2
    assert server.log.requests <= reply.attempts <= server.log.requests + 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "2.5"}, 2.5),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_forms_of_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds
