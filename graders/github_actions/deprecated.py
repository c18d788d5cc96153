"""GHA-19: workflow commands that GitHub has withdrawn because printed text could issue them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions import shell
from graders.github_actions.instances import ACTION_KIND, KIND, workflows
from graders.github_actions.subjects import is_posix_shell, no_job, written_steps
from graders.github_actions.workflow import Step, text_of
from graders.rule import Violation, rule
from graders.second_opinion import second
from graders.yaml_lines import YamlMap

_SWITCH = "ACTIONS_ALLOW_UNSECURE_COMMANDS"
# The runner reads a command only where a line begins with it: `::warning::set-output …` is a warning.
_COMMAND = re.compile(
    r"(?:(?<=\\n)|(?<!\w))(?:::|##\[)(set-output|save-state|set-env|add-path)(?=\s|::|\]|$)"
)
# Programs that look for the text instead of printing it.
_READERS = {"grep", "egrep", "rg", "ag", "ack", "sed", "awk", "git", "find", "[", "[[", "test"}
_PRINTS = re.compile(r"\bprintf?\b[^;}]*(::|##\[)|s([/|#,]).*\2.*(::|##\[)(set|save|add)-.*\2")


@rule(
    "GHA-19",
    version=2,
    severity="M",
    constraint="secret_hygiene",
    source="GitHub changelog on set-output, save-state, set-env, add-path; zizmor insecure-commands",
    kinds=(KIND, ACTION_KIND),
    tools=("zizmor",),
)
def no_workflow_commands(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Are the withdrawn workflow commands, and the switch that allows them, left out?

    Accepted: `>> "$GITHUB_OUTPUT"` and its like, other commands (`::error::`, `::add-mask::`), a search for the old
    commands (grep), comments. Wrong: `::set-output`, `::save-state`, `::set-env`, `::add-path` printed in any
    language; ACTIONS_ALLOW_UNSECURE_COMMANDS true in any `env` or written to GITHUB_ENV.
    """
    return second(_commands(bundle), bundle, "zizmor", ["insecure-commands"])


def _commands(bundle: Bundle) -> Iterator[Violation]:
    yield from no_job(bundle)
    for workflow in workflows(bundle):
        yield from _switched_on(workflow.path, workflow.env)
        for job in workflow.jobs.values():
            yield from _switched_on(workflow.path, job.env)
    for file, step in written_steps(bundle):
        yield from _switched_on(file, step.env)
        for line, text in _printed(step):
            match = _COMMAND.search(text)
            if match:
                yield Violation(
                    file,
                    line,
                    f"`::{match[1]}` is withdrawn: write to the file that GITHUB_{_FILES[match[1]]} names",
                )
            if re.search(rf"\b{_SWITCH}\s*=\s*[\"']?(true|1\b)", text, re.IGNORECASE):
                yield Violation(file, line, f"{_SWITCH} lets printed text set variables and paths")


_FILES = {"set-output": "OUTPUT", "save-state": "STATE", "set-env": "ENV", "add-path": "PATH"}


def _switched_on(file: str, env: YamlMap) -> Iterator[Violation]:
    for name, value in env.items():
        if name.upper() == _SWITCH and _is_true(value):
            yield Violation(
                file, env.lines.get(name, env.line), f"{_SWITCH} lets printed text set variables and paths"
            )


def _is_true(value: Any) -> bool:
    return text_of(value).strip().lower() in ("true", "1")


def _is_file(target: str) -> bool:
    return re.fullmatch(r"[\w./-]+\.(md|rst|txt|html)", target) is not None


def _printed(step: Step) -> Iterator[tuple[int, str]]:
    """(line, text) of what a step's script may print, comments left out."""
    if step.run and is_posix_shell(step):
        for command, _ in shell.commands(shell.parse(step.run)):
            if command.name in _READERS and not any(_PRINTS.search(text) for text in command.texts):
                continue
            if command.name in ("cat", "tee") and any(
                _is_file(each.target.text) for each in command.redirects
            ):
                continue  # the text goes into a file that nobody prints
            line = step.run_line + command.line - 1
            for name, value in command.assignments:
                yield line, f"{name}={value.text}"
            for word in [*command.words, *(redirect.target for redirect in command.redirects)]:
                yield line, word.text
        return
    scripts = [(step.run_line, step.run)]
    if step.action == "actions/github-script":
        scripts.append((step.line, text_of(step.input("script"))))
    for start, script in scripts:
        for offset, line in enumerate(script.split("\n")):
            if not line.lstrip().startswith(("#", "//")):
                yield start + offset, line
