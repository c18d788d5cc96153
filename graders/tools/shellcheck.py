"""shellcheck: scripts, and the `run:` blocks of workflows. Codes are its own (`SC2086`), levels too."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graders import sandbox
from graders.artifact import Artifact
from graders.report import Message, Report
from graders.sandbox import Limits
from graders.tools.batch import Bundles, Unproven, Verdict, proven, run_in_batches
from graders.tools.locate import Installation
from graders.tools.run_blocks import Script, scripts
from graders.yaml_lines import Unparsable

NAME = "shellcheck"
KINDS = frozenset({"bash", "github_actions", "github_composite_action"})

_SHEBANG = {"bash": "#!/bin/bash -e\n", "sh": "#!/bin/sh -e\n"}
_BAD = Script("bad", 1, "echo $1\n", "bash")
_GOOD = Script("good", 1, 'echo "$1"\n', "bash")
# A directive is a comment that begins with this word in lower case; no setting switches directives off.
_DIRECTIVE = re.compile(r"(#\s*)shellcheck(?=\s)")


def run(bundles: Sequence[Sequence[Artifact]]) -> list[Report]:
    """Judge scripts and, in workflows and composite actions, blocks for bash or sh. A workflow that is no
    YAML is not in `judged`."""
    return run_in_batches(NAME, KINDS, bundles, _judge, fragments=True)


def lint_scripts(found: Installation, groups: Sequence[Sequence[Script]]) -> list[list[Message]]:
    """What shellcheck says about each group of scripts, in one call; raises Unproven when it did not prove
    its run.

    A script gets the shebang of its `shell`; suppression comments are made ineffective.
    """
    remarks: dict[str, list[Message]] = {}
    with tempfile.TemporaryDirectory(prefix="shellcheck-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        numbered = [[_BAD, _GOOD], *groups]
        places: dict[str, tuple[Script, int]] = {}
        for index, group in enumerate(numbered):
            (work / f"{index:04}").mkdir()
            for number, script in enumerate(group):
                place = f"{index:04}/{number:04}.sh"
                shebang = _SHEBANG.get(script.shell, "")
                text = shebang + _DIRECTIVE.sub(r"\1SHELLCHECK", script.text)
                (work / place).write_text(text, encoding="utf-8", newline="\n")
                places[place] = (script, script.first_line - (2 if shebang else 1))
        command = [str(found.path), "--norc", "-f", "json1", *places]
        # Its runtime reserves far more addresses than it uses.
        limits = Limits(seconds=20 + 0.3 * len(places), memory=4 * 1024**3)
        done = proven(sandbox.run(command, work=work, read_only=[found.path], limits=limits), (0, 1))
    comments: list[dict[str, Any]] = json.loads(done.stdout)["comments"]
    for comment in comments:
        script, before = places[comment["file"]]
        line = max(script.first_line, before + int(comment["line"]))
        message = Message(script.file, line, f"SC{comment['code']}", comment["message"], comment["level"])
        remarks.setdefault(comment["file"][:4], []).append(message)
    canaries = [(message.file, message.code) for message in remarks.get("0000", [])]
    if canaries != [("bad", "SC2086")]:
        raise Unproven(f"found {canaries} in the canaries instead of one unquoted variable")
    return [remarks.get(f"{index:04}", []) for index in range(1, len(numbered))]


def _judge(found: Installation, bundles: Bundles) -> list[Verdict]:
    verdicts: list[Verdict] = []
    groups: list[list[Script]] = []
    for bundle in bundles:
        verdict, group = Verdict(), list[Script]()
        for artifact in bundle:
            try:
                group += _scripts(artifact)
            except Unparsable:
                continue
            verdict.judged.add(artifact.path)
        verdicts.append(verdict)
        groups.append(group)
    for verdict, messages in zip(verdicts, lint_scripts(found, groups), strict=True):
        verdict.messages = messages
    return verdicts


def _scripts(artifact: Artifact) -> list[Script]:
    if artifact.kind == "bash":
        return [Script(artifact.path, 1, artifact.text, "")]
    return scripts(artifact.path, artifact.text)
