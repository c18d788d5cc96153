"""ALR-15: does each page tell whoever it wakes what to do?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from graders.bundle import Bundle
from graders.facts import Facts
from graders.markdown import Document
from graders.prometheus.reading import KIND, Judged, Reading
from graders.rule import Violation, rule

# What stands where nobody has written anything yet.
_SAYS_NOTHING = re.compile(
    r"(?:<[^<>]*>|to\s?do\W*|tb[dac]\W*|n/?a|none|null|x{3,}|fix\s?me\W*|\W+)\Z", re.IGNORECASE
)
_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
# How a URL names a folder's document.
_INDEX = frozenset({"readme", "index"})


@rule(
    "ALR-15",
    severity="H",
    constraint="runbook",
    source="Prometheus documentation: alerting practices; pint alerts/annotation",
    kinds=(KIND,),
    parameters={"labels": list[str], "annotations": list[str], "team": str | None},
)
def pages_are_actionable(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Has each page its labels and annotations, with a runbook link that leads into a delivered document?

    Accepted: labels of the group; a link by any host or a relative path whose last part is the document's
    name (with or without .md, or its folder for README.md and index.md); an anchor that is a heading's GitHub
    slug or an explicit one. Wrong: an empty or missing one or one
    that says nothing (TBD, n/a), another team, a document that was not delivered, an anchor that leads nowhere; no page
    at all.
    """
    reading = Reading(bundle, facts)
    documents = {
        artifact.path: bundle.parsed[artifact.path]
        for artifact in bundle.of("markdown")
        if isinstance(bundle.parsed.get(artifact.path), Document)
    }
    seen = False
    for page in reading.pages():
        seen = True
        yield from _labels(page, facts)
        for name in _listed(facts, "annotations"):
            text = page.entry.annotations.get(name, "").strip()
            line = page.entry.annotation_lines.get(name, page.entry.line)
            if not text or _SAYS_NOTHING.match(text):
                yield Violation(page.path, line, f"{page.entry.name}: a page needs the annotation {name}")
            elif name.lower().endswith("url") and not _leads_somewhere(text):
                yield Violation(page.path, line, f"{page.entry.name}: {name} {text!r} is no address")
            elif "runbook" in name.lower() and (problem := _unresolved(text, documents)) is not None:
                yield Violation(page.path, line, f"{page.entry.name}: {problem}")
    if not seen:
        yield reading.none("no alert is a page")


def _leads_somewhere(text: str) -> bool:
    """Is it a URL or a path (templates may stand in it)?"""
    return "/" in text and not re.search(r"\s", _TEMPLATE.sub("", text))


def _labels(page: Judged, facts: Facts) -> Iterator[Violation]:
    entry = page.entry
    for name in _listed(facts, "labels"):
        if not entry.labels.get(name, "").strip():
            yield Violation(page.path, entry.line, f"{entry.name}: a page needs the label {name}")
    team = facts.params.get("team")
    if team is not None and str(team) not in (entry.labels.get("team"), entry.labels.get("owner")):
        line = entry.label_lines.get("team", entry.label_lines.get("owner", entry.line))
        yield Violation(
            page.path, line, f"{entry.name}: the page belongs to {team}, which no label team or owner says"
        )


def _listed(facts: Facts, name: str) -> list[str]:
    listed: Any = facts.params.get(name)
    return list(map(str, cast("list[Any]", listed))) if isinstance(listed, (list, tuple)) else []


def _unresolved(link: str, documents: dict[str, Document]) -> str | None:
    """Why the link leads to no place in a delivered document; None when it does."""
    try:
        url = urlsplit(link)
    except ValueError:
        return f"{link!r} is no URL"
    path = unquote(url.path)
    named = {p: document for p, document in documents.items() if _is_named(p, path)}
    if not named:
        return f"the runbook {link!r} is no document of this answer"
    anchor = unquote(url.fragment)
    # GitHub looks for the anchor as given, then in lower case.
    if not anchor or any({anchor, anchor.lower()} & document.anchors() for document in named.values()):
        return None
    return f"no heading or anchor #{anchor} in {', '.join(sorted(named))}"


def _is_named(document: str, path: str) -> bool:
    """Is `path` of a URL the document's name: its file name, with or without suffix, or its folder?"""
    last = PurePosixPath(path.rstrip("/")).name.lower()
    if not last:
        return False
    file = PurePosixPath(document.lower())
    names = {file.name, file.stem, f"{file.stem}.html"}
    if file.stem in _INDEX:
        names.add(file.parent.name)
    return last in names
