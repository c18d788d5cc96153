"""An OpenAI-compatible chat server on loopback that can be told to misbehave.

It runs in a thread with an event loop of its own, so that a test speaks to it over real HTTP:

    with OpenAIServer(Faults(p429=0.05, retry_after=1)) as server:
        ... Settings(model="openai/mock", api_base=server.url, ...)
        assert server.log.answered == 200
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from aiohttp import web

Finish = Literal["stop", "length", "content_filter"]
Answer = str | Callable[[list[dict[str, str]]], str]


@dataclass
class Faults:
    """What the server does to a request; a share is drawn anew for each request. Times are in seconds."""

    latency: float = 0.0  # before the status line
    first_token: float = 0.0  # between the status line and the first chunk
    chunk_delay: float = 0.0  # after each chunk
    chunk: int = 64  # characters in each chunk
    p429: float = 0.0
    p500: float = 0.0
    p503: float = 0.0
    hang: float = 0.0  # share that never gets a status line
    broken: float = 0.0  # share whose connection closes after half of the answer
    ends_early: float = 0.0  # share that ends cleanly after half of the answer, without finish_reason
    first: tuple[int, ...] = ()  # statuses of the first requests, in their order, before any share is drawn
    error: dict[str, Any] | None = None  # body of an error reply, instead of the usual one
    retry_after: str | float | None = None  # header of a 429 or 503: seconds or an HTTP date
    max_in_flight: int = 0  # above this many at once: 429
    finish: Finish = "stop"
    refusal: str | None = None  # OpenAI's `refusal` field instead of content
    usage: Literal["right", "none"] = "right"
    reasoning: str | None = None  # streamed as `reasoning_content` before the answer
    reasoning_tokens: int = 0
    key: str | None = None  # the bearer token that is accepted; None: any
    models: tuple[str, ...] | None = ("mock",)  # GET /models; None: 404, as a server without that route


@dataclass
class Log:
    """What the server saw. `messages` holds each request's messages, `bodies` the whole parsed requests."""

    requests: int = 0
    answered: int = 0
    refused: int = 0  # 429 and 503
    failed: int = 0  # 500
    disconnects: int = 0  # the client went away before the end of the answer
    in_flight: int = 0
    peak: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    raw: list[bytes] = field(default_factory=list[bytes])
    answers_per_prompt: Counter[str] = field(default_factory=Counter[str])

    @property
    def messages(self) -> list[list[dict[str, str]]]:
        return [body["messages"] for body in self.bodies]


