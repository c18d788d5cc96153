"""YAML as nodes with their place in the text, for tools that cut pieces out of a file or blank them."""

from __future__ import annotations

from typing import Any

import yaml


def compose(text: str) -> Any:
    """The root node of the one document of `text` (None when it is empty); raises yaml.YAMLError.

    `graders.limits.check` comes first: libyaml crashes on deep nesting.
    """
    return yaml.compose(text, yaml.CSafeLoader)  # pyright: ignore


def compose_all(text: str) -> list[Any]:
    """The root node of each document of `text`; raises yaml.YAMLError."""
    return list(yaml.compose_all(text, yaml.CSafeLoader))  # pyright: ignore


def fields(node: Any) -> dict[str, Any]:
    """The value nodes of a mapping by their keys; empty for any other node."""
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {str(key.value): value for key, value in node.value}


def items(node: Any) -> list[Any]:
    """The nodes of a sequence; empty for any other node."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
