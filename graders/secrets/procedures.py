"""The sequences of steps in a document, and whether they are about one credential."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from graders.markdown import Document, Heading

_NUMBERED = re.compile(
    r"(?:\[[ x]\]\s*)?(?:(?:step\s*)?\(?\d+\s*[.):]?\s|(?:step|phase|stage)\s+(?:\d+|[a-h]|[iv]+)\b|\(?[a-h][.)]\s)",
    re.IGNORECASE,
)
_NUMBER_CELL = re.compile(r"(?:step\s*)?\d+[.)]?\Z", re.IGNORECASE)
_BULLET = re.compile(r"[ \t>]*[-*+][ \t]+")
# What makes a list without numbers an ordered one.
_IN_ORDER = re.compile(
    r"\bin (?:exactly |strictly |precisely )?(?:this|that|the following|the given|strict) (?:order|sequence)\b"
    r"|\bin (?:order|sequence)\s*[:.]?\Z|\bin order, |\bone after (?:the|an)other\b|\bstep by step\b|\border matters\b"
    r"|\b(?:following|strict) (?:order|sequence)\b|\btop to bottom\b",
    re.IGNORECASE,
)
# Words that put sentences or clauses in order, at their start; a procedure opens with one of the first group.
_ORDER_WORD = re.compile(
    r"(?:^|[.;:,!?)]\s+|\band\s+)[*_]*(?:(?P<opens>first(?:ly)?|to begin with|(?:start|begin) (?:by|with))"
    r"|then|next|after(?: that|wards?| this)|second(?:ly)?,|third(?:ly)?,|once (?:that|this|it) is|when that is"
    r"|finally|last(?:ly)?(?:,| of all)|at last|only then|in the end)\b",
    re.IGNORECASE | re.MULTILINE,
)
_MIN_ORDER_WORDS = 3
_ARROW = re.compile(r"\s*(?:→|->|=>|;)\s*")

_IDENTIFIER = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)+")
_WORDS = re.compile(r"[a-z0-9]+")
# Sorts of credentials; `secret` and `credential` may be any of them.
_SORTS = frozenset({"password", "passwords", "key", "token", "webhook", "certificate", "cert", "passphrase"})
_SECRETS = _SORTS | {"secret", "credential", "credentials", "creds"}
_ANY = frozenset(
    {"access", "api", "leaked", "old", "new", "exposed", "compromised", "the", "a", "of", "long", "lived"}
)


@dataclass(frozen=True, slots=True)
class Step:
    """`line` is 1-based in the document."""

    line: int
    text: str


def procedures(document: Document, text: str, credential: str) -> Iterator[list[str]]:
    """Each sequence of steps about the credential: lists, numbered headings, paragraphs and rows, by section and in
    the whole document; bullets that are said to be in order; prose with first, then, finally."""
    for listed in document.ordered_lists:
        steps = [Step(item.line, item.text) for item in listed.items]
        yield from _about(steps, document, credential)
    steps = _numbered(document)
    for heading in document.headings:
        end = _end(heading, document)
        yield from _about([s for s in steps if heading.line <= s.line < end], document, credential)
    yield from _about(steps, document, credential)
    for steps in (*_bullets(document, text), *_told(document)):
        yield from _about(steps, document, credential)


def mentions(text: str, name: str) -> bool:
    """Is the name there, however it is hyphenated or capitalised?"""
    words = _WORDS.findall(name.lower())
    pattern = r"[^a-z0-9]{0,3}".join(map(re.escape, words))
    return bool(words) and re.search(rf"(?<![a-z0-9]){pattern}(?![a-z0-9])", text.lower()) is not None


def _numbered(document: Document) -> list[Step]:
    found = {Step(item.line, item.text) for listed in document.ordered_lists for item in listed.items}
    found.update(_headed(h, document) for h in document.headings if _NUMBERED.match(h.text))
    found.update(Step(line, text) for line, text in document.paragraphs if _NUMBERED.match(text))
    rows = (row for row in document.rows if row.cells and _NUMBER_CELL.match(row.cells[0].strip()))
    found.update(Step(row.line, ". ".join(row.cells[1:])) for row in rows)
    return sorted(found, key=lambda step: (step.line, step.text))


def _headed(heading: Heading, document: Document) -> Step:
    """A heading that is a step, with the text below it; where that has steps of its own, they are the text."""
    end = min((h.line for h in document.headings if h.line > heading.line), default=10**9)
    below = [(line, text) for line, text in document.paragraphs if heading.line < line < end]
    has_steps = any(heading.line < listed.line < end for listed in document.ordered_lists)
    if has_steps or any(_NUMBERED.match(text) for _, text in below):
        return Step(heading.line, heading.text)
    return Step(heading.line, "\n".join([heading.text, *(text for _, text in below)]))


def _bullets(document: Document, text: str) -> Iterator[list[Step]]:
    """The bulleted lists whose introduction, or the heading above, says that they are in order."""
    lines = text.split("\n")
    parts = sorted(
        [(h.line, h.text, True) for h in document.headings] + [(n, t, False) for n, t in document.paragraphs]
    )
    introduced, steps = "", list[Step]()
    for line, part, is_heading in parts:
        if not is_heading and _BULLET.match(lines[line - 1]):
            steps.append(Step(line, part))
            continue
        if steps and _IN_ORDER.search(introduced.strip()):
            yield steps
        introduced, steps = part, []
    if steps and _IN_ORDER.search(introduced.strip()):
        yield steps


def _told(document: Document) -> Iterator[list[Step]]:
    """The prose of each section, cut at its order words."""
    starts = sorted({1, *(heading.line for heading in document.headings)})
    for start, end in zip(starts, [*starts[1:], 10**9], strict=True):
        inside = [(line, text) for line, text in document.paragraphs if start <= line < end]
        prose = "\n".join(text for _, text in inside)
        for line, text in inside:
            parts = _ARROW.split(text)
            if _IN_ORDER.search(parts[0]) and len(parts) > _MIN_ORDER_WORDS:
                yield [Step(line, part) for part in parts]
        words = list(_ORDER_WORD.finditer(prose))
        while words and not words[0]["opens"]:
            words.pop(0)
        if len(words) >= _MIN_ORDER_WORDS:
            cuts = [*(word.start() for word in words), len(prose)]
            yield [Step(inside[0][0], prose[a:b].lstrip(" .;:,!?)")) for a, b in pairwise(cuts)]


def _about(steps: list[Step], document: Document, credential: str) -> Iterator[list[str]]:
    """The texts of the steps that are about the credential (by themselves, by a step beside them, or by their
    section), when there are any."""
    named = {_section(step.line, document) for step in steps if mentions(step.text, credential)}
    kept = [
        step.text
        for step in steps
        if _section(step.line, document) in named or _is_about(step.line, document, credential)
    ]
    if kept:
        yield kept


def _section(line: int, document: Document) -> int:
    """The line of the heading whose section this is; headings that are steps have no section of their own."""
    return next((h.line for h in _above(line, document) if not _NUMBERED.match(h.text)), 0)


def _is_about(line: int, document: Document, credential: str) -> bool:
    """Is what stands on `line` about the credential, by the headings above it and what introduces it?

    From the innermost heading outwards: it, or the text below it, names the credential (right) or it names another
    one (wrong). Where neither is said, the document's text above must have named it.
    """
    for heading in _above(line, document):
        if mentions(heading.text, credential) or mentions(
            _introduction(heading.line, line, document), credential
        ):
            return True
        if _names_another(heading.text, credential):
            return False
    return any(
        mentions(text, credential) and not _is_elsewhere(at, document, credential)
        for at, text in _texts(document)
        if at <= line
    )


def _above(line: int, document: Document) -> Iterator[Heading]:
    level = 7
    for heading in reversed(document.headings):
        if heading.line <= line and heading.level < level:
            level = heading.level
            yield heading


def _introduction(start: int, line: int, document: Document) -> str:
    """The text between a heading and the next one, up to `line`."""
    end = min((h.line for h in document.headings if h.line > start), default=10**9)
    return "\n".join(text for at, text in _texts(document) if start < at <= line and at < end)


def _is_elsewhere(line: int, document: Document, credential: str) -> bool:
    return any(_names_another(heading.text, credential) for heading in _above(line, document))


def _texts(document: Document) -> Iterator[tuple[int, str]]:
    yield from ((heading.line, heading.text) for heading in document.headings)
    yield from document.paragraphs
    yield from ((row.line, " ".join(row.cells)) for row in document.rows)


def _end(heading: Heading, document: Document) -> int:
    later = (h.line for h in document.headings if h.line > heading.line and h.level <= heading.level)
    return min(later, default=10**9)


def _names_another(text: str, credential: str) -> bool:
    """Does a heading speak of another credential (`orders-db-password`, "the database password")?"""
    if mentions(text, credential):
        return False
    own = frozenset(_WORDS.findall(credential.lower()))
    for identifier in _IDENTIFIER.findall(text):
        parts = frozenset(_WORDS.findall(identifier.lower().replace("_", " ")))
        if parts & _SECRETS and parts - own - _ANY - _SECRETS:
            return True
    sorts = frozenset(_WORDS.findall(text.lower())) & _SORTS
    return bool(sorts) and bool(own & _SORTS) and not sorts & own
