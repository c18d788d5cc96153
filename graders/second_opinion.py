"""A tool's finding beside a rule's own: counted only where calibration shows that the tool never blames a right form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from graders.bundle import Bundle
from graders.rule import Violation


def with_checkov(
    own: Iterable[Violation], bundle: Bundle, rule: str, without: Iterable[str] = ()
) -> Iterator[Violation]:
    """The rule's own violations, then checkov's for the checks that checkov_checks.toml gives to this rule, but `without`.

    Raises `ToolFailed` when checkov could not run.
    """
    from graders.tools.checkov import checks

    table: dict[str, dict[str, Any]] = {
        code: about for framework in checks().values() for code, about in framework.items()
    }
    codes = {code for code, about in table.items() if about["rule"] == rule}
    return second(own, bundle, "checkov", codes - set(without))


def second(own: Iterable[Violation], bundle: Bundle, tool: str, codes: Iterable[str]) -> Iterator[Violation]:
    """The rule's own violations, then those of the tool's remarks of these codes that lie in files which the rule itself
    found right: what both see is told once, in the rule's words.

    A file that is not in the report's `judged` has no second opinion. Raises `ToolFailed` when the tool could not run.
    """
    report, counted = bundle.report(tool), frozenset(codes)
    blamed: set[str] = set()
    for violation in own:
        blamed.add(violation.file)
        yield violation
    for message in report.messages:
        if message.code in counted and message.file not in blamed:
            yield Violation(message.file, message.line, f"{message.text} [{tool}: {message.code}]")
