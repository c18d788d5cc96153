"""Actions (action.yml) of the answer itself: read together with the workflows that use them."""

from __future__ import annotations

import re

from graders.artifact import Artifact
from graders.github_actions.instances import ACTION_KIND as KIND
from graders.github_actions.workflow import CompositeAction, parse_action
from graders.rule import Rule

__all__ = ["KIND", "RULES", "is_whole", "parse", "recognises"]


_RUNS = re.compile(r"^runs\s*:\s*(#.*)?$", re.MULTILINE)
_USING = re.compile(r"^\s+using\s*:", re.MULTILINE)


def recognises(path: str | None, info: str, text: str) -> bool:
    """action.yml or action.yaml with `runs:`; without a path the same by content."""
    del info
    if path and path.rpartition("/")[2] not in ("action.yml", "action.yaml"):
        return False
    return _RUNS.search(text) is not None and (bool(path) or _USING.search(text) is not None)


def is_whole(text: str) -> bool:
    """What is recognised has `runs:` and is whole."""
    return _RUNS.search(text) is not None


def parse(artifact: Artifact) -> CompositeAction:
    """The action with its lines; raises `Unparsable`."""
    return parse_action(artifact)


RULES: tuple[Rule, ...] = ()
