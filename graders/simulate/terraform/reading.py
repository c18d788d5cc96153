"""Terraform's JSON as outcomes: diagnostics with the places of the answer, plans as changes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any, cast

from graders.simulate.terraform.command import Result
from graders.simulate.terraform.outcome import Action, Change, Diagnostic, Plan

_ACTIONS: dict[tuple[str, ...], Action] = {
    ("create",): "create",
    ("update",): "update",
    ("delete",): "delete",
    ("forget",): "forget",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("create", "forget"): "replace",
}


def diagnostics(result: Result, root: str, paths: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    """The diagnostics of a command that ran in the folder `root`. `paths` maps the place of a file below the answer to its
    artifact's path; what lies elsewhere (our override) is named by no file."""
    found: list[Diagnostic] = []
    for one in result.diagnostics():
        place = one.get("range")
        file = posixpath.normpath(posixpath.join(root, place["filename"])) if place else ""
        found.append(
            Diagnostic(
                severity="error" if one["severity"] == "error" else "warning",
                summary=str(one["summary"]),
                detail=" ".join(str(one.get("detail") or "").split()),
                file=paths.get(file, ""),
                line=int(place["start"]["line"]) if place and file in paths else None,
                address=str(one.get("address") or ""),
            )
        )
    return tuple(dict.fromkeys(found))


def plan(document: Mapping[str, Any]) -> Plan:
    """A plan from `terraform show -json`."""
    changed: dict[str, Any] = document.get("output_changes") or {}
    outputs = tuple(name for name, change in changed.items() if change["actions"] != ["no-op"])
    return Plan(document, tuple(_changes(document)), outputs, frozenset(_imported(document)))


def _imported(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in document.get("resource_changes") or ():
        if importing := one["change"].get("importing"):
            yield one["type"], str(importing.get("id"))


def _changes(document: Mapping[str, Any]) -> Iterator[Change]:
    for one in document.get("resource_changes") or ():
        change = one["change"]
        action = _ACTIONS.get(tuple(change["actions"]))
        if action is None or one["mode"] != "managed":
            continue
        differing: tuple[str, ...] = ()
        if action in ("update", "replace"):
            differing = tuple(_differing(change))
        forced = {str(path[0]) for path in change.get("replace_paths") or ()}
        before: dict[str, Any] = change.get("before") or {}
        id = str(before.get("id") or "")
        yield Change(one["address"], one["type"], action, differing, tuple(sorted(forced)), id)


def _differing(change: Mapping[str, Any]) -> Iterator[str]:
    before: dict[str, Any] = change.get("before") or {}
    after: dict[str, Any] = change.get("after") or {}
    unknown: dict[str, Any] = change.get("after_unknown") or {}
    for name in sorted({*before, *after, *unknown}):
        if _is_any(unknown.get(name)) or before.get(name) != after.get(name):
            yield name


def _is_any(unknown: Any) -> bool:
    """Whether anything is true in `after_unknown`'s entry for an attribute."""
    if isinstance(unknown, dict):
        return any(_is_any(value) for value in cast("dict[str, Any]", unknown).values())
    if isinstance(unknown, list):
        return any(_is_any(value) for value in cast("list[Any]", unknown))
    return bool(unknown)
