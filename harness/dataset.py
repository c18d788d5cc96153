"""The corpus as a `datasets.Dataset`: one row a variant, for people who work with that library."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.corpus import Corpus, draw
from harness.persona import Persona
from harness.prompt import first_messages

if TYPE_CHECKING:
    from datasets import Dataset


def as_dataset(corpus: Corpus, seed: int, persona: Persona | None) -> Dataset:
    """Columns: id, case, cluster, area, seed, messages (role, content), turns, deliverables (id, kind, path), rules (id,
    because, parameters as JSON). What graders alone may know (fixtures, accepted answers) is not in it."""
    from datasets import Dataset

    variants = [draw(case, seed) for case in corpus.cases]
    from_list: Any = Dataset.from_list  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return from_list(
        [
            {
                "id": variant.id,
                "case": variant.case.id,
                "cluster": variant.case.cluster,
                "area": variant.case.area,
                "seed": seed,
                "messages": first_messages(variant, persona),
                "turns": list(variant.turns),
                "deliverables": [
                    {"id": item.id, "kind": item.kind, "path": item.path}
                    for item in variant.assignment.deliverables
                ],
                "rules": [
                    {
                        "id": applied.id,
                        "because": applied.because,
                        "parameters": json.dumps(_public(dict(applied.params)), sort_keys=True),
                    }
                    for applied in variant.assignment.rules
                    if applied.applies
                ],
            }
            for variant in variants
        ]
    )


def _public(params: dict[str, object]) -> dict[str, object]:
    """Without fixtures, which are lists of whole documents that only graders may see."""
    return {name: value for name, value in params.items() if not _is_fixture(value)}


def _is_fixture(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(item, dict) and "apiVersion" in item for item in value)  # pyright: ignore[reportUnknownVariableType]
