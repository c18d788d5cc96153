"""Which rules read what other rules write, and in which order whole timelines can be computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graders.prometheus.promql import Expr, Selector, selectors
from graders.prometheus.rules_file import Entry, RulesFile
from graders.simulate.alerts.engine.labels import NAME
from graders.simulate.alerts.engine.storage import compare
from graders.simulate.alerts.engine.unsupported import Unsupported

ALERTS = "ALERTS"
ALERTS_FOR_STATE = "ALERTS_FOR_STATE"


@dataclass(frozen=True, slots=True)
class Task:
    """A rule of `file` with its parsed expression, and its group's interval in milliseconds."""

    file: str
    entry: Entry
    expr: Expr
    interval: int


def tasks(files: Sequence[tuple[str, RulesFile]], interval: int) -> list[Task]:
    """All rules in the order of evaluation: files, groups and rules as they stand. `interval` is the server's."""
    found: list[Task] = []
    for path, file in files:
        for group in file.groups:
            if group.limits_or_delays:
                raise Unsupported("limit or query_offset of a group", group.line)
            own = round(group.interval * 1000) if group.interval else interval
            for entry in group.entries:
                if entry.expr is None:
                    raise Unsupported("an expression that does not parse", entry.expr_line)
                found.append(Task(path, entry, entry.expr, own))
    return found


def reads(found: Sequence[Task]) -> list[set[int]]:
    """For each task the positions of those whose results it may select."""
    return [
        {
            position
            for selector in selectors(task.expr)
            for position, writer in enumerate(found)
            if may_read(selector, writer)
        }
        for task in found
    ]


def may_read(selector: Selector, writer: Task) -> bool:
    """Whether the selector may select what this rule writes, as far as files tell."""
    return any(_may_select(selector, labels) for labels in _writes(writer.entry))


def order(found: Sequence[Task], needs: Sequence[set[int]]) -> list[int]:
    """The positions of the tasks, each behind what it reads. Raises Unsupported for rules that read each other."""
    done: list[int] = []
    waiting = list(range(len(found)))
    while waiting:
        ready = [position for position in waiting if needs[position] <= set(done)]
        if not ready:
            raise Unsupported("rules that read their own results", found[waiting[0]].entry.line)
        done.append(ready[0])
        waiting.remove(ready[0])
    return done


def _writes(entry: Entry) -> list[dict[str, str]]:
    """The labels that all series of the rule have, as far as its file tells."""
    if not entry.is_alert:
        return [{**entry.labels, NAME: entry.name}]
    given = {name: value for name, value in entry.labels.items() if "{{" not in value}
    return [{**given, "alertname": entry.name, NAME: name} for name in (ALERTS, ALERTS_FOR_STATE)]


def _may_select(selector: Selector, labels: dict[str, str]) -> bool:
    if selector.name is not None and selector.name != labels[NAME]:
        return False
    return all(
        compare(matcher, labels[matcher.label]) for matcher in selector.matchers if matcher.label in labels
    )
