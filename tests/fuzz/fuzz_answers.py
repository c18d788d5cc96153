"""Coverage-guided fuzzing of `harness.answers`: `python tests/fuzz/fuzz_answers.py -runs=20000` .

The input is read twice: as text, and as a list of numbers that picks fragments of answers.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
atheris: Any = import_module("atheris")  # it comes without types

with atheris.instrument_imports(include=["harness.answers"]):
    from tests.harness.test_answers_properties import FRAGMENTS, assert_sound


def test_one_input(data: bytes) -> None:
    assert_sound([data.decode(errors="replace")])
    pieces = [FRAGMENTS[byte] if byte < len(FRAGMENTS) else "\n" for byte in data[:400]]
    assert_sound(["".join(pieces)])


def main() -> None:
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
