"""Files in an answer that has no fence at all.

Four readings, the first that finds something: shell text with `cat > FILE <<EOF`; the whole answer, when
every line at its margin could be YAML and the first key is one that a manifest begins with, or when it begins
and ends as JSON; firm labels, each followed by lines that begin as its file would; HCL blocks at the left
margin between sentences (from `resource "a" "b" {` to the next `}` at the margin). Prose is never a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from harness.answers.heredocs import MANIFEST, heredocs
from harness.answers.labels import comment_path, read_label
from harness.answers.languages import JSON, YAML
from harness.answers.paths import PathName, extension_of, read_path

_HCL_HEAD = re.compile(
    r"(?:resource|data|variable|output|provider|module|terraform|locals|moved|import|removed|check)\b[^{}]*\{"
)
_HCL_MARGIN = re.compile(r"[A-Za-z_][\w.-]*[ \t]*(?:=|\{|\")|[})\]#]|//|/\*|EOF|EOT")
_YAML_MARGIN = re.compile(
    r"(?:[\w./-]{1,100}|\"[^\"]{0,100}\"|'[^']{0,100}'):(?:\s|$)|- |-$|#|---|\.\.\.|[\]}]"
)
_YAML_FIRST = re.compile(
    r"(?:apiVersion|kind|groups|on|\"on\"|name|jobs|services|version|stages|rule_files|Resources):"
)
_YAML_ONLY = re.compile(r"(?:apiVersion|kind|groups|jobs|services|rule_files|stages|Resources):")
_SENTENCE = re.compile(r"[A-Z][\w'’,]* [\w'’,`/()-]+ [\w'’,`/()-]+ ")
_MAX_LINE = 4000


@dataclass(frozen=True, slots=True)
class Loose:
    """Lines that are a file without a fence; `start` is the index of the first."""

    name: PathName | None
    info: str
    start: int
    lines: Sequence[str]
    closed: bool


def unfenced(lines: Sequence[str]) -> Iterator[Loose]:
    """The files of an answer without fences, in order."""
    for reading in (_written, _whole, _labelled, _hcl_blocks):
        found = reading(lines)
        first = next(found, None)
        if first is not None:
            yield first
            yield from found
            return


def _written(lines: Sequence[str]) -> Iterator[Loose]:
    for body in heredocs(lines):
        if body.target != MANIFEST:
            name = read_path(body.target, explicit=True)
            if name is not None:
                yield Loose(name, extension_of(name.text), body.start, body.lines, body.ended)


def _labelled(lines: Sequence[str]) -> Iterator[Loose]:
    labels = ((at, label.name) for at, line in enumerate(lines) if (label := read_label(line)) and label.firm)
    for (at, name), (limit, _) in pairwise(chain(labels, [(len(lines), None)])):
        if name is None:
            return
        start = at + 1
        while start < limit and not lines[start].strip():
            start += 1
        info = extension_of(name.text)
        if start < limit and _begins_as(info, lines[start]):
            end = _end_before_prose(lines, start, limit)
            yield Loose(name, info, start, lines[start:end], True)


def _begins_as(info: str, line: str) -> bool:
    if len(line) > _MAX_LINE:
        return False
    if info in YAML:
        return _YAML_MARGIN.match(line) is not None
    if info in ("tf", "hcl", "tfvars"):
        return _HCL_MARGIN.match(line) is not None
    if info in JSON:
        return line.startswith(("{", "["))
    if info == "dockerfile":
        return line.startswith(("FROM ", "ARG ", "#"))
    return line.startswith("#!")


def _end_before_prose(lines: Sequence[str], start: int, limit: int) -> int:
    """The end of a file: before a sentence at the margin that follows a blank line, without blank lines."""
    end = start
    for at in range(start, limit):
        line = lines[at]
        if at > start and not lines[at - 1].strip() and _SENTENCE.match(line[:_MAX_LINE]):
            break
        if line.strip():
            end = at + 1
    return end


def _hcl_blocks(lines: Sequence[str]) -> Iterator[Loose]:
    """Runs of HCL blocks with only blanks and comments between them."""
    start = end = -1
    at = 0
    while at < len(lines):
        line = lines[at][:_MAX_LINE].rstrip()
        if _HCL_HEAD.match(line):
            start = at if start < 0 else start
            if not line.endswith("}"):
                while at < len(lines) and lines[at].rstrip() != "}":
                    at += 1
            end = min(at + 1, len(lines))
            if at >= len(lines):
                yield _run(lines, start, end, closed=False)
                return
        elif line and not line.startswith(("#", "//")) and start >= 0:
            yield _run(lines, start, end, closed=True)
            start = -1
        at += 1
    if start >= 0:
        yield _run(lines, start, end, closed=True)


def _run(lines: Sequence[str], start: int, end: int, *, closed: bool) -> Loose:
    return Loose(None, "hcl", start, lines[start:end], closed)


def _whole(lines: Sequence[str]) -> Iterator[Loose]:
    full = [at for at, line in enumerate(lines) if line.strip()]
    if len(full) < 2:
        return
    start, end = full[0], full[-1] + 1
    body = lines[start:end]
    found = comment_path(body)
    name = found[1] if found else None
    if sum(line.startswith("#") and read_label(line) is not None for line in body) > 1:
        return  # several files, each below its path
    if _is_yaml(body):
        yield Loose(name, "yaml", start, body, True)
    elif body[0].strip() == "{" and body[-1].strip() == "}":
        yield Loose(name, "json", start, body, True)


def _is_yaml(lines: Sequence[str]) -> bool:
    """Whether every line at the margin could be YAML, and the keys there are a manifest's."""
    margin = [line[:_MAX_LINE] for line in lines if line.strip() and line[0] not in " \t"]
    keys = [line for line in margin if not line.startswith(("#", "---", "-"))]
    return (
        all(_YAML_MARGIN.match(line) for line in margin)
        and bool(keys)
        and _YAML_FIRST.match(keys[0]) is not None
        and any(_YAML_ONLY.match(key) for key in keys)
    )
