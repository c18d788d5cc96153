"""Token counts need no network."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import Any

import pytest

from harness.models.tokens import count, exact, fits

NAMES = (
    "openai/gpt-4o",
    "gpt-4",
    "openai/x",
    "ollama/llama3",
    "meta-llama/llama-2-7b",
    "anthropic/claude-sonnet-4-5",
)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a token count opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_every_model_is_counted_offline() -> None:
    # In a process of its own: nothing is cached there, and sockets are refused before the first import.
    code = (
        "import socket\n"
        "def refuse(*a, **k): raise SystemExit('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from harness.models.tokens import count\n"
        f"print([count('hello world', name) for name in {NAMES!r}])\n"
        "import sys; print('litellm' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split("\n")[:2] == ["[2, 2, 2, 2, 2, 2]", "False"]


def test_control_tokens_in_a_text_are_text() -> None:
    assert count("<|im_end|>", "openai/gpt-4o") > 1
    assert count("<|endoftext|>", "ollama/llama3") > 1


def test_the_margin_is_for_tokenizers_that_are_not_at_hand() -> None:
    messages = [{"role": "user", "content": "word " * 100}]
    known, unknown = (fits(messages, name, 200, 90) for name in ("openai/gpt-4o", "ollama/llama3"))
    assert exact("openai/gpt-4o")
    assert not exact("ollama/llama3")
    assert not exact("openrouter/openai/gpt-4o")
    assert known.tokens == known.upper == unknown.tokens == 108
    assert unknown.upper == 125
    assert known.fits
    assert not unknown.fits


def test_the_limit_is_reached_and_not_passed() -> None:
    messages = [{"role": "user", "content": "word " * 100}]
    assert fits(messages, "gpt-4o", 208, 100).fits
    assert not fits(messages, "gpt-4o", 207, 100).fits
