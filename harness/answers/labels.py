"""Where an answer says which file a block is: the line before it, its first comment, its info string.

A line is a *firm* label when it holds nothing but a path (however decorated) or `File: path`. It is a
*loose* label when it is a heading, a bold line, a list item or a line that ends with a colon, the path is
its only path, and stands first (followed by a dash, a colon or a bracket) or last. A path in the middle of
a sentence is no label, nor is one after a word such as `edit` or `in` without `put` or `save` (what follows
is then a fragment), nor the end of a list of paths.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from harness.answers.paths import PathName, looks_like_file, read_path, word_set

_MAX_LABEL = 1000
_MAX_WORDS = 30
_REACH = 12
_BLANKS = 2
_KEYWORDS = frozenset(["file", "filename", "path", "filepath", "file name", "file path", "new file", "title"])
_FRAGMENT_WORDS = word_set(
    "append insert change changes modify update edit replace to in inside into within see run using like than"
    " apply e.g. i.e. remove delete from validate test check execute"
)
_STORING_WORDS = word_set("save put write place store goes")
_CLOSING_WORDS = word_set(
    "file manifest workflow configuration config module script policy document with the following this"
    " content contents code below as follows"
) | {""}
_ITEM = re.compile(
    r"(?:[-*+•]|\(?\d{1,4}[.):])[ \t]+|(?:step|file)[ \t]{1,4}\d{1,4}[ \t]*[.):–—-][ \t]*", re.IGNORECASE
)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_SEPARATORS = ("-", "–", "—", ":", "|", "(", "→", "#", "//")
_ATTRIBUTES = frozenset(["title", "filename", "file", "path", "name", "file_name", "filepath"])


@dataclass(frozen=True, slots=True)
class Label:
    """A path that a line gives to the block below it; `item` when the line is a list item."""

    name: PathName
    firm: bool
    item: bool = False


def read_label(line: str) -> Label | None:
    """The label that one line of prose is, or None."""
    if not line or len(line) > _MAX_LABEL:
        return None
    text = line.strip().lstrip("> \t")
    if text.startswith("<!--"):
        name = _lone_path(text.removeprefix("<!--").removesuffix("-->").split())
        return Label(name, firm=True) if name else None
    if text.startswith(("<file", "<document", "<artifact")) and (name := read_info(text.strip("<>"))[1]):
        return Label(name, firm=True)
    text = _TAG.sub("", text).strip()
    if text.startswith(("===", "---")):
        text = text.strip("=- ")
    heading = text.startswith("#")
    text = text.strip("#").strip()
    unmarked = _without_item(text)
    item = unmarked != text and not heading
    text = _LINK.sub(r"\1", unmarked)
    while text and not (text[0].isalnum() or text[0] in "`*_./~\\\"'(-[" or text[0].isspace()):
        text = text[1:]  # an emoji before the path
    bold = text.startswith("**") and text.rstrip(":").endswith("**")
    text = _without_item(text.replace("**", "").strip())
    if text.startswith("_") and text.endswith("_"):
        text = text.strip("_")
    quoted = text.startswith("`")
    words = text.replace("`", "").replace("*", "").replace('"', " ").replace("'", " ").split()
    if name := _lone_path(words):
        return Label(name, firm=True, item=item)
    if not words or len(words) > _MAX_WORDS:
        return None
    titled = heading or bold or item or quoted
    if name := _titled_path(words, titled=titled, prose=not (heading or bold)):
        return Label(name, firm=False, item=item)
    return None


def _without_item(text: str) -> str:
    match = _ITEM.match(text)
    return text[match.end() :].strip() if match else text


def _lone_path(words: Sequence[str]) -> PathName | None:
    """The path when `words` are `path`, `path:`, `File: path` or `File path`."""
    if not words or len(words) > 4:
        return None
    if len(words) > 1 and words[-1] == ":":
        words = words[:-1]
    last = words[-1].rstrip(":,")
    if len(words) == 1:
        return read_path(last)
    key = " ".join(words[:-1]).lower()
    if key.rstrip(" :=-") in _KEYWORDS:
        return read_path(last, explicit=key.endswith((":", "=")))
    return None


def _titled_path(words: Sequence[str], *, titled: bool, prose: bool) -> PathName | None:
    """The only path of a line, when it stands first or last in it."""
    if (unkeyed := _without_key(words)) is not words:
        words, titled = unkeyed, True
    bare = [word.strip("()[],").rstrip(":.") for word in words]
    found = [(place, name) for place, word in enumerate(bare) if (name := read_path(word)) is not None]
    if len(found) != 1:
        return None
    place, name = found[0]
    colon = words[-1].endswith(":")
    if place == 0:
        return name if (titled or colon) and _separated(words) else None
    before = {word.lower() for word in bare[:place]}
    introduced = words[place].startswith("(") or words[place - 1].endswith((":", "-", "–", "—"))
    if not introduced and before & _FRAGMENT_WORDS and not before & _STORING_WORDS:
        return None
    if all(word.lower() in _CLOSING_WORDS for word in bare[place + 1 :]):
        return name if colon or not prose or (titled and introduced) else None
    return None


def _without_key(words: Sequence[str]) -> Sequence[str]:
    """`words` without a `File:` before them."""
    keyed = len(words) > 2 and words[0].endswith(":") and words[0][:-1].lower() in _KEYWORDS
    return words[1:] if keyed else words


def _separated(words: Sequence[str]) -> bool:
    return words[0].endswith(":") or (len(words) > 1 and words[1].startswith(_SEPARATORS))


def find_label(lines: Sequence[str], start: int, opener: int) -> Label | None:
    """The label in `lines[start:opener]`, the text between the block before and the fence at `opener`.

    The nearest line counts, over at most two blank ones. Failing that, a heading (or a bold line) up to
    twelve lines above that names a path is a loose label: a sentence often stands between the two.
    """
    lowest = max(start, opener - _REACH)
    nearest = opener - 1
    while nearest >= lowest and nearest >= opener - 1 - _BLANKS and not lines[nearest].strip("> \t"):
        nearest -= 1
    if nearest < lowest:
        return None
    label = read_label(lines[nearest])
    if label is not None:
        above = read_label(lines[nearest - 1]) if label.item and nearest > start else None
        return None if above is not None and above.item else label
    for line in reversed(lines[lowest:nearest]):
        label = read_label(line)
        titled = line.lstrip("> \t").startswith(("#", "**"))
        if label is not None and not label.item and (label.firm or titled):
            return Label(label.name, firm=False)
        if line.startswith("#"):
            return None  # a heading without a path: what stands above belongs to another section
    return None


def comment_path(lines: Sequence[str], *, document: bool = False) -> tuple[int, PathName] | None:
    """The path in the first comments of a file and the index of its line.

    Read are at most four lines, as long as they are blank, comments, a shebang, `---` or a directive. In a
    Markdown document (`document`) `#` is a heading, so only the first line counts.
    """
    inside = False
    for index, line in enumerate(lines[: 1 if document else 5]):
        text = line.strip()
        if len(text) > _MAX_LABEL:
            return None
        if not text or text == "---" or text.startswith(("#!", "%YAML", "%TAG", "<?xml")):
            continue
        remark = _remark(text, inside)
        if remark is None:
            return None
        inside = text.startswith(("/*", "{{/*", "{{- /*", "<!--")) or inside
        words = remark.replace("`", " ").split()
        if name := _lone_path(words) or _described_path(words):
            return index, name
    return None


def _remark(text: str, inside: bool) -> str | None:
    """What a comment says, or None when the line is no comment."""
    for start, end in (("<!--", "-->"), ("/*", "*/"), ("{{/*", "*/}}"), ("{{- /*", "*/ -}}"), ("{#", "#}")):
        if text.startswith(start):
            return text.removeprefix(start).lstrip("*!").removesuffix(end).strip()
    for start, repeated in (("#", "#"), ("//", "/"), ("; ", ";"), ("-- ", "-")):
        if text.startswith(start):
            return text.lstrip(repeated).strip("= \t")
    return text.removesuffix("*/").strip("* \t") if inside else None


def _described_path(words: Sequence[str]) -> PathName | None:
    """`main.tf - the root module`: a path, a separator, what it is for."""
    words = _without_key(words)
    if not 2 <= len(words) <= _MAX_WORDS or not _separated(words):
        return None
    return read_path(words[0].rstrip(":,"))


def read_info(info: str) -> tuple[str, PathName | None]:
    """The language word of an info string and the path in it.

    Read are `yaml x`, `yaml:x`, `yaml title="x"`, `{.yaml filename="x"}`, and a path alone (its extension
    then stands for the language).
    """
    if len(info) > _MAX_LABEL:
        info = info[:_MAX_LABEL]
    words = (
        info.replace("{", " ").replace("}", " ").replace('"', " ").replace("'", " ").replace(",", " ").split()
    )
    if not words:
        return "", None
    first, colon, rest = words[0].partition(":")
    if first.startswith(".") and not looks_like_file(first):
        first = first[1:]
    if colon and rest:
        return first.lower(), read_path(rest)
    if not colon and ("/" in first or "." in first) and (name := read_path(first)):
        return name.text.rpartition(".")[2].lower(), name
    for place, word in enumerate(words[1:], start=1):
        key, equals, value = word.partition("=")
        named = (equals or key.endswith(":")) and key.rstrip(":").lower() in _ATTRIBUTES
        if named and not value:
            value = words[place + 1] if place + 1 < len(words) else ""
        name = read_path(value, explicit=True) if named else read_path(word.strip("#()"))
        if name:
            return first.lower(), name
    if "=" in first:
        return "", None
    return first.lower(), None
