"""LiteLLM, imported late and made quiet and offline."""

from __future__ import annotations

import functools
import gc
import logging
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any


@functools.cache
def load() -> Any:
    """The `litellm` module. The first call takes about 2.5 s and 150 MB."""
    # Read by litellm while it is imported. Prices and tokenizers come from the installed package, never from
    # the network; PRODUCTION keeps it from loading a `.env` file that happens to lie above the environment.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    with _nothing_collected():
        import litellm

    module: Any = litellm
    module.telemetry = False
    module.suppress_debug_info = True
    # A model that loops has replied, to its end or to the length limit; litellm would raise a 500 instead.
    module.REPEATED_STREAMING_CHUNK_LIMIT = sys.maxsize
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # its warnings would garble the progress bar
    return module


@contextmanager
def _nothing_collected() -> Generator[None]:
    """What an import makes stays: looking through it again and again for garbage takes a quarter of litellm's import,
    and every later collection would look through it once more.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
