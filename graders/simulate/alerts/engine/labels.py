"""Label sets in one canonical form: pairs sorted by name, without empty values (in Prometheus empty is absent)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

Labels = tuple[tuple[str, str], ...]

NAME = "__name__"
NONE: Labels = ()


def canonical(labels: Mapping[str, str]) -> Labels:
    """The canonical form of `labels`."""
    return tuple(sorted((name, value) for name, value in labels.items() if value))


def keep(labels: Labels, names: Collection[str]) -> Labels:
    """The labels that `names` lists."""
    return tuple(pair for pair in labels if pair[0] in names)


def drop(labels: Labels, names: Collection[str] = ()) -> Labels:
    """The labels that `names` does not list, and no metric name."""
    return tuple(pair for pair in labels if pair[0] != NAME and pair[0] not in names)
