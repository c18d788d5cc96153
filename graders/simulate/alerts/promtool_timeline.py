"""The same timelines from promtool: the reference of the engine, and (fallback.py) what stands in for it.

`promtool test rules` runs all groups at one interval (a group's own is ignored) over series that begin at time 0. It
prints no ranges, so each query of alert states packs 48 evaluations into one number: bit i says what was at the i-th.
"""

from __future__ import annotations

import json
import re
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from graders import sandbox
from graders.bundle import ToolFailed
from graders.prometheus import promql
from graders.prometheus.rules_file import Entry, RulesFile
from graders.sandbox import Limits
from graders.simulate.alerts.engine.alert_states import State, States
from graders.simulate.alerts.engine.labels import Labels, canonical
from graders.simulate.alerts.engine.series import Floats, Grid, Series
from graders.simulate.alerts.engine.timeline import Alert, Timeline
from graders.simulate.alerts.samples_text import samples_text
from graders.tools.locate import locate

_DAY = 86_400
_PACKED = 48
# Tells alerts of different rules apart, as long as no rule reads ALERTS.
_RULE = "drydock_rule"
# What a rule may not use when the grid does not begin at 0, where promtool's time does.
CLOCK = re.compile(r"\b(?:time|timestamp|hour|minute|month|year|day_of_\w+|days_in_month)\s*\(|@")
_ELEMENT = re.compile(r'\{((?:[^{}"]|"(?:[^"\\]|\\.)*")*)\} (NaN|[-+]?Inf|[-+0-9.E]+)')
_LABEL = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*")')

Answer = dict[Labels, float]
"""An instant vector."""


def run(
    files: Sequence[tuple[str, RulesFile]],
    series: Sequence[Series],
    grid: Grid,
    *,
    interval: float = 60.0,
    seconds: float = 60.0,
) -> Timeline:
    """What promtool makes of the rules, for at most `seconds` a call; otherwise as `engine.rules.run`.

    All groups are evaluated every `interval` seconds. A query that fails ends the simulation. A grid that does not begin at
    0 must begin at midnight, and no rule may ask for the time. Raises ToolFailed.
    """
    shifted = grid.start != 0
    if grid.start % _DAY or (shifted and any(CLOCK.search(entry.text) for _, entry in _entries(files))):
        raise ToolFailed("promtool simulates from 1970 on, and the rules ask for the time")
    return _Simulation(files, series, grid, interval, seconds).timeline()


def _entries(files: Sequence[tuple[str, RulesFile]]) -> list[tuple[str, Entry]]:
    return [(path, entry) for path, file in files for entry in file.entries()]


