"""The worlds in which a workflow is tried: its events, on which branches, from forks or not, with which inputs.

How many: per event the refs and forks that differ in what GitHub gives them; each option of a manual start; outputs that
a condition compares with a literal have each literal and one other value. Caps keep it finite, MOST_WORLDS the last.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any

from graders.github_actions.workflow import Workflow, mapping, scalars, text_of
from graders.simulate.workflows.world import World

NAMED_VERSION = "v9.8.7-named"
"""What a text input of a manual start is given, beside its default: a step that runs with it redeploys a named version."""
OTHER_VERSION = "v9.8.6-named"
"""What that input is given in a second run."""
TAG = "refs/tags/v1.2.3"
FEATURE = "refs/heads/feature-x"

MOST_BRANCHES, MOST_INPUTS, MOST_OUTPUTS, MOST_SAID, MOST_WORLDS = 4, 16, 12, 6, 300
_CONCLUSIONS = ("success", "failure", "cancelled", "timed_out")
_HEARD = {
    "push",
    "pull_request",
    "pull_request_target",
    "issue_comment",
    "issues",
    "discussion",
    "discussion_comment",
}

_COMPARED = re.compile(
    r"(?:needs|steps|jobs)\.[\w-]+\.outputs\.([\w-]+)\s*[!=]=\s*(?:'([^']*)'|(true|false))"
)
# What the answer takes its own repository to be called: a job that runs nowhere else compares it.
_CALLED = re.compile(r"(?:github\.repository|\brepo(?:sitory)?\.full_name)\s*==\s*'([\w.-]+/[\w.-]+)'")
_OWNED = re.compile(r"github\.repository_owner\s*==\s*'([\w.-]+)'")
_LISTENS = re.compile(r"comment\.body|\.labels?\b|commit\.message|commits\b.*message")
_LITERAL = re.compile(r"'([^']+)'")
_PLAIN = re.compile(r"[\w./-]+\Z")
_WILD = re.compile(r"\*{1,2}")
_LAST_DIGIT = re.compile(r"\d\Z")


def worlds(workflow: Workflow, repository: Mapping[str, Any]) -> list[World]:
    """Every world to try, with nothing going wrong; those that the trigger's filters shut out are among them."""
    combined = [tuple(zip(_names(repository), values, strict=True)) for values in _outputs(repository)]
    said = ["", *_said(repository)]
    called = _repository(repository)
    found = [
        replace(world, outputs=outputs, said=words, repository=called)
        for world in _events(workflow, repository)
        for words in (said if world.event in _HEARD else [""])
        for outputs in combined
    ]
    return found[:MOST_WORLDS]


def _repository(repository: Mapping[str, Any]) -> str:
    """The one name (or owner) that the answer's conditions compare the repository with; "" for none or several."""
    every = list(scalars(repository))
    names = {name for text in every for name in _CALLED.findall(text)}
    owners = {f"{name}/shop" for text in every for name in _OWNED.findall(text)}
    found = names or owners
    return found.pop() if len(found) == 1 else ""


def _events(workflow: Workflow, repository: Mapping[str, Any]) -> Iterator[World]:
    path, triggers = workflow.path, workflow.triggers
    if "push" in triggers:
        for ref in (*_branches(workflow), FEATURE, TAG):
            yield World(path, "push", ref=ref)
    if "pull_request" in triggers:
        for action, fork in product(_actions(workflow, "pull_request", "synchronize"), (False, True)):
            yield World(path, "pull_request", fork=fork, action=action, head="topic")
        for merged in (True, False):
            yield World(path, "pull_request", action="closed", merged=merged, head="topic")
    if "pull_request_target" in triggers:
        for action in _actions(workflow, "pull_request_target", "synchronize"):
            for merged in (True, False) if action == "closed" else (False,):
                yield World(
                    path, "pull_request_target", fork=True, action=action, merged=merged, head="topic"
                )
    if "workflow_run" in triggers:
        for conclusion, fork in product(_CONCLUSIONS, (False, True)):
            yield World(
                path,
                "workflow_run",
                fork=fork,
                action="completed",
                conclusion=conclusion,
                run_event="pull_request" if fork else "push",
                head="main",  # a fork may call its branch main too
            )
    for event in ("issue_comment", "issues", "discussion", "discussion_comment"):
        if event in triggers:
            for action, fork in product(_actions(workflow, event, "created"), (True, False)):
                yield World(path, event, fork=fork, action=action)
    if "release" in triggers:
        for action in _actions(workflow, "release", "published"):
            yield World(path, "release", action=action, ref=TAG)
    if "schedule" in triggers:
        for line in _schedules(workflow):
            yield World(path, "schedule", schedule=line)
    if "repository_dispatch" in triggers:
        for action in _actions(workflow, "repository_dispatch", ""):
            yield World(path, "repository_dispatch", action=action)
    if "merge_group" in triggers:
        yield World(path, "merge_group")
    if "workflow_dispatch" in triggers:
        for inputs in _inputs(workflow, repository):
            for ref in ("refs/heads/main", FEATURE):
                yield World(path, "workflow_dispatch", ref=ref, inputs=tuple(inputs.items()))


