"""Composite actions of the answer, read in the place of the steps that use them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from posixpath import normpath
from typing import Any

from graders.github_actions.evaluation import UNKNOWN, substitute
from graders.github_actions.expression import Path, nodes_of, spans
from graders.github_actions.workflow import CompositeAction, Step, mapping

MAX_DEPTH = 10  # GitHub: at most ten levels of composite actions, and of reusable workflows


def is_local(uses: str) -> bool:
    """Does `uses` name something of the same repository and commit?"""
    return uses.startswith(("./", "$/"))


def by_folder(actions: list[CompositeAction]) -> dict[str, CompositeAction]:
    """Actions by the folder that `uses: ./FOLDER` names."""
    return {normpath(each.path.rpartition("/")[0] or "."): each for each in actions}


def inlined(steps: tuple[Step, ...], local: dict[str, CompositeAction], depth: int) -> Iterator[Step]:
    """The steps with each composite action of the bundle replaced by its own, its inputs filled in."""
    for step in steps:
        action = local.get(normpath(step.uses[2:])) if is_local(step.uses) else None
        yield step
        if action is None or depth >= MAX_DEPTH:
            continue
        given = {key.lower(): value for key, value in step.with_.items()}
        values = {
            name.lower(): given.get(name.lower(), mapping(settings).get("default", ""))
            for name, settings in action.inputs.items()
        }
        for inner in inlined(action.steps, local, depth + 1):
            yield _filled(inner, values, step)


def _filled(inner: Step, values: dict[str, Any], outer: Step) -> Step:
    """A step of an action as the caller's step would run it: its lines are the caller's, its inputs are filled in."""

    def put(value: Any) -> Any:
        return _replace_inputs(value, values) if isinstance(value, str) else value

    with_, env = mapping(None), mapping(None)
    for key, value in inner.with_.items():
        with_[key] = put(value)
    for key, value in [*outer.env.items(), *((key, put(value)) for key, value in inner.env.items())]:
        env[key] = value
    return replace(
        inner,
        line=outer.line,
        uses_line=outer.uses_line,
        run_line=outer.line,
        condition=put(inner.condition)
        if outer.condition is None or inner.condition is False
        else outer.condition,
        continues=outer.continues or inner.continues,
        run=_replace_inputs(inner.run, values),
        with_=with_,
        env=env,
    )


def _with_passed(expression: str, values: dict[str, Any]) -> str:
    """`fromJSON(inputs.x)` with the caller's expression in the place of `inputs.x`."""

    def passed(match: re.Match[str]) -> str:
        value = values.get(match[1].lower())
        found = spans(value) if isinstance(value, str) else []
        whole = len(found) == 1 and found[0][:2] == (0, len(str(value).strip()))
        return f"({found[0][2].strip()})" if whole else match[0]

    return re.sub(r"\binputs\.([\w-]+)", passed, expression)


def _replace_inputs(text: str, values: dict[str, Any]) -> str:
    def lookup(path: tuple[str, ...]) -> Any:
        value = values.get(path[1], UNKNOWN) if path[0] == "inputs" and len(path) > 1 else UNKNOWN
        return UNKNOWN if isinstance(value, str) and spans(value) else value

    # An expression that the caller passes is put in as it is written, to be resolved in the caller's place.
    pieces: list[str] = []
    done = 0
    for start, end, _ in spans(text):
        node = next(nodes_of(text[start:end]), None)
        name = (
            node.names()[1]
            if isinstance(node, Path) and node.root == "inputs" and len(node.parts) == 2
            else ""
        )
        passed = values.get(name)
        put = (
            passed
            if isinstance(passed, str) and spans(passed)
            else substitute(_with_passed(text[start:end], values), lookup)
        )
        pieces += [text[done:start], put]
        done = end
    return "".join(pieces) + text[done:]
