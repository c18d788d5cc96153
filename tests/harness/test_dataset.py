"""The corpus as a dataset."""

from pathlib import Path
from typing import Any

from harness.corpus import load_corpus
from harness.dataset import as_dataset
from harness.persona import load_persona
from tests.harness.corpus_folder import write_corpus


def test_one_row_a_variant_with_the_prompt_and_no_answer(tmp_path: Path) -> None:
    dataset: Any = as_dataset(load_corpus([write_corpus(tmp_path, cases=3)]), 2, load_persona(None))
    assert dataset["id"][:] == [f"area/case-{number}@2" for number in range(3)]
    row: Any = dataset[0]
    assert [message["role"] for message in row["messages"]] == ["system", "user"]
    assert "accepted" not in dataset.column_names
    assert {rule["id"] for rule in row["rules"]} == {"GHA-01", "GHA-02", "GHA-14", "SEC-01", "CTR-01"}
