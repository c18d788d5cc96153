"""From a variant and a card to the messages of the first turn. No text of corpus or persona is templated here."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path, PurePosixPath

from harness.corpus.templates import fill
from harness.corpus.variants import Variant
from harness.persona import Persona

CONTRACT_VERSION = "1"

Message = dict[str, str]


def first_messages(variant: Variant, persona: Persona | None) -> list[Message]:
    """The system message (the card, left out without one) and the user's first message."""
    user = "\n\n".join(
        (
            "# Service\n\n" + variant.description.strip(),
            "# SLAs\n\n" + variant.slas.strip(),
            "# Environments\n\n" + variant.environments.strip(),
            "# Request\n\n" + variant.request.strip(),
            _contract(variant).strip(),
        )
    )
    system: list[Message] = [{"role": "system", "content": persona.text}] if persona else []
    return [*system, {"role": "user", "content": user}]


def next_messages(messages: list[Message], reply: str, turn: str) -> list[Message]:
    """The dialogue so far, with the model's reply and the user's next turn behind it."""
    return [*messages, {"role": "assistant", "content": reply}, {"role": "user", "content": turn.strip()}]


def _contract(variant: Variant) -> str:
    listed = "".join(
        f"- `{item.path}`: {variant.about[item.id].strip()}\n" for item in variant.assignment.deliverables
    )
    return str(fill(_contract_text(), {"deliverables": listed, **_versions()}))


@lru_cache(maxsize=1)
def _contract_text() -> str:
    return (Path(__file__).parent / "delivery_contract.md").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _versions() -> dict[str, str]:
    """The versions that the contract states: those that judge."""
    from graders.tools.kubernetes_schema import KUBERNETES
    from setup.tool import known_tools

    tools = known_tools()
    terraform, promtool = tools["terraform"].release, tools["promtool"].debian
    assert terraform is not None
    assert promtool is not None
    return {
        "terraform": terraform.version,
        "provider": PurePosixPath(tools["terraform-provider-aws"].file).name,
        "kubernetes": KUBERNETES,
        "prometheus": promtool.version.split("+")[0],
    }
