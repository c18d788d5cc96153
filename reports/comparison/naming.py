"""What a run is called in a comparison: as short as can be, and unique."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.runs import Row
from reports.comparison.wording import counted


def names_of(abouts: Sequence[Row]) -> list[str]:
    """The model's name, with what tells runs of one model apart, and a number where nothing else does."""
    names = [str(about["model"]["name"]) for about in abouts]
    for tell in _TELLINGS:
        extended = list(names)
        for name in {name for name in names if names.count(name) > 1}:
            members = [number for number, other in enumerate(names) if other == name]
            words = {number: tell(abouts[number]) for number in members}
            if len(set(words.values())) > 1:
                for number, word in words.items():
                    extended[number] = f"{name}, {word}"
        names = extended
    return [
        name if names.count(name) == 1 else f"{name} ({names[: number + 1].count(name)})"
        for number, name in enumerate(names)
    ]


def _card(about: Row) -> str:
    persona = about["persona"]
    return f"card {persona['name']} {persona['version']}" if persona else "no card"


def _card_hash(about: Row) -> str:
    return f"sha256 {about['persona']['hash'][:8]}" if about["persona"] else "no card"


def _temperature(about: Row) -> str:
    return f"temperature {about['model'].get('temperature')}"


def _epochs(about: Row) -> str:
    return counted(about["epochs"], "epoch")


_TELLINGS: tuple[Callable[[Row], str], ...] = (_card, _card_hash, _temperature, _epochs)
