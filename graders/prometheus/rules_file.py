"""A file of Prometheus rules, plain (`groups:`) or PrometheusRule objects, with the line of each thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graders import yaml_lines
from graders.artifact import Artifact
from graders.prometheus import promql
from graders.yaml_lines import Unparsable, YamlList, YamlMap

_DURATION = re.compile(r"(?:0|(?=\d)(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)\Z")
_PART = re.compile(r"(\d+)(ms|[ywdhms])")
_SECONDS = {"y": 31_536_000, "w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1, "ms": 0.001}
_BLOCK_SCALAR = re.compile(r"(?:^|[\s:])[|>][-+0-9]*\s*(?:#.*)?\Z")

_GROUP_KEYS = frozenset(
    {"name", "interval", "limit", "rules", "labels", "query_offset", "partial_response_strategy"}
)
_RULE_KEYS = frozenset({"record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the file that Prometheus would not load. `line` is 1-based."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule of a group: an alert or a recording (`name` is the alert's or the recorded name).

    `expr` is None when the expression could not be parsed (the file's problems say why). `labels` include
    those of the group. `label_lines` and `annotation_lines` tell where each stands. `hold` is `for`, `keep_firing`
    is `keep_firing_for`, both in seconds (0 when not given).
    """

    name: str
    is_alert: bool
    line: int
    text: str
    expr_line: int
    expr: promql.Expr | None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    label_lines: Mapping[str, int] = field(default_factory=dict[str, int])
    annotation_lines: Mapping[str, int] = field(default_factory=dict[str, int])
    hold: float = 0.0
    keep_firing: float = 0.0


@dataclass(frozen=True, slots=True)
class Group:
    """`interval` is in seconds, None when the file leaves it to the server. `limits_or_delays` says that `limit` or
    `query_offset` is set."""

    name: str
    line: int
    interval: float | None
    interval_line: int
    entries: tuple[Entry, ...]
    limits_or_delays: bool = False


@dataclass(frozen=True, slots=True)
class RulesFile:
    groups: tuple[Group, ...]
    problems: tuple[Problem, ...]
    custom_resource: bool = False

    def entries(self) -> Iterator[Entry]:
        for group in self.groups:
            yield from group.entries


def duration(text: Any) -> float | None:
    """Seconds of a Prometheus duration (`1h30m`, `0`), None when it is none."""
    written = "0" if text == 0 and type(text) is int else text
    if not isinstance(written, str) or not _DURATION.match(written):
        return None
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(written))


def parse(artifact: Artifact) -> RulesFile:
    """Raises `Unparsable` when the text is no YAML or holds no rule groups at all."""
    documents = [d for d in yaml_lines.load_all(artifact.text, "1.2") if d is not None]
    if not documents or not all(isinstance(document, YamlMap) for document in documents):
        raise Unparsable(1, "a rule file is a mapping with the key groups")
    reader = _Reader(artifact.text)
    first: YamlMap = documents[0]
    if first.get("kind") == "PrometheusRule":
        for document in documents:
            reader.custom_resource(document)
        return RulesFile(tuple(reader.groups), tuple(reader.problems), custom_resource=True)
    if "groups" not in first:
        raise Unparsable(first.line, "a rule file needs the key groups at its top level")
    reader.plain(first)
    for document in documents[1:]:
        reader.problem(document.line, "Prometheus reads only the first YAML document of a rule file")
    return RulesFile(tuple(reader.groups), tuple(reader.problems))


