"""Can this model be called at all? Asked once before a run, without paying for a call."""

from __future__ import annotations

import difflib
import os
from typing import Any

from harness.models import prices
from harness.models.settings import Settings, Unreachable

PROBE_SECONDS = 10.0
NO_KEY = "none"  # sent where a server of one's own is named and no key is set


async def check(litellm: Any, settings: Settings, budgeted: bool) -> str | None:
    """The key to send, where the environment has none and none is needed. Raises `Unreachable`."""
    provider, base = _provider(litellm, settings)
    if budgeted and not prices.price_known(settings.model):
        raise Unreachable(
            f"LiteLLM has no price for {settings.model}, so no budget can be kept: leave out --max-cost"
        )
    missing = _missing_keys(litellm, settings.model)
    if settings.api_base is None and missing and provider != "ollama":
        raise Unreachable(
            f"{' and '.join(missing)} is not set, and {settings.model} needs it: export it first"
        )
    key = NO_KEY if settings.api_base is not None and missing else None
    if provider in ("ollama", "ollama_chat"):
        base = settings.api_base or os.environ.get("OLLAMA_API_BASE") or base or "http://localhost:11434"
        await _probe(base, "/api/tags", None)
    elif settings.api_base is not None:
        await _probe(settings.api_base, "/models", key or _environment_key(provider))
    return key


def _provider(litellm: Any, settings: Settings) -> tuple[str, str | None]:
    try:
        _, provider, _, base = litellm.get_llm_provider(settings.model, api_base=settings.api_base)
    except Exception:  # noqa: BLE001  litellm raises a BadRequestError whose text is a paragraph
        known: list[str] = list(litellm.model_cost)
        near = difflib.get_close_matches(settings.model, known, n=1, cutoff=0.7)
        hint = (
            f"did you mean {near[0]}?"
            if near
            else "name the provider too, as in openai/gpt-4o or ollama/llama3"
        )
        raise Unreachable(f"unknown model {settings.model}: {hint}") from None
    return provider, base


def _missing_keys(litellm: Any, model: str) -> list[str]:
    found: dict[str, Any] = litellm.validate_environment(model)
    return [] if found.get("keys_in_environment") else list(found.get("missing_keys") or [])


def _environment_key(provider: str) -> str | None:
    return os.environ.get(f"{provider.upper()}_API_KEY")


async def _probe(base: str, route: str, key: str | None) -> None:
    import httpx

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        async with httpx.AsyncClient(timeout=PROBE_SECONDS) as client:
            answer = await client.get(base.rstrip("/") + route, headers=headers)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        why = str(error) or type(error).__name__
        raise Unreachable(
            f"no model server answers at {base} ({why}): start it, or correct API_BASE"
        ) from None
    if answer.status_code in (401, 403):
        raise Unreachable(
            f"the server at {base} refuses the key ({answer.status_code}): export the right one"
        )
    if answer.status_code >= 500:
        raise Unreachable(
            f"the server at {base} is not ready ({answer.status_code}): wait until it has started"
        )
