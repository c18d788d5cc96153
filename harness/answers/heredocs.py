"""Files that a shell block would write: `cat > FILE <<'EOF'`, `cat <<EOF > FILE`, `tee FILE <<EOF`, and
manifests that it would apply: `kubectl apply -f - <<EOF`. An append (`>>`, `tee -a`) is no file. Nothing is
executed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_OPERATOR = re.compile(r"(?<!<)<<(?P<tabs>-?)[ \t]*(?P<quote>[\\'\"]?)(?P<word>[A-Za-z_][\w.-]*)['\"]?")
_ESCAPED = re.compile(r"\\([$`\\])")
_MAX_COMMAND = 4000
MANIFEST = "-"
"""The target of a heredoc that is applied and not written."""


@dataclass(frozen=True, slots=True)
class Heredoc:
    """A command line that opens a heredoc: the file it writes (or `MANIFEST`), the word that ends the body,
    whether leading tabs are dropped, whether the body is taken literally."""

    target: str
    word: str
    tabs: bool
    literal: bool

    def ends(self, line: str) -> bool:
        return (line.lstrip("\t") if self.tabs else line).rstrip() == self.word

    def body_line(self, line: str) -> str:
        """The line as the file would hold it; variables of an unquoted heredoc stay as they are written."""
        line = line.lstrip("\t") if self.tabs else line
        return line if self.literal else _ESCAPED.sub(r"\1", line)


@dataclass(frozen=True, slots=True)
class Written:
    """The body of a heredoc; `start` is the index of its first line."""

    target: str
    start: int
    lines: tuple[str, ...]
    ended: bool


def heredoc_of(line: str) -> Heredoc | None:
    """The heredoc that a command line opens, when it writes a file or applies a manifest."""
    if "<<" not in line or len(line) > _MAX_COMMAND:
        return None
    match = _OPERATOR.search(line)
    if match is None:
        return None
    command = (line[: match.start()] + " " + line[match.end() :]).replace(">>", " \0 ").replace(">", " > ")
    words = command.replace("|", " | ").split()
    target = _target(words)
    if target is None:
        return None
    return Heredoc(target, match["word"], bool(match["tabs"]), bool(match["quote"]))


def _target(words: Sequence[str]) -> str | None:
    if "tee" in words:
        arguments = words[words.index("tee") + 1 :]
        if "-a" in arguments or "--append" in arguments:
            return None
        return next(
            (word.strip("'\"") for word in arguments if not word.startswith("-") and word != ">"), None
        )
    if "kubectl" in words and "-f" in words and "-" in words:
        return MANIFEST
    if "cat" in words and ">" in words[:-1] and "|" not in words:
        return words[len(words) - words[::-1].index(">")].strip("'\"") if words[-1] != ">" else None
    return None


def heredocs(lines: Sequence[str]) -> Iterator[Written]:
    """The bodies in a shell block, each line read once."""
    at = 0
    while at < len(lines):
        heredoc = heredoc_of(lines[at])
        at += 1
        if heredoc is None:
            continue
        end = at
        while end < len(lines) and not heredoc.ends(lines[end]):
            end += 1
        body = tuple(heredoc.body_line(line) for line in lines[at:end])
        yield Written(heredoc.target, at, body, ended=end < len(lines))
        at = end + 1
