"""What calls cost, by the price list of the installed LiteLLM; unknown is None, never 0."""

from __future__ import annotations

from typing import Any

from harness.models import lite


def price_known(model: str) -> bool:
    """Whether the list has a price for the tokens of `model`; a recording's price is known to be 0."""
    if model.startswith("replay/"):
        return True
    try:
        info: dict[str, Any] = lite.load().get_model_info(model)
    except Exception:  # noqa: BLE001  litellm raises a bare Exception for a model that it does not list
        return False
    return info.get("input_cost_per_token") is not None and info.get("output_cost_per_token") is not None


def cost(model: str, usage: Any) -> float | None:
    """US dollars for a reported `usage` (OpenAI's or litellm's object), cached tokens at their own price."""
    if model.startswith("replay/"):
        return 0.0
    if usage is None or not price_known(model):
        return None
    litellm = lite.load()
    try:
        tokens = usage if isinstance(usage, litellm.Usage) else litellm.Usage(**usage.model_dump())
        prompt, completion = litellm.cost_per_token(model=model, usage_object=tokens)
    except Exception:  # noqa: BLE001  as above
        return None
    return float(prompt) + float(completion)


def estimate(model: str, prompt_tokens: int, completion_tokens: int) -> float:
    """US dollars for an attempt whose usage was not reported, 0 where the price is unknown."""
    usage = lite.load().Usage(prompt_tokens=prompt_tokens, completion_tokens=completion_tokens)
    return cost(model, usage) or 0.0
