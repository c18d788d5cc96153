"""The configurations of an answer that Alertmanager would load, and why it would not load the others."""

from __future__ import annotations

from collections.abc import Iterator

from graders.alertmanager.configuration import KIND, Configuration
from graders.bundle import Bundle, ToolFailed
from graders.rule import Absent, Violation


def loaded(bundle: Bundle) -> list[Configuration]:
    """The configurations that amtool found valid. Raises `ToolFailed` when it could not judge."""
    return [one for one in _parsed(bundle) if not _errors(bundle, one.path)]


def refused(bundle: Bundle) -> Iterator[Violation]:
    """What keeps a configuration from being loaded; `Absent` where the answer has none."""
    report = bundle.report("amtool")
    found = _parsed(bundle)
    if not found:
        yield Absent("", None, "there is no Alertmanager configuration")
    for one in found:
        if one.path not in report.judged:
            raise ToolFailed(f"amtool did not judge {one.path}")
        yield from _errors(bundle, one.path)


def _parsed(bundle: Bundle) -> list[Configuration]:
    found = [bundle.parsed.get(artifact.path) for artifact in bundle.of(KIND)]
    return [one for one in found if isinstance(one, Configuration)]


def _errors(bundle: Bundle, path: str) -> list[Violation]:
    return [
        Violation(path, message.line, f"Alertmanager refuses the file: {message.text}")
        for message in bundle.report("amtool").messages
        if message.file == path
    ]
