"""zizmor: are workflows and composite actions secure? Codes are its audits (`template-injection`)."""

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

NAME = "zizmor"
KINDS = frozenset({"github_actions", "github_composite_action"})

_FLAGS = [
    *("--offline", "--no-config", "--no-ignores", "--no-progress", "--no-exit-codes", "--color=never"),
    *("--persona", "regular", "--format", "json"),
]
_BAD = """on: issues
permissions: {}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo ${{ github.event.issue.title }}
"""
_GOOD = _BAD.replace("${{ github.event.issue.title }}", "title")
_BAD_FILE = "canary/.github/workflows/bad.yml"
_GOOD_FILE = "canary/.github/workflows/good.yml"
# Only here does zizmor name each file that it read: one that it can't parse is skipped with a warning.
_COMPLETED = re.compile(r"INFO audit: zizmor: \S+ completed (.+)$", re.MULTILINE)


def run(bundles: Sequence[Sequence[Artifact]]) -> list[Report]:
    """Judge workflows and composite actions; `level` is zizmor's severity in lower case. Files that it can't
    parse are not in `judged`."""
    return run_in_batches(NAME, KINDS, bundles, _judge)


def _judge(found: Installation, bundles: Bundles) -> list[Verdict]:
    with tempfile.TemporaryDirectory(prefix="zizmor-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        (work / _BAD_FILE).parent.mkdir(parents=True)
        (work / _BAD_FILE).write_text(_BAD)
        (work / _GOOD_FILE).write_text(_GOOD)
        places = {
            place: (index, artifact)
            for index, bundle in enumerate(bundles)
            for place, artifact in lay_out(work, f"{index:04}", bundle).items()
        }
        command = [str(found.path), *_FLAGS, _BAD_FILE, _GOOD_FILE, *places]
        limits = Limits(seconds=20 + 0.5 * len(places), memory=4 * 1024**3)
        done = proven(sandbox.run(command, work=work, read_only=[found.path], limits=limits), (0,))
    completed = set(_COMPLETED.findall(done.stderr))
    verdicts = [Verdict() for _ in bundles]
    for place in completed & places.keys():
        index, artifact = places[place]
        verdicts[index].judged.add(artifact.path)
    canaries: list[tuple[str, str]] = []
    findings: list[dict[str, Any]] = json.loads(done.stdout)
    for finding in findings:
        code, severity = str(finding["ident"]), str(finding["determinations"]["severity"]).lower()
        file, line = _primary(finding)
        if file in places:
            index, artifact = places[file]
            verdicts[index].messages.append(
                Message(artifact.path, line, code, str(finding["desc"]), severity)
            )
        else:
            canaries.append((file, code))
    if canaries != [(_BAD_FILE, "template-injection")] or not {_BAD_FILE, _GOOD_FILE} <= completed:
        raise Unproven(f"found {canaries} in the canaries instead of one template injection")
    return verdicts


def _primary(finding: dict[str, Any]) -> tuple[str, int]:
    """File and line (1-based) of the place that a finding is about, as opposed to places that explain it."""
    locations: list[dict[str, Any]] = finding["locations"]
    location = next((place for place in locations if place["symbolic"]["kind"] == "Primary"), locations[0])
    file = str(location["symbolic"]["key"]["Local"]["verbatim_path"])
    return file, int(location["concrete"]["location"]["start_point"]["row"]) + 1
