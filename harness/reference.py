"""The corpus' own answers as recordings: `replay/reference` and `replay/careless`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.corpus import Variant
from harness.corpus.case import Recorded
from harness.models.recordings import RecordedReply


def _in_turn(variant: Variant, epoch: int) -> Recorded | None:
    """The accepted answers one after the other: another epoch, another seed, another answer."""
    accepted = variant.case.accepted
    return accepted[(variant.seed + epoch) % len(accepted)] if accepted else None


# Model name -> which of a case's recorded answers it takes, by variant and epoch.
RECORDINGS: dict[str, Callable[[Variant, int], Recorded | None]] = {
    "replay/reference": _in_turn,
    "replay/careless": lambda variant, epoch: variant.case.careless,
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
