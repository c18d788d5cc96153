"""A workflow or a composite action as typed values, with the line of everything that a violation may point to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from graders.artifact import Artifact
from graders.github_actions.evaluation import UNKNOWN, value_of
from graders.yaml_lines import Unparsable, YamlList, YamlMap, load

MAX_LEGS = 256  # GitHub's own limit for one matrix


@dataclass(frozen=True, slots=True)
class Step:
    """One step; `uses` and `run` are "" where absent, `comment` is what stands behind the value of `uses`; `shell` and
    `directory` are the step's own or the defaults of its job or workflow; `continues`: its failure stops nothing."""

    line: int
    id: str
    name: str
    uses: str
    uses_line: int
    comment: str
    run: str
    run_line: int
    shell: str
    condition: Any
    with_: YamlMap
    env: YamlMap
    directory: str = ""
    continues: bool = False

    @property
    def action(self) -> str:
        """`owner/repository/path` in lower case without the ref."""
        return self.uses.split("@")[0].strip().lower()

    def input(self, name: str) -> Any:
        """The value that the step gives to an input of its action (names ignore case); None where it gives none."""
        return next((value for key, value in self.with_.items() if key.lower() == name), None)


@dataclass(frozen=True, slots=True)
class Job:
    """One job; `permissions` and `environment` are as written (`has_permissions` tells `{}` and absence apart)."""

    id: str
    line: int
    name: str
    raw: YamlMap
    has_permissions: bool
    permissions: Any
    needs: tuple[str, ...]
    condition: Any
    env: YamlMap
    environment: Any
    outputs: YamlMap
    uses: str
    uses_line: int
    comment: str
    with_: YamlMap
    secrets: Any
    steps: tuple[Step, ...]
    legs: tuple[dict[str, Any], ...]

    def line_of(self, key: str) -> int:
        """The line of one of the job's keys, or of the job where it is absent."""
        return self.raw.lines.get(key, self.line)


@dataclass(frozen=True, slots=True)
class Workflow:
    """`triggers` maps each event to its settings ({} where it has none), whichever form `on` has."""

    path: str
    name: str
    raw: YamlMap
    triggers: dict[str, YamlMap]
    has_permissions: bool
    permissions: Any
    env: YamlMap
    jobs: dict[str, Job]

    def call_inputs(self) -> YamlMap:
        """The declared inputs of `workflow_call`."""
        return mapping(self.triggers.get("workflow_call", YamlMap(1)).get("inputs"))

    def call_outputs(self) -> YamlMap:
        """The declared outputs of `workflow_call`."""
        return mapping(self.triggers.get("workflow_call", YamlMap(1)).get("outputs"))

    def dispatch_inputs(self) -> YamlMap:
        """The declared inputs of `workflow_dispatch`."""
        return mapping(self.triggers.get("workflow_dispatch", YamlMap(1)).get("inputs"))

    def line_of(self, key: str) -> int:
        """The line of a top-level key, 1 where it is absent."""
        return self.raw.lines.get(key, 1)


@dataclass(frozen=True, slots=True)
class CompositeAction:
    """An action.yml: `inputs` as declared, `steps` empty unless it is composite."""

    path: str
    raw: YamlMap
    using: str
    inputs: YamlMap
    outputs: YamlMap
    steps: tuple[Step, ...]


def parse_workflow(artifact: Artifact) -> Workflow:
    """Parse a workflow; raises `Unparsable` where the text has no `jobs` mapping."""
    raw = load(artifact.text, "1.2")
    if not isinstance(raw, YamlMap):
        raise Unparsable(1, "a workflow is a mapping with `on` and `jobs`")
    if not isinstance(raw.get("jobs"), YamlMap):
        raise Unparsable(raw.lines.get("jobs", 1), "a workflow needs `jobs`: a mapping of job ids to jobs")
    source = artifact.text.split("\n")
    jobs = mapping(raw["jobs"])
    shell, directory = default_of(raw, "shell"), default_of(raw, "working-directory")
    return Workflow(
        path=artifact.path,
        name=text_of(raw.get("name")),
        raw=raw,
        triggers=_triggers(raw.get("on")),
        has_permissions="permissions" in raw,
        permissions=raw.get("permissions"),
        env=mapping(raw.get("env")),
        jobs={key: _job(key, mapping(jobs[key]), jobs.lines[key], shell, directory, source) for key in jobs},
    )


