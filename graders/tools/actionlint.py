"""actionlint: are the workflows correct? Codes are its own kinds (`expression`, `runner-label`,
`syntax-check`)."""

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
from graders.tools.repository import lay_out

NAME = "actionlint"
KINDS = frozenset({"github_actions"})

# Given on the command line, so that an answer's own .github/actionlint.yaml is not read.
_CONFIG = "policy:\n  disallow-suppressions: true\n"
_BAD = "on: push\njobs:\n  a:\n    runs-on: ubuntu-canary\n    steps:\n      - run: echo\n"
_GOOD = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n"
_BAD_FILE = "canary/.github/workflows/bad.yml"
_GOOD_FILE = "canary/.github/workflows/good.yml"
_SUPPRESSION = re.compile(r"actionlint:(?=ignore)", re.IGNORECASE)


def run(bundles: Sequence[Sequence[Artifact]]) -> list[Report]:
    """Judge workflows; composite actions lie beside them, to be looked up but never judged as workflows."""
    return run_in_batches(NAME, KINDS, bundles, _judge, beside=frozenset({"github_composite_action"}))


def _judge(found: Installation, bundles: Bundles) -> list[Verdict]:
    with tempfile.TemporaryDirectory(prefix="actionlint-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        (work / "config.yml").write_text(_CONFIG)
        (work / _BAD_FILE).parent.mkdir(parents=True)
        (work / _BAD_FILE).write_text(_BAD)
        (work / _GOOD_FILE).write_text(_GOOD)
        places = {
            place: (index, artifact)
            for index, bundle in enumerate(bundles)
            for place, artifact in lay_out(work, f"{index:04}", bundle, _neutral).items()
            if artifact.kind in KINDS
        }
        flags = ["-config-file", "config.yml", "-shellcheck=", "-pyflakes=", "-format", "{{json .}}"]
        command = [str(found.path), *flags, _BAD_FILE, _GOOD_FILE, *places]
        limits = Limits(seconds=20 + 0.2 * len(places))
        done = proven(sandbox.run(command, work=work, read_only=[found.path], limits=limits), (0, 1))
    verdicts = [Verdict(judged={a.path for a in bundle if a.kind in KINDS}) for bundle in bundles]
    canaries: list[tuple[str, str]] = []
    remarks: list[dict[str, Any]] = json.loads(done.stdout)
    for remark in remarks:
        file, kind = str(remark["filepath"]), str(remark["kind"])
        if file in places:
            index, artifact = places[file]
            message = Message(artifact.path, int(remark["line"]), kind, str(remark["message"]))
            verdicts[index].messages.append(message)
        else:
            canaries.append((file, kind))
    if canaries != [(_BAD_FILE, "runner-label")]:
        raise Unproven(f"found {canaries} in the canaries instead of one unknown runner label")
    return verdicts


def _neutral(text: str) -> str:
    """Without suppression comments; every character stays where it was."""
    return _SUPPRESSION.sub("actionlint-", text)
