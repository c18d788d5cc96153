"""ALR-01: would Prometheus load the file?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.prometheus.apart import all_apart
from graders.prometheus.reading import KIND, Reading
from graders.prometheus.rules_file import RulesFile
from graders.report import Message
from graders.rule import Violation, rule

# Prometheus forgets a series after five minutes without a sample, so a slower group leaves holes.
_LOOKBACK = 300.0

# What promtool 2.42 says of files that are right in Prometheus 3.
# Expressions are judged by promql-parser instead, the structure around the groups by rules_file.
_NOT_OURS = re.compile(
    r"could not parse expression"
    r"|field (labels|query_offset|partial_response_strategy) not found in type \S*RuleGroup"
)
# How promtool lints rules of one name with the same labels: «Metric: NAME Label(s): …» for each.
_DUPLICATES = re.compile(r"lint error \d+ duplicate rule")
_DUPLICATE = re.compile(r"Metric: (.*?) Label\(s\):")


@rule(
    "ALR-01",
    version=2,
    severity="C",
    constraint="validity",
    source="Prometheus documentation: recording and alerting rules; promtool check rules",
    kinds=(KIND,),
    tools=("promtool",),
    gate=True,
)
def loads(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is each rule file one that Prometheus loads, with group intervals that make sense?

    Accepted: `groups:` or PrometheusRule objects; syntax of Prometheus 3 that promtool 2.42 does not know; no
    interval; alerts of one name that ask different things (one for each partner), recordings of one name whose series
    a label tells apart. Wrong: any other error or lint of promtool; an expression that does not parse or gives no
    vector; dashboard variables; unknown keys; group names used twice; no rules at all; an interval above 5m or below
    the scrape interval.
    """
    report = bundle.report("promtool")
    reading = Reading(bundle, facts)
    for message in report.messages:
        if not _NOT_OURS.search(message.text) and not _only_share_a_name(message, reading):
            yield Violation(message.file, message.line, message.text)
    for path, file in reading.files:
        for problem in file.problems:
            yield Violation(path, problem.line, problem.message)
        if not file.problems and not any(file.entries()):
            yield Violation(path, None, "the file has no rules")
        yield from _intervals(path, file, facts)
    for name in sorted(reading.recordings.too_large):
        yield reading.none(f"the recording rule {name} expands to more than can be evaluated")


def _only_share_a_name(message: Message, reading: Reading) -> bool:
    """Is it the lint of duplicates, and only of rules that don't get into each other's way? Alerts with different
    expressions don't: what they write (`ALERTS`) has the labels of their series too. Of recordings one would overwrite
    the other, unless a label tells their series apart."""
    if not _DUPLICATES.search(message.text):
        return False
    names = set(_DUPLICATE.findall(message.text))
    entries = [
        entry
        for path, file in reading.files
        if path == message.file
        for entry in file.entries()
        if entry.name in names
    ]
    told_apart = {(entry.name, str(entry.expr)) for entry in entries}
    recordings = [entry for entry in entries if not entry.is_alert]
    return len(told_apart) == len(entries) > 0 and all_apart(recordings)


def _intervals(path: str, file: RulesFile, facts: Facts) -> Iterator[Violation]:
    scrape = facts.stated.get("scrape_interval")
    for group in file.groups:
        if group.interval is None or group.interval == 0:
            continue
        if group.interval > _LOOKBACK:
            yield Violation(
                path,
                group.interval_line,
                f"group {group.name}: an interval above 5m leaves holes between evaluations; at most 5m",
            )
        if isinstance(scrape, (int, float)) and group.interval < scrape:
            yield Violation(
                path,
                group.interval_line,
                f"group {group.name}: evaluated more often than the targets are scraped ({scrape:g}s)",
            )
