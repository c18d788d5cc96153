"""The corpus' own answers as recordings: `replay/reference`, `replay/careless`, and mixes of both."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from harness.corpus import Variant
from harness.corpus.case import Recorded
from harness.models.recordings import RecordedReply


def _in_turn(variant: Variant, epoch: int) -> Recorded | None:
    """The accepted answers one after the other: another epoch, another seed, another answer."""
    accepted = variant.case.accepted
    return accepted[(variant.seed + epoch) % len(accepted)] if accepted else None


def _mixed(share: float) -> Callable[[Variant, int], Recorded | None]:
    """An accepted answer for this share of the samples, the careless one for the others. The sample's id alone decides,
    so a mix that accepts more accepts all that one accepting less does, and epochs differ from each other."""

    def choose(variant: Variant, epoch: int) -> Recorded | None:
        digest = hashlib.sha256(f"{variant.id}#{epoch}".encode()).digest()
        accept = int.from_bytes(digest[:8]) < share * 2**64
        return _in_turn(variant, epoch) if accept else variant.case.careless

    return choose


# Model name -> which of a case's recorded answers it takes, by variant and epoch.
RECORDINGS: dict[str, Callable[[Variant, int], Recorded | None]] = {
    "replay/reference": _in_turn,
    "replay/careless": lambda variant, epoch: variant.case.careless,
    "replay/mixed-75": _mixed(0.75),
    "replay/mixed-50": _mixed(0.50),
}


class CorpusRecording:
    """Answers of the corpus, rendered for each variant. `variants` are by their id."""

    def __init__(self, model: str, variants: Mapping[str, Variant]) -> None:
        self._choose = RECORDINGS[model]
        self._variants = variants

    def answer(self, sample: str, turn: int) -> RecordedReply | None:
        """The text of one turn; None where the case has no such answer."""
        id, _, epoch = sample.rpartition("#")
        variant = self._variants[id]
        recorded = self._choose(variant, int(epoch))
        if recorded is None:
            return None
        turns = variant.text_of(recorded)
        return RecordedReply(turns[turn]) if turn < len(turns) else None
