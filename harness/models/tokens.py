"""Token counts without a network: the tokenizer files that LiteLLM ships, read by tiktoken."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import tiktoken

COMMON = "cl100k_base"  # for every model whose own tokenizer is not at hand
MARGIN = 0.15  # a local Llama-like model was counted 12 % too low by it
PER_MESSAGE = 4  # role and separators in OpenAI's chat format
PER_REPLY = 3  # the start of the reply
BUNDLED = {
    "cl100k_base": "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
    "o200k_base": "fb374d419588a4632f3f557e76b4b70aebbca790",
}


@dataclass(frozen=True, slots=True)
class Fit:
    """A prompt against a context limit, in tokens. `upper` is `tokens` plus an uncertain count's margin."""

    tokens: int
    upper: int
    limit: int
    room: int

    @property
    def fits(self) -> bool:
        """Whether the prompt leaves `room` for the answer even by the upper count."""
        return self.upper + self.room <= self.limit


def count(text: str, model: str) -> int:
    """Tokens of `text`. Exact for OpenAI's models; for any other an estimate (see `exact`)."""
    return len(_encoding(_own_encoding(model) or COMMON).encode(text, disallowed_special=()))


def exact(model: str) -> bool:
    """Whether the tokenizer of `model` itself is known and at hand."""
    return _own_encoding(model) is not None


def fits(messages: Sequence[Mapping[str, str]], model: str, limit: int, room: int) -> Fit:
    """Counts `messages` for `model` against a context of `limit` tokens, `room` of them for the answer."""
    tokens = PER_REPLY + sum(PER_MESSAGE + count(message["content"], model) for message in messages)
    upper = tokens if exact(model) else -int(-tokens * (1 + MARGIN) // 1)
    return Fit(tokens, upper, limit, room)


def _own_encoding(model: str) -> str | None:
    from tiktoken.model import encoding_name_for_model

    provider, _, name = model.rpartition("/")
    if provider not in ("", "openai", "azure"):
        return None
    try:
        encoding = encoding_name_for_model(name)
    except KeyError:
        return None
    return encoding if encoding in BUNDLED else None


@functools.cache
def _encoding(name: str) -> tiktoken.Encoding:
    import tiktoken

    package = find_spec("litellm")
    folder = Path(
        (package.submodule_search_locations or [""])[0] if package else "", "litellm_core_utils", "tokenizers"
    )
    if not (folder / BUNDLED[name]).is_file():
        raise FileNotFoundError(
            f"the installed litellm has no tokenizer {name} in {folder}: run `make setup`"
        )
    # tiktoken looks here before it would fetch the file; litellm sets the same variable when it is imported.
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
    return tiktoken.get_encoding(name)