@dataclass(frozen=True, slots=True)
class _Simulation:
    files: Sequence[tuple[str, RulesFile]]
    series: Sequence[Series]
    grid: Grid
    interval: float
    seconds: float

    def timeline(self) -> Timeline:
        return Timeline(tuple(self._alerts()), (), self._ask)

    @property
    def _marked(self) -> bool:
        return not any("ALERTS" in entry.text for _, entry in _entries(self.files))

    def _alerts(self) -> list[Alert]:
        times = np.arange(0.0, self.grid.end - self.grid.start + 1e-6, self.interval)
        histories: dict[Labels, States] = {}
        asked = [
            (state, start)
            for state in (State.PENDING, State.FIRING)
            for start in range(0, len(times), _PACKED)
        ]
        queries = [self._packed(state, times[start : start + _PACKED]) for state, start in asked]
        for (state, start), answer in zip(asked, self._query(queries), strict=True):
            for labels, value in answer.items():
                history = histories.setdefault(labels, np.zeros(len(times), np.int8))
                bits = int(value)
                for bit in range(min(_PACKED, len(times) - start)):
                    if bits >> bit & 1:
                        history[start + bit] = state
        alerts = [self._alert(labels, times, history) for labels, history in histories.items()]
        position = {id(entry): number for number, (_, entry) in enumerate(_entries(self.files))}
        return sorted(alerts, key=lambda alert: (position[id(alert.entry)], alert.labels))

    def _packed(self, state: State, times: Floats) -> tuple[str, float]:
        """Bit i of the value says whether an alert was in `state` at the i-th of `times`."""
        bit = f"2 ^ ((time() - {float(times[0])!r}) / {float(self.interval)!r})"
        alerts = f'ALERTS{{alertstate="{state.name.lower()}"}}'
        window = f"{max(round((times[-1] - times[0]) * 1000), 1)}ms:{round(self.interval * 1000)}ms"
        summed = f"sum_over_time(({alerts} * on() group_left vector({bit}))[{window}])"
        return f'label_replace({summed}, "alertstate", "", "", "")', float(times[-1])

    def _alert(self, labels: Labels, times: Floats, history: States) -> Alert:
        known = dict(labels)
        entries = _entries(self.files)
        if self._marked:
            file, entry = entries[int(known.pop(_RULE))]
        else:
            alerts = (each for each in entries if each[1].is_alert and each[1].name == known["alertname"])
            file, entry = next(alerts)
        # A label whose template gives nothing is none of the alert's; only ALERTS keeps it, as it is written.
        known = {
            name: text for name, text in known.items() if "{{" not in text or entry.labels.get(name) != text
        }
        # Alerts with other values in their labels are alerts of their own here.
        other = np.zeros(len(history), bool)
        return Alert(file, entry, canonical(known), times + self.grid.start, history, other)

    def _ask(self, text: str) -> tuple[Series, ...]:
        promql.parse(text)  # what the comment behind it would hide is no expression
        if self.grid.start and CLOCK.search(text):
            raise ToolFailed("promtool simulates from 1970 on, and the query asks for the time")
        found: dict[Labels, Floats] = {}
        answers = self._query([(text, float(time)) for time in self.grid.seconds - self.grid.start])
        for number, answer in enumerate(answers):
            for labels, value in answer.items():
                found.setdefault(labels, np.full(self.grid.count, np.nan))[number] = value
        return tuple(Series(dict(labels), values) for labels, values in found.items())

    def _query(self, queries: Sequence[tuple[str, float]]) -> list[Answer]:
        """The answers to `queries` (expression and time), from one simulation."""
        token = f"q{secrets.token_hex(8)}"
        with tempfile.TemporaryDirectory(prefix="promtool-", ignore_cleanup_errors=True) as folder:
            work = Path(folder)
            (work / "rules.yml").write_text(json.dumps({"groups": self._groups()}), encoding="utf-8")
            (work / "test.yml").write_text(json.dumps(self._test(queries, token)), encoding="utf-8")
            promtool = locate("promtool").path
            command = [str(promtool), "test", "rules", "test.yml"]
            limits = Limits(seconds=self.seconds, cpu_seconds=int(self.seconds) + 1)
            done = sandbox.run(command, work=work, read_only=[promtool], env={"GOGC": "400"}, limits=limits)
        said = f"{done.stdout}\n{done.stderr}"
        if done.timed_out:
            raise ToolFailed(f"promtool did not simulate the rules within {self.seconds:g} s")
        return _answers(said, token, len(queries))

    def _test(self, queries: Sequence[tuple[str, float]], token: str) -> dict[str, Any]:
        # Nothing is expected, so that promtool prints what it got. A comment tells which query it was.
        tests: list[dict[str, Any]] = [
            {"expr": f"{text} # {token}-{number}-", "eval_time": f"{round(time * 1000)}ms", "exp_samples": []}
            for number, (text, time) in enumerate([*queries, ("vector(1)", queries[-1][1])])
        ]
        given = [
            {"series": _selector(each.labels), "values": samples_text(each.values)} for each in self.series
        ]
        return {
            "rule_files": ["rules.yml"],
            "evaluation_interval": f"{round(self.interval * 1000)}ms",
            "group_eval_order": [group["name"] for group in self._groups()],
            "tests": [
                {
                    "interval": f"{round(self.grid.step_seconds * 1000)}ms",
                    "input_series": given,
                    "promql_expr_test": tests,
                }
            ],
        }

    def _groups(self) -> list[dict[str, Any]]:
        groups: list[dict[str, Any]] = []
        number = 0
        for _, file in self.files:
            for group in file.groups:
                rules: list[dict[str, Any]] = []
                for entry in group.entries:
                    rules.append(_rule(entry, {_RULE: str(number)} if self._marked else {}))
                    number += 1
                groups.append({"name": f"g{len(groups)}", "rules": rules})
        return groups


def _rule(entry: Entry, mark: Mapping[str, str]) -> dict[str, Any]:
    kind = "alert" if entry.is_alert else "record"
    rule: dict[str, Any] = {kind: entry.name, "expr": entry.text, "labels": dict(entry.labels)}
    if entry.is_alert:
        rule["labels"] |= mark
        rule["for"] = f"{round(entry.hold * 1000)}ms"
        rule["keep_firing_for"] = f"{round(entry.keep_firing * 1000)}ms"
    return rule


def _selector(labels: Mapping[str, str]) -> str:
    pairs = (f"{name}={json.dumps(value)}" for name, value in labels.items() if name != "__name__")
    return f"{labels['__name__']}{{{','.join(pairs)}}}"


def _answers(said: str, token: str, count: int) -> list[Answer]:
    """What promtool printed as got, for `count` queries. One more of ours always has an answer."""
    found = {
        int(number): _elements(got)
        for number, got in re.findall(rf"# {token}-(\d+)-\", time: .*\n\s+exp: .*\n\s+got: (.*)", said)
    }
    if count not in found or re.search(rf"# {token}-\d+-\", time: [^\n]*, err: ", said):
        raise ToolFailed(f"promtool: {' '.join(said.split())[-400:]}")
    return [found.get(number, {}) for number in range(count)]


def _elements(got: str) -> Answer:
    answer: Answer = {}
    for labels, value in _ELEMENT.findall(got):
        pairs = {key: json.loads(text) for key, text in _LABEL.findall(labels)}
        answer[canonical(pairs)] = float(value.replace("Inf", "inf"))
    return answer