class _Reader:
    """Collects groups and problems; a wrong shape is a problem and never an exception."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self.groups: list[Group] = []
        self.problems: list[Problem] = []
        self._names: dict[str, int] = {}

    def problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(line, message))

    def custom_resource(self, document: YamlMap) -> None:
        self._names = {}
        if document.get("kind") != "PrometheusRule":
            return
        if document.get("apiVersion") != "monitoring.coreos.com/v1":
            self.problem(document.line, "a PrometheusRule has apiVersion monitoring.coreos.com/v1")
        metadata = document.get("metadata")
        if not isinstance(metadata, YamlMap) or not isinstance(metadata.get("name"), str):
            self.problem(document.line, "the PrometheusRule has no metadata.name")
        spec = document.get("spec")
        if not isinstance(spec, YamlMap) or "groups" not in spec:
            self.problem(document.line, "the PrometheusRule has no spec.groups")
            return
        self._groups(spec)

    def plain(self, document: YamlMap) -> None:
        for key in document:
            if key != "groups":
                self.problem(document.lines[key], f"a rule file has no key {key!r} at its top level")
        self._groups(document)

    def _groups(self, holder: YamlMap) -> None:
        groups = holder["groups"]
        if not isinstance(groups, YamlList) or not groups:
            self.problem(holder.lines["groups"], "groups must be a list of rule groups")
            return
        for group, line in zip(groups, groups.lines, strict=True):
            if isinstance(group, YamlMap):
                self._group(group)
            else:
                self.problem(line, "a rule group must be a mapping")

    def _group(self, group: YamlMap) -> None:
        name = group.get("name")
        if not isinstance(name, str) or not name:
            self.problem(group.line, "the rule group has no name")
            name = ""
        elif name in self._names:
            self.problem(
                group.line, f"the group name {name!r} is used twice (first on line {self._names[name]})"
            )
        else:
            self._names[name] = group.line
        self._unknown_keys(group, _GROUP_KEYS, "rule group")
        interval = duration(group["interval"]) if group.get("interval") is not None else None
        if group.get("interval") is not None and interval is None:
            self.problem(group.lines["interval"], f"interval {group['interval']!r} is no duration")
        shared, _ = self._texts(group, "labels")
        rules = group.get("rules")
        entries: list[Entry] = []
        if not isinstance(rules, YamlList):
            self.problem(group.line, "the rule group has no list of rules")
        else:
            for item, line in zip(rules, rules.lines, strict=True):
                if isinstance(item, YamlMap):
                    entries.extend(self._entry(item, shared))
                else:
                    self.problem(line, "a rule must be a mapping")
        self.groups.append(
            Group(
                name,
                group.line,
                interval,
                group.lines.get("interval", group.line),
                tuple(entries),
                limits_or_delays=any(
                    group.get(key) not in (None, 0, "0s") for key in ("limit", "query_offset")
                ),
            )
        )

    def _entry(self, item: YamlMap, shared: Mapping[str, str]) -> Iterator[Entry]:
        self._unknown_keys(item, _RULE_KEYS, "rule")
        given = [key for key in ("alert", "record") if item.get(key) not in (None, "")]
        if len(given) != 1:
            self.problem(item.line, "a rule has exactly one of alert and record")
            return
        is_alert = given[0] == "alert"
        if not is_alert:
            for key in ("for", "keep_firing_for", "annotations"):
                if key in item:
                    self.problem(item.lines[key], f"a recording rule cannot have {key}")
        for key in ("for", "keep_firing_for"):
            if item.get(key) is not None and duration(item[key]) is None:
                self.problem(item.lines[key], f"{key}: {item[key]!r} is no duration")
        labels, label_lines = self._texts(item, "labels")
        annotations, annotation_lines = self._texts(item, "annotations")
        text = _scalar(item.get("expr"))
        expr_line = self._expr_line(item)
        yield Entry(
            name=_scalar(item[given[0]]) or "",
            is_alert=is_alert,
            line=item.lines[given[0]],
            text=text or "",
            expr_line=expr_line,
            expr=self._expr(text, expr_line),
            labels={**shared, **labels},
            annotations=annotations,
            label_lines=label_lines,
            annotation_lines=annotation_lines,
            hold=duration(item.get("for")) or 0.0,
            keep_firing=duration(item.get("keep_firing_for")) or 0.0,
        )

    def _expr(self, text: str | None, line: int) -> promql.Expr | None:
        if text is None or not text.strip():
            self.problem(line, "the rule has no expr")
            return None
        try:
            expr = promql.parse(text)
        except promql.BadExpression as error:
            self.problem(line, f"the expression cannot be parsed: {error}")
            return None
        is_range = isinstance(expr, promql.Subquery) or (isinstance(expr, promql.Selector) and expr.range)
        if is_range or isinstance(expr, promql.Text):
            self.problem(line, "the expression must give an instant vector or a number")
            return None
        return expr

    def _expr_line(self, item: YamlMap) -> int:
        """Where the expression's first text stands: the line below the indicator of a block scalar."""
        line = item.value_lines.get("expr", item.line)
        if 0 < line < len(self._lines) and _BLOCK_SCALAR.search(self._lines[line - 1]):
            line += 1
            while line < len(self._lines) and not self._lines[line - 1].strip():
                line += 1
        return line

    def _texts(self, holder: YamlMap, key: str) -> tuple[dict[str, str], dict[str, int]]:
        value = holder.get(key)
        if value is None:
            return {}, {}
        if not isinstance(value, YamlMap):
            self.problem(holder.lines[key], f"{key} must be a mapping")
            return {}, {}
        texts: dict[str, str] = {}
        for name in value:
            text = _scalar(value[name])
            if text is None and value[name] is not None:
                self.problem(value.lines[name], f"{key}.{name} must be text")
            texts[name] = text or ""
        return texts, value.lines

    def _unknown_keys(self, holder: YamlMap, known: frozenset[str], what: str) -> None:
        for key in holder:
            if key not in known:
                self.problem(holder.lines[key], f"a {what} has no key {key!r}")


def _scalar(value: Any) -> str | None:
    """A plain scalar as the text that Prometheus reads, None for anything else."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int, float)):
        return str(value)
    return None
