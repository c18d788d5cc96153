"""LiteLLM, imported late and made quiet and offline."""

from __future__ import annotations

import functools
import logging
import os
import sys
from typing import Any


@functools.cache
def load() -> Any:
    """The `litellm` module. The first call takes about 2 s and 150 MB."""
    # Read by litellm while it is imported. Prices and tokenizers come from the installed package, never from
    # the network; PRODUCTION keeps it from loading a `.env` file that happens to lie above the environment.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["LITELLM_MODE"] = "PRODUCTION"
    import litellm

    module: Any = litellm
    module.telemetry = False
    module.suppress_debug_info = True
    # A model that loops has replied, to its end or to the length limit; litellm would raise a 500 instead.
    module.REPEATED_STREAMING_CHUNK_LIMIT = sys.maxsize
    for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # its warnings would garble the progress bar
    return module