class OpenAIServer:
    """`POST /v1/chat/completions` (streamed or not) and `GET /v1/models`, on a free port of 127.0.0.1."""

    def __init__(
        self, faults: Faults | None = None, answer: Answer = "Hello from the mock.\n", seed: int = 7
    ) -> None:
        self.faults = faults or Faults()
        self.answer = answer
        self.log = Log()
        self._random = random.Random(seed)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self.port = 0

    @property
    def url(self) -> str:
        """The base address for `api_base`."""
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the loopback server did not start within 10 s")
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(client_max_size=64 << 20)
        app.router.add_post("/v1/chat/completions", self._completions)
        app.router.add_get("/v1/models", self._models)
        # handler_cancellation: a closed socket cancels the handler, which is how a disconnect is noticed.
        runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        self.port = runner.addresses[0][1]
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        if not self._key_is_right(request):
            return _error(401, "Incorrect API key provided")
        if self.faults.models is None:
            return _error(404, "no such route")
        return web.json_response({"object": "list", "data": [{"id": name} for name in self.faults.models]})

    def _key_is_right(self, request: web.Request) -> bool:
        return self.faults.key is None or request.headers.get("Authorization") == f"Bearer {self.faults.key}"

    async def _completions(self, request: web.Request) -> web.StreamResponse:
        log = self.log
        raw = await request.read()
        body: dict[str, Any] = json.loads(raw)
        log.requests += 1
        log.raw.append(raw)
        log.bodies.append(body)
        log.in_flight += 1
        log.peak = max(log.peak, log.in_flight)
        try:
            status = self._status(request, log.requests)
            if status != 200:
                return await self._refuse(status)
            if self._random.random() < self.faults.hang:
                await asyncio.sleep(3600)
            await asyncio.sleep(self.faults.latency)
            response = await (self._stream(request, body) if body.get("stream") else self._whole(body))
            log.answers_per_prompt[json.dumps(body["messages"])] += 1
            return response
        except (asyncio.CancelledError, ConnectionResetError):
            log.disconnects += 1
            raise
        finally:
            log.in_flight -= 1

    def _status(self, request: web.Request, number: int) -> int:
        faults = self.faults
        if not self._key_is_right(request):
            return 401
        if number <= len(faults.first):
            return faults.first[number - 1]
        if faults.max_in_flight and self.log.in_flight > faults.max_in_flight:
            return 429
        draw = self._random.random()
        for status, share in ((429, faults.p429), (500, faults.p500), (503, faults.p503)):
            if draw < share:
                return status
            draw -= share
        return 200

    async def _refuse(self, status: int) -> web.Response:
        headers: dict[str, str] = {}
        if status in (429, 503):
            self.log.refused += 1
            if self.faults.retry_after is not None:
                headers["Retry-After"] = str(self.faults.retry_after)
        else:
            self.log.failed += 1
            await asyncio.sleep(self.faults.latency)
        return _error(status, f"mock {status}", headers, self.faults.error)

    def _answer(self, body: dict[str, Any]) -> str:
        return self.answer if isinstance(self.answer, str) else self.answer(body["messages"])

    def _usage(self, body: dict[str, Any]) -> dict[str, Any]:
        prompt = sum(len(message["content"]) for message in body["messages"])  # one character, one token
        completion = len(self._answer(body)) + self.faults.reasoning_tokens
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "completion_tokens_details": {"reasoning_tokens": self.faults.reasoning_tokens},
        }

    async def _whole(self, body: dict[str, Any]) -> web.Response:
        message = {"role": "assistant", "content": self._answer(body), "refusal": self.faults.refusal}
        choice = {"index": 0, "message": message, "finish_reason": self.faults.finish}
        whole = {"id": "chatcmpl-mock", "object": "chat.completion", "created": 1, "model": "mock-served"}
        self.log.answered += 1
        return web.json_response({**whole, "choices": [choice], "usage": self._usage(body)})

    async def _stream(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        faults = self.faults
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await asyncio.sleep(faults.first_token)
        pieces: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        if faults.reasoning:
            pieces.append({"reasoning_content": faults.reasoning})
        if faults.refusal is not None:
            pieces.append({"refusal": faults.refusal})
        else:
            size = faults.chunk
            text = self._answer(body)
            pieces += [{"content": text[i : i + size]} for i in range(0, len(text), size)]
        breaks = self._random.random() < faults.broken
        early = self._random.random() < faults.ends_early
        if breaks or early:
            pieces = pieces[: max(2, len(pieces) // 2)]
        for piece in pieces:
            await response.write(_event({"index": 0, "delta": piece, "finish_reason": None}))
            if faults.chunk_delay:
                await asyncio.sleep(faults.chunk_delay)
        if breaks and request.transport:
            request.transport.abort()
            return response
        if not early:
            self.log.answered += 1
            await response.write(_event({"index": 0, "delta": {}, "finish_reason": faults.finish}))
            options: dict[str, Any] = body.get("stream_options") or {}
            if options.get("include_usage") and faults.usage == "right":
                await response.write(_event(None, self._usage(body)))
            await response.write(b"data: [DONE]\n\n")
        await response.write_eof()
        return response


def _event(choice: dict[str, Any] | None, usage: dict[str, Any] | None = None) -> bytes:
    chunk: dict[str, Any] = {
        "id": "chatcmpl-mock",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "mock-served",
        "choices": [choice] if choice else [],
    }
    if usage:
        chunk["usage"] = usage
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def _error(
    status: int, message: str, headers: dict[str, str] | None = None, error: dict[str, Any] | None = None
) -> web.Response:
    body = {"error": error or {"message": message, "type": "mock", "code": str(status)}}
    return web.json_response(body, status=status, headers=headers)
