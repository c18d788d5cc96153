"""The rules of one bundle as they are judged: with their files, resolved expressions, and which are pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graders.alertmanager.configuration import Configuration
from graders.bundle import Bundle
from graders.facts import Facts
from graders.prometheus.catalogue import Catalogue
from graders.prometheus.promql import Expr
from graders.prometheus.recordings import Recordings
from graders.prometheus.rules_file import Entry, RulesFile
from graders.rule import Absent, Violation
from graders.simulate.alerts.levels import levels_of

KIND = "prometheus_rules"


@dataclass(frozen=True, slots=True)
class Judged:
    """One rule of a file. `own` is its expression as written, `expr` with recording rules resolved."""

    path: str
    entry: Entry
    own: Expr
    expr: Expr

    def violation(self, message: str) -> Violation:
        return Violation(self.path, self.entry.expr_line, f"{self.entry.name}: {message}")


class Reading:
    """All rule files of a bundle with the case's catalogue."""

    def __init__(self, bundle: Bundle, facts: Facts) -> None:
        self.files: list[tuple[str, RulesFile]] = [
            (artifact.path, bundle.parsed[artifact.path])
            for artifact in bundle.of(KIND)
            if isinstance(bundle.parsed.get(artifact.path), RulesFile)
        ]
        self.catalogue = Catalogue(facts.stated)
        self.recordings = Recordings(entry for _, file in self.files for entry in file.entries())
        self.rules: list[Judged] = [
            Judged(path, entry, entry.expr, self.recordings.resolve(entry.expr))
            for path, file in self.files
            for entry in file.entries()
            if entry.expr is not None
        ]
        configurations = [one for one in bundle.parsed.values() if isinstance(one, Configuration)]
        self._levels = levels_of(facts.stated, configurations)

    def alerts(self) -> Iterator[Judged]:
        return (rule for rule in self.rules if rule.entry.is_alert)

    def pages(self) -> Iterator[Judged]:
        return (alert for alert in self.alerts() if self.is_page(alert.entry))

    def is_page(self, entry: Entry) -> bool:
        """Does the alert wake somebody: by the answer's own Alertmanager tree, else by the case's labels of pages?"""
        return self._levels.level({"alertname": entry.name, **entry.labels}) == "page"

    def none(self, what: str) -> Violation:
        """The violation for a file set in which there is nothing to judge."""
        return Absent(self.files[0][0] if self.files else "", None, what)
