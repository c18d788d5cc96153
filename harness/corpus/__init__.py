"""The corpus: cases as templates, variants as what a seed makes of them."""

from harness.corpus.case import Case, Corpus, CorpusError
from harness.corpus.loading import load_corpus
from harness.corpus.variants import Variant, draw

__all__ = ["Case", "Corpus", "CorpusError", "Variant", "draw", "load_corpus"]