def _actions(workflow: Workflow, event: str, usual: str) -> list[str]:
    """The activity types that the trigger names, else the usual one."""
    written = workflow.triggers[event].get("types")
    names = written if isinstance(written, list) else [written]  # pyright: ignore[reportUnknownVariableType]
    return [text for name in names if (text := text_of(name))] or [usual]  # pyright: ignore[reportUnknownVariableType]


def _schedules(workflow: Workflow) -> list[str]:
    written: Any = workflow.raw.get("on")
    entries = written.get("schedule") if isinstance(written, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    lines = [text_of(mapping(entry).get("cron")) for entry in entries] if isinstance(entries, list) else []  # pyright: ignore[reportUnknownVariableType]
    return lines or [""]


def _said(repository: Mapping[str, Any]) -> list[str]:
    """What comments and labels must say for conditions that look at them: each literal beside such a field."""
    texts = [text for text in scalars(repository) if _LISTENS.search(text)]
    return list(dict.fromkeys(literal for text in texts for literal in _LITERAL.findall(text) if literal))[
        :MOST_SAID
    ]


def _branches(workflow: Workflow) -> list[str]:
    """The branches that are pushed to: those that the filter names, and one for each simple pattern (`release/*`)."""
    written = workflow.triggers["push"].get("branches")
    names = [text_of(name) for name in (written if isinstance(written, list) else [written])]  # pyright: ignore[reportUnknownVariableType]
    named = [name for name in (_WILD.sub("7", name) for name in names) if _PLAIN.match(name)]
    return [f"refs/heads/{name}" for name in dict.fromkeys(named)][:MOST_BRANCHES] or ["refs/heads/main"]


def second(world: World) -> World:
    """The same event once more, by another person, of another commit: the next tag, the next branch of a pattern, another
    version where a person names one."""
    ref = _LAST_DIGIT.sub(lambda found: str((int(found[0]) + 1) % 10), world.ref)
    inputs = tuple((name, OTHER_VERSION if value == NAMED_VERSION else value) for name, value in world.inputs)
    return replace(world, again=True, ref=ref, inputs=inputs)


def _inputs(workflow: Workflow, repository: Mapping[str, Any]) -> list[dict[str, Any]]:
    choices: list[dict[str, Any]] = [{}]
    for name, settings in workflow.dispatch_inputs().items():
        about = mapping(settings)
        options = about.get("options")
        values: list[Any]
        if about.get("type") == "boolean":
            values = [False, True]
        elif isinstance(options, list) and options:
            values = [text_of(option) for option in options]  # pyright: ignore[reportUnknownVariableType]
        else:
            empty = (
                []
                if about.get("required") is True and not about.get("default")
                else [text_of(about.get("default"))]
            )
            values = list(dict.fromkeys((*empty, NAMED_VERSION, *_asked_of(name, repository))))
        choices = [{**each, name: value} for each in choices for value in values][:MOST_INPUTS]
    return choices


def _asked_of(name: str, repository: Mapping[str, Any]) -> list[str]:
    """The literals beside an input in conditions and expressions."""
    texts = [text for text in scalars(repository) if re.search(rf"\binputs\.{re.escape(name)}\b", text)]
    return [literal for text in texts for literal in _LITERAL.findall(text)][:4]


def _names(repository: Mapping[str, Any]) -> list[str]:
    return list(_compared(repository))[:4]


def _outputs(repository: Mapping[str, Any]) -> list[tuple[str, ...]]:
    compared = _compared(repository)
    axes = [[*compared[name], "some-other-value"] for name in _names(repository)]
    return list(product(*axes))[:MOST_OUTPUTS]


def _compared(repository: Mapping[str, Any]) -> dict[str, list[str]]:
    """Each output that a condition compares with literals, with these literals."""
    found: dict[str, list[str]] = {}
    for match in _COMPARED.finditer(json.dumps(repository, default=str)):
        values = found.setdefault(match[1], [])
        literal = match[2] if match[2] is not None else match[3]
        if literal not in values:
            values.append(literal)
    return found
