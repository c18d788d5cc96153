"""What simulated plans change, as violations and as a trace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from graders import trace
from graders.bundle import Bundle
from graders.rule import Violation
from graders.simulate.terraform.outcome import Change, Diagnostic, Outcome, Root
from graders.terraform.reading.configuration import configurations

_KEY = re.compile(r"\[[^\]]*\]")
# Terraform's own words for prevent_destroy; the diagnostic has no address of its own.
_PREVENTED = re.compile(r"Resource (\S+) has lifecycle\.prevent_destroy set")
Place = tuple[str, int | None]


def places(bundle: Bundle) -> Mapping[str, Place]:
    """Where each resource stands, by its address without keys (`module.a.aws_s3_bucket.b`)."""
    return {
        found.address: (found.view.path, found.view.line)
        for configuration in configurations(bundle)
        for found in configuration.resources()
    }


def place_of(address: str, known: Mapping[str, Place]) -> Place:
    """The place of an instance; of one that is no longer written anywhere, the whole answer."""
    return known.get(without_keys(address), ("", None))


def without_keys(address: str) -> str:
    """`module.a.aws_s3_bucket.b` of `module.a["x"].aws_s3_bucket.b[0]`."""
    return _KEY.sub("", address)


def described(changes: Iterable[Change], known: Mapping[str, Place], why: str) -> Iterator[Violation]:
    """One violation for each change; `why` says which plan makes it."""
    for change in changes:
        yield Violation(*place_of(change.address, known), f"{why} {_words(change)}")


def shown(title: str, changes: Iterable[Change]) -> trace.Changes:
    """The changes of a plan for reports."""
    return trace.Changes(
        title, tuple(trace.Change(one.address, one.action, _because(one)) for one in changes)
    )


def stopped(diagnostics: Iterable[Diagnostic], what: str) -> Iterator[Violation]:
    """One violation for each error."""
    for one in diagnostics:
        if one.severity == "error":
            address = f" ({one.address})" if one.address else ""
            yield Violation(one.file, one.line, f"{what}: {_one_line(one)}{address}")


def refused(outcome: Outcome, what: str) -> Iterator[Violation]:
    """The errors for which a scenario has no plan."""
    yield from stopped(outcome.errors, what)


def prevented(outcome: Outcome) -> frozenset[str]:
    """The resources for whose prevent_destroy there is no plan."""
    return frozenset(found[1] for one in outcome.errors if (found := _PREVENTED.match(one.detail)))


def keys_of(address: str) -> tuple[str, ...]:
    """The instance keys in an address: `("\"a\"",)` of `module.tenant["a"].aws_s3_bucket.b`."""
    return tuple(_KEY.findall(address))


def not_applied(root: Root) -> Iterator[Violation]:
    """Why the folder could not be applied at all: what only init, plan or apply finds."""
    yield from stopped(root.diagnostics, f"terraform {root.failed_at} fails")


def _words(change: Change) -> str:
    because = _because(change)
    return f"{change.action}s {change.address}{f' ({because})' if because else ''}"


def _because(change: Change) -> str:
    if change.forced_by:
        return f"forced by {', '.join(change.forced_by[:4])}"
    return ", ".join(change.attributes[:6])


def _one_line(one: Diagnostic) -> str:
    detail = " ".join(one.detail.split())[:240]
    return f"{one.summary}: {detail}" if detail else one.summary
