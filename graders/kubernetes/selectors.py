"""Label selectors as the API evaluates them (meta/v1 LabelSelector)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.kubernetes.shapes import mapping, sequence, text


def matches(selector: Any, labels: Mapping[str, str]) -> bool:
    """Whether a LabelSelector selects these labels: none selects nothing, an empty one everything.

    All of matchLabels and matchExpressions must hold. NotIn holds where the key is missing. An unknown operator holds
    nowhere.
    """
    if not isinstance(selector, dict):
        return False
    parts = mapping(selector)
    return equal(parts.get("matchLabels"), labels) and all(
        _holds(mapping(expression), labels) for expression in sequence(parts.get("matchExpressions"))
    )


def equal(wanted: Any, labels: Mapping[str, str]) -> bool:
    """Whether every pair of a plain map (a Service's selector, matchLabels) is among the labels."""
    return all(labels.get(key) == value for key, value in mapping(wanted).items())


def _holds(expression: dict[str, Any], labels: Mapping[str, str]) -> bool:
    key = text(expression.get("key"))
    values = sequence(expression.get("values"))
    match expression.get("operator"):
        case "In":
            return key in labels and labels[key] in values
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False