def parse_action(artifact: Artifact) -> CompositeAction:
    """Parse an action.yml; raises `Unparsable` where it has no `runs` mapping."""
    raw = load(artifact.text, "1.2")
    if not isinstance(raw, YamlMap) or not isinstance(raw.get("runs"), YamlMap):
        raise Unparsable(1, "an action is a mapping with `runs`")
    runs = mapping(raw["runs"])
    return CompositeAction(
        path=artifact.path,
        raw=raw,
        using=text_of(runs.get("using")),
        inputs=mapping(raw.get("inputs")),
        outputs=mapping(raw.get("outputs")),
        steps=_steps(runs.get("steps"), "", "", artifact.text.split("\n")),
    )


def step_at(steps: Any, index: int, shell: str, directory: str) -> Step | None:
    """The step at a position of a list of steps as it is written; None where there is none."""
    item = steps[index] if isinstance(steps, YamlList) and index < len(steps) else None
    if not isinstance(item, YamlMap):
        return None
    alone = YamlList(item.line)
    alone.append(item)
    return _steps(alone, shell, directory, [])[-1]


def mapping(value: Any) -> YamlMap:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, YamlMap) else YamlMap(1)


def text_of(value: Any) -> str:
    """A scalar as text, "" for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else ""


def scalars(value: Any) -> Iterator[str]:
    """Every text below a value, keys left out."""
    if isinstance(value, dict):
        for child in value.values():  # pyright: ignore[reportUnknownVariableType]
            yield from scalars(child)
    elif isinstance(value, list):
        for child in value:  # pyright: ignore[reportUnknownVariableType]
            yield from scalars(child)
    elif isinstance(value, str):
        yield value


def _triggers(on: Any) -> dict[str, YamlMap]:
    if isinstance(on, str):
        return {on: YamlMap(1)}
    if isinstance(on, YamlList):
        return {event: YamlMap(1) for event in on if isinstance(event, str)}
    return {event: mapping(settings) for event, settings in mapping(on).items()}


def default_of(raw: YamlMap, key: str) -> str:
    """What `defaults: run:` of a workflow or job says of `shell` or `working-directory`."""
    return text_of(mapping(mapping(raw.get("defaults")).get("run")).get(key))


def _job(key: str, raw: YamlMap, line: int, shell: str, directory: str, source: list[str]) -> Job:
    uses, uses_line = text_of(raw.get("uses")), raw.value_lines.get("uses", line)
    return Job(
        id=key,
        line=line,
        name=text_of(raw.get("name")),
        raw=raw,
        has_permissions="permissions" in raw,
        permissions=raw.get("permissions"),
        needs=_names(raw.get("needs")),
        condition=raw.get("if"),
        env=mapping(raw.get("env")),
        environment=raw.get("environment"),
        outputs=mapping(raw.get("outputs")),
        uses=uses,
        uses_line=uses_line,
        comment=_comment(source, uses_line, uses),
        with_=mapping(raw.get("with")),
        secrets=raw.get("secrets"),
        steps=_steps(
            raw.get("steps"),
            default_of(raw, "shell") or shell,
            default_of(raw, "working-directory") or directory,
            source,
        ),
        legs=_legs(mapping(raw.get("strategy")).get("matrix")),
    )


def _steps(value: Any, shell: str, directory: str, source: list[str]) -> tuple[Step, ...]:
    if not isinstance(value, YamlList):
        return ()
    found: list[Step] = []
    for item in value:
        if not isinstance(item, YamlMap):
            continue
        found += _steps(
            item.get("parallel"), shell, directory, source
        )  # a group of steps that run side by side
        uses, uses_line = text_of(item.get("uses")), item.value_lines.get("uses", item.line)
        found.append(
            Step(
                line=item.line,
                id=text_of(item.get("id")).lower(),
                name=text_of(item.get("name")),
                uses=uses,
                uses_line=uses_line,
                comment=_comment(source, uses_line, uses),
                run=text_of(item.get("run")),
                run_line=_block_start(source, item),
                shell=text_of(item.get("shell")) or shell,
                condition=item.get("if"),
                with_=mapping(item.get("with")),
                env=mapping(item.get("env")),
                directory=text_of(item.get("working-directory")) or directory,
                continues=text_of(item.get("continue-on-error")).lower() == "true",
            )
        )
    return tuple(found)


def _block_start(source: list[str], step: YamlMap) -> int:
    """The line on which the first line of `run` stands: below the `|` of a block scalar."""
    line = step.value_lines.get("run", step.line)
    written = source[line - 1] if line <= len(source) else ""
    behind = written.split("run:", 1)[-1].strip()
    if not behind.startswith(("|", ">")):
        return line
    line += 1
    while line <= len(source) and not source[line - 1].strip():
        line += 1  # leading blank lines of a block are part of its value only when they are indented less
    return line


def _comment(source: list[str], line: int, value: str) -> str:
    # Comments are no part of the parsed YAML: what follows the scalar on its line is looked at, nothing else.
    if not value or not 1 <= line <= len(source):
        return ""
    _, found, behind = source[line - 1].partition(value)
    behind = behind.lstrip("\"'")
    if not found or not (behind[:1].isspace() or behind[:1] in ",}"):
        return ""
    start = behind.find(" #") if " #" in behind else behind.find("\t#")
    return behind[start + 2 :].strip() if start >= 0 else ""


def _names(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, YamlList) else [value]
    return tuple(item for item in items if isinstance(item, str))


def _legs(matrix: Any) -> tuple[dict[str, Any], ...]:
    """The combinations of a matrix with `include` and `exclude` applied; one empty leg where there is no matrix.

    Source: GitHub docs, workflow syntax, `jobs.<job_id>.strategy.matrix`. A matrix (or an axis) that is an expression
    leaves its keys unknown: they are left out.
    """
    if not isinstance(matrix, YamlMap):
        return ({},)
    axes: dict[str, list[Any]] = {
        key: values
        for key, value in matrix.items()
        if key not in ("include", "exclude") and (values := _axis(value)) is not None
    }
    legs: list[dict[str, Any]] = []
    if axes:
        for values in product(*axes.values()):
            if len(legs) >= MAX_LEGS:
                break
            legs.append({key.lower(): value for key, value in zip(axes, values, strict=True)})
    excluded = [_lower(item) for item in _maps(matrix.get("exclude"))]
    legs = [leg for leg in legs if not any(_matches(leg, item) for item in excluded)]
    original = [dict(leg) for leg in legs]
    keys = {key.lower() for key in axes}
    for item in _maps(matrix.get("include")):
        extra = _lower(item)
        fits = [
            position
            for position, leg in enumerate(original)
            if all(leg[key] == value for key, value in extra.items() if key in keys)
        ]
        for position in fits:
            legs[position].update(extra)
        if not fits and len(legs) < MAX_LEGS:
            legs.append(extra)
    return tuple(legs) or ({},)


def _axis(value: Any) -> list[Any] | None:
    """The values of an axis, also of `fromJSON('[…]')`; None where only a run tells."""
    known = value_of(value, lambda path: UNKNOWN) if isinstance(value, str) else value
    return list(known) if isinstance(known, list) else None  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _matches(leg: dict[str, Any], item: dict[str, Any]) -> bool:
    return bool(item) and all(key in leg and leg[key] == value for key, value in item.items())


def _maps(value: Any) -> list[YamlMap]:
    return [item for item in value if isinstance(item, YamlMap)] if isinstance(value, YamlList) else []


def _lower(item: YamlMap) -> dict[str, Any]:
    return {key.lower(): value for key, value in item.items()}
