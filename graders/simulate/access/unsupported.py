"""What an evaluator here can't say."""

from __future__ import annotations


class Unsupported(Exception):
    """The policy uses something that is not modelled: the rule says nothing about the model (`grader_error`)."""
