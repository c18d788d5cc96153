"""Paths of policies: which requests they match, and which of several matches decides.

`*` is a glob as the last character only, `+` stands for exactly one segment (an empty one too) when it is the whole
segment; anywhere else both are themselves. Source: vault/acl.go, CheckAllowedFromNonExactPaths.
"""

from __future__ import annotations


def has_segments(pattern: str) -> bool:
    """Whether a `+` opens a segment: then the pattern is no exact path and no plain prefix."""
    return pattern == "+" or "/+" in pattern or pattern.startswith("+/")


def is_exact(pattern: str) -> bool:
    return not has_segments(pattern) and not pattern.endswith("*")


def matches(pattern: str, path: str) -> bool:
    """Whether the path (without a leading slash) is one of the pattern's."""
    if is_exact(pattern):
        return pattern == path
    body = pattern.removesuffix("*")
    prefix = body != pattern
    if not has_segments(pattern):
        return path.startswith(body)
    wanted, given = body.split("/"), path.split("/")
    if len(given) < len(wanted) or (not prefix and len(given) != len(wanted)):
        return False
    last = len(wanted) - 1
    return all(
        segment in ("+", given[at]) or (prefix and at == last and given[at].startswith(segment))
        for at, segment in enumerate(wanted)
    )


def priority(pattern: str) -> tuple[int, bool, int, int, str]:
    """The larger decides: the first wildcard comes later, no glob, fewer `+`, longer, larger as text."""
    body = pattern.removesuffix("*")
    segmented = has_segments(pattern)
    first = pattern.index("+") if segmented else len(body)
    wildcards = body.split("/").count("+") if segmented else 0
    return (first, body == pattern, -wildcards, len(body), body)


def example(pattern: str, name: str) -> str:
    """A path that the pattern matches, with `name` for each wildcard."""
    filled = "/".join(name if segment == "+" else segment for segment in pattern.removesuffix("*").split("/"))
    return filled + name if pattern.endswith("*") else filled
