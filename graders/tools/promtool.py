"""promtool: are rule files such files? Codes: `invalid`, and `lint` for what `--lint=all` adds (duplicate
rules)."""

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
from graders.tools.yaml_nodes import compose, compose_all, fields, items

NAME = "promtool"
KINDS = frozenset({"prometheus_rules"})

# Fields of a rule group that Prometheus 3 knows and promtool 2.42 calls unknown.
_NEWER_FIELDS = frozenset({"query_offset", "labels", "partial_response_strategy"})
_GOOD = "groups:\n  - name: canary\n    rules:\n      - record: job:up:sum\n        expr: sum by (job) (up)\n"
_BAD = _GOOD.replace("(up)", "(up")
_LINE = re.compile(r"(?:yaml: )?(?:line )?(\d+)(?::\d+)?: ")


def run(bundles: Sequence[Sequence[Artifact]]) -> list[Report]:
    """Judge rule files by `promtool check rules`. It stops at the first kind of error in a file. Invalid is
    level `error`; a lint is level `warning`."""
    return run_in_batches(NAME, KINDS, bundles, _judge)


def _judge(found: Installation, bundles: Bundles) -> list[Verdict]:
    # Messages quote names of the answer, so the answer must not be able to guess what its file is called.
    token = secrets.token_hex(8)
    bad, good = f"{token}/bad.yml", f"{token}/good.yml"
    with tempfile.TemporaryDirectory(prefix="promtool-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        (work / token).mkdir()
        (work / bad).write_text(_BAD)
        (work / good).write_text(_GOOD)
        places: dict[str, tuple[int, Artifact, str]] = {}
        for index, bundle in enumerate(bundles):
            for number, artifact in enumerate(bundle):
                for document, plain in enumerate(plain_rule_files(artifact.text)):
                    place = f"{token}/{index:04}-{number:04}-{document:04}.yml"
                    text = without_newer_fields(plain)
                    (work / place).write_text(text, encoding="utf-8", newline="\n")
                    places[place] = (index, artifact, text)
        # One stream for both outputs: only their order says which file a lint speaks of.
        command = ["sh", "-c", 'exec "$@" 2>&1', "sh", str(found.path), "check", "rules", "--lint=all"]
        limits = Limits(seconds=20 + 0.1 * len(places))
        done = sandbox.run([*command, bad, good, *places], work=work, read_only=[found.path], limits=limits)
    sections = _sections(proven(done, (1,)).stdout, token)
    if sections.keys() != {bad, good, *places}:
        raise Unproven("its output does not name each file that it was given")
    if "unclosed left parenthesis" not in sections[bad] or "SUCCESS: 1 rules" not in sections[good]:
        raise Unproven("it does not tell a good rule file from a bad one")
    verdicts = [Verdict() for _ in bundles]
    for place, (index, artifact, text) in places.items():
        verdicts[index].judged.add(artifact.path)
        verdicts[index].messages += _messages(sections[place], place, artifact.path, text)
    return verdicts


def plain_rule_files(text: str) -> list[str]:
    """What promtool can read of `text`: itself, or of `PrometheusRule` objects the groups of each. Everything
    else is blanked out, so lines stay where they are."""
    try:
        objects = [fields(root) for root in compose_all(text)]
    except yaml.YAMLError:
        return [text]
    plain: list[str] = []
    for each in objects:
        kind = each.get("kind")
        if not isinstance(kind, yaml.ScalarNode) or kind.value != "PrometheusRule":
            continue
        spec = each.get("spec")
        for key, value in spec.value if isinstance(spec, yaml.MappingNode) else ():
            if key.value == "groups":
                begin, end = key.start_mark.index, value.end_mark.index
                plain.append(_blank(text[:begin]) + text[begin:end] + "\n")
    return plain or [text]


def _blank(text: str) -> str:
    return "".join("\n" if character == "\n" else " " for character in text)


def without_newer_fields(text: str) -> str:
    """`text` with the group fields that an older promtool calls unknown blanked out; lines stay where they
    are."""
    try:
        root = compose(text)
    except yaml.YAMLError:
        return text
    characters = list(text)
    for group in items(fields(root).get("groups")):
        if not isinstance(group, yaml.MappingNode):
            continue
        for key, value in group.value:
            if key.value in _NEWER_FIELDS:
                begin, end = key.start_mark.index, value.end_mark.index
                if group.flow_style and (comma := re.match(r"\s*,", text[end:])):
                    end += comma.end()
                characters[begin:end] = _blank("".join(characters[begin:end]))
    return "".join(characters)


def _sections(output: str, token: str) -> dict[str, str]:
    _, *parts = re.split(rf"^Checking ({token}/.+)$", output, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _messages(section: str, place: str, path: str, text: str) -> list[Message]:
    """What stands below FAILED: one message for each `FILE: …` with its further lines, or one lint."""
    _, failed, said = section.partition("  FAILED:\n")
    if not failed and "SUCCESS:" not in section:
        raise Unproven("neither success nor failure is stated for a file")
    if said.startswith("lint error"):
        return [Message(path, None, "lint", " ".join(said.split()), "warning")]
    messages: list[Message] = []
    for remark in dict.fromkeys(part.strip() for part in said.split(f"{place}: ")[1:]):
        messages.append(Message(path, _line(remark, text), "invalid", " ".join(remark.split())))
    if failed and not messages:
        raise Unproven("a file failed for no stated reason")
    return messages


def _line(remark: str, text: str) -> int | None:
    """The line that a remark states, else that of the rule it names, else none."""
    stated = _LINE.match(remark) or re.search(r"line (\d+):", remark)
    if stated:
        return int(stated[1])
    named = re.match(r'group "(.*?)", rule (\d+), ', remark, re.DOTALL)
    if named is None:
        return None
    for group in items(fields(compose(text)).get("groups")):
        of_group = fields(group)
        rules, name = items(of_group.get("rules")), of_group.get("name")
        if name is not None and name.value == named[1] and len(rules) >= int(named[2]):
            return int(rules[int(named[2]) - 1].start_mark.line) + 1
    return None
