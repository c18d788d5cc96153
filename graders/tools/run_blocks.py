"""Takes the shell scripts out of workflows and composite actions, with the lines on which they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from graders.tools.yaml_nodes import compose, fields, items
from graders.yaml_lines import load

_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
SHELLS = frozenset({"bash", "sh"})


@dataclass(frozen=True, slots=True)
class Script:
    """One shell script of an answer. `file` is the artifact's path, `first_line` the 1-based line of that
    file on which `text` begins, `shell` is `bash` or `sh`, or empty for a file that has its own shebang."""

    file: str
    first_line: int
    text: str
    shell: str


def scripts(file: str, workflow: str) -> list[Script]:
    """The `run:` blocks of a workflow or composite action that `bash` or `sh` would run, in order.

    `${{ … }}` becomes as many underscores, so that a shell's parser can read the rest and columns stay.
    Raises Unparsable when the text is no such YAML (its limits are checked there as well).
    """
    load(workflow)
    root = fields(compose(workflow))
    found = list(_steps(file, items(fields(root.get("runs")).get("steps")), "bash"))
    for job in fields(root.get("jobs")).values():
        of_job = fields(job)
        runner = of_job.get("runs-on")
        default = "pwsh" if runner is not None and "windows" in _flat(runner) else "bash"
        shell = _default_shell(of_job) or _default_shell(root) or default
        found += _steps(file, items(of_job.get("steps")), shell)
    return found


def _steps(file: str, steps: list[Any], default: str) -> Iterator[Script]:
    for step in steps:
        of_step = fields(step)
        run = of_step.get("run")
        shell = _first_word(of_step.get("shell")) or default
        if shell in SHELLS and isinstance(run, yaml.ScalarNode):
            block = run.style in ("|", ">")
            line: int = run.start_mark.line + (2 if block else 1)
            text = _EXPRESSION.sub(lambda found: re.sub(r"[^\n]", "_", found[0]), str(run.value))
            yield Script(file, line, text, shell)


def _default_shell(parent: dict[str, Any]) -> str:
    return _first_word(fields(fields(parent.get("defaults")).get("run")).get("shell"))


def _first_word(node: Any) -> str:
    """`bash` of `bash -e {0}`; empty when no shell is named."""
    words = str(node.value).split() if isinstance(node, yaml.ScalarNode) else []
    return words[0].rpartition("/")[2] if words else ""


def _flat(node: Any) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value).lower()
    return " ".join(_flat(item) for item in [*items(node), *fields(node).values()])
