"""Taking files out of answers: `extract` reads what a model replied, docs/answers.md lists the shapes it
knows."""

from harness.answers.block import (
    MAX_ANSWER_BYTES,
    MAX_BLOCKS,
    MAX_FILE_BYTES,
    Block,
    Extraction,
    Problem,
    answer_lines,
)
from harness.answers.extract import extract

__all__ = [
    "MAX_ANSWER_BYTES",
    "MAX_BLOCKS",
    "MAX_FILE_BYTES",
    "Block",
    "Extraction",
    "Problem",
    "answer_lines",
    "extract",
]
