"""amtool: would Alertmanager load these configurations? Code: `invalid`."""

from __future__ import annotations

import re
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path

import yaml

from graders import sandbox
from graders.artifact import Artifact
from graders.report import Message, Report
from graders.sandbox import Limits
from graders.tools.batch import Bundles, Unproven, Verdict, proven, run_in_batches
from graders.tools.locate import Installation

NAME = "amtool"
KINDS = frozenset({"alertmanager"})

# What newer Alertmanagers know and amtool 0.25 calls an unknown field: receivers, and fields of receivers.
_NEWER = frozenset(
    {"msteams_configs", "msteamsv2_configs", "jira_configs", "rocketchat_configs", "incidentio_configs"}
    | {
        "mattermost_configs",
        "url_file",
        "bot_token_file",
        "webhook_url_file",
        "http_headers",
        "username_file",
    }
)
# Of these, the ones that stand in the place of a field which an older amtool misses.
_IN_PLACE_OF = {
    "url_file": ("url", "http://file.example"),
    "webhook_url_file": ("webhook_url", "http://file.example"),
    "bot_token_file": ("bot_token", "file"),
}
_GOOD = "route:\n  receiver: a\nreceivers:\n  - name: a\n"
_BAD = _GOOD.replace("receiver: a", "receiver: nobody")
_SECTION = re.compile(r"^Checking '([^']+)'  ", re.MULTILINE)
_LINE = re.compile(r"\bline (\d+): ")


def run(bundles: Sequence[Sequence[Artifact]]) -> list[Report]:
    """Judge configurations by `amtool check-config`; it stops at the first kind of error in a file."""
    return run_in_batches(NAME, KINDS, bundles, _judge)


def _judge(found: Installation, bundles: Bundles) -> list[Verdict]:
    # Messages quote names of the answer, so the answer must not be able to guess what its file is called.
    token = secrets.token_hex(8)
    bad, good = f"{token}/bad.yml", f"{token}/good.yml"
    with tempfile.TemporaryDirectory(prefix="amtool-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        (work / token).mkdir()
        (work / bad).write_text(_BAD)
        (work / good).write_text(_GOOD)
        places: dict[str, tuple[int, Artifact, bool]] = {}
        for index, bundle in enumerate(bundles):
            for number, artifact in enumerate(bundle):
                place = f"{token}/{index:04}-{number:04}.yml"
                text = _without_newer_fields(artifact.text)
                (work / place).write_text(text, encoding="utf-8", newline="\n")
                places[place] = (index, artifact, text == artifact.text)
        limits = Limits(seconds=20 + 0.1 * len(places))
        command = [str(found.path), "check-config", bad, good, *places]
        done = proven(sandbox.run(command, work=work, read_only=[found.path], limits=limits), (1,))
    sections = _sections(done.stdout, token)
    if sections.keys() != {bad, good, *places}:
        raise Unproven("its output does not name each file that it was given")
    if "FAILED: undefined receiver" not in sections[bad] or not sections[good].startswith("SUCCESS"):
        raise Unproven("it does not tell a good configuration from a bad one")
    verdicts = [Verdict() for _ in bundles]
    for place, (index, artifact, untouched) in places.items():
        verdicts[index].judged.add(artifact.path)
        section = sections[place]
        if not section.startswith("SUCCESS"):
            text = " ".join(section.removeprefix("FAILED:").split())
            line = _LINE.search(text)
            verdicts[index].messages.append(
                Message(artifact.path, int(line[1]) if line and untouched else None, "invalid", text)
            )
    return verdicts


def _sections(output: str, token: str) -> dict[str, str]:
    """What it said of each file, by the file's place."""
    pieces = _SECTION.split(output)
    return {
        place: text.strip()
        for place, text in zip(pieces[1::2], pieces[2::2], strict=True)
        if place.startswith(token)
    }


def _without_newer_fields(text: str) -> str:
    """The text as it is, or written anew without what the tool is too old for."""
    try:
        root = yaml.load(text, yaml.CSafeLoader)
    except yaml.YAMLError:
        return text
    return yaml.safe_dump(root, sort_keys=False) if _drop(root) else text


def _drop(node: object) -> bool:
    """Takes newer fields out of the tree, or puts the older one in their place; whether there were any."""
    found = False
    if isinstance(node, dict):
        for key in _NEWER & node.keys():
            del node[key]
            found = True
            if key in _IN_PLACE_OF:
                older, text = _IN_PLACE_OF[key]
                node.setdefault(older, text)  # pyright: ignore[reportUnknownMemberType]
        for value in node.values():  # pyright: ignore[reportUnknownVariableType]
            found |= _drop(value)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(node, list):
        for value in node:  # pyright: ignore[reportUnknownVariableType]
            found |= _drop(value)  # pyright: ignore[reportUnknownArgumentType]
    return found
