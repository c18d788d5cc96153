"""The card under test: read, checked for the sections that the harness needs, never templated."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

DEFAULT = Path("persona/devops-engineer.md")

# Every section of the card's form. Rules cite lines of any of them, and the metadata carries the context limit.
SECTIONS = (
    "Role Summary",
    "Goals & Responsibilities",
    "Tools & Capabilities",
    "Knowledge Scope",
    "Constraints",
    "Behavioral Directives",
    "Interaction Protocol",
    "Example Workflows",
    "Templates & Patterns",
    "Metadata",
)

# The budget of a run without a card: that of the card under test, so that both are compared under the same limit.
CONTEXT_WITHOUT_CARD = 8192

_HEADING = re.compile(r"##\s+(?:\d+\.\s*)?(.+?)\s*#*$")
_ENTRY = re.compile(r"[-*]\s+\*\*(.+?)\*\*\s*:\s*(.+)$")
_TOKENS = re.compile(r"~?\s*([\d.,]+)\s*(k?)\b", re.IGNORECASE)


class PersonaError(Exception):
    """A card that cannot be used: the message names the file, the section and the remedy."""


@dataclass(frozen=True, slots=True)
class Persona:
    """A card. `text` is the system message as it is sent; `context_limit` is in tokens; `name` is for reports."""

    name: str
    text: str
    version: str
    context_limit: int
    hash: str


def load_persona(choice: str | None) -> Persona | None:
    """The card of `--persona`: None for "none", the project's own for None, else the file. Raises `PersonaError`."""
    if choice == "none":
        return None
    path = Path(choice) if choice else Path(__file__).resolve().parent.parent / DEFAULT
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise PersonaError(f"{path}: the persona card cannot be read: {error}") from None
    sections = _sections(text)
    for name in SECTIONS:
        if name not in sections:
            raise PersonaError(
                f"{path}: the card has no section {name!r}; see persona/devops-engineer.md for the form"
            )
        if not "".join(sections[name]).strip(" -\n"):
            raise PersonaError(f"{path}: the section {name!r} is empty")
    metadata = _entries(sections["Metadata"])
    for entry in ("Version", "Context Window Limit"):
        if entry not in metadata:
            raise PersonaError(f"{path}: the section 'Metadata' has no entry '- **{entry}**: …'")
    return Persona(
        name=path.stem,
        text=text,
        version=metadata["Version"],
        context_limit=_tokens(metadata["Context Window Limit"], path),
        hash=hashlib.sha256(text.encode()).hexdigest(),
    )


def _sections(text: str) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    current: list[str] | None = None
    in_fence = False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            in_fence = not in_fence
        heading = None if in_fence else _HEADING.match(line)
        if heading:
            current = sections.setdefault(heading.group(1), [])
        elif current is not None:
            current.append(line + "\n")
    return sections


def _entries(lines: list[str]) -> dict[str, str]:
    matches = [_ENTRY.match(line.strip()) for line in lines]
    return {match.group(1): match.group(2).strip() for match in matches if match}


def _tokens(words: str, path: Path) -> int:
    """ "~8k tokens" is 8,192: k is 1,024 as in the size of a context window."""
    match = _TOKENS.search(words)
    if match is None or float(match.group(1).replace(",", "")) <= 0:
        raise PersonaError(f"{path}: the context limit {words!r} is no number of tokens (e.g. '~8k tokens')")
    return int(float(match.group(1).replace(",", "")) * (1024 if match.group(2) else 1))
