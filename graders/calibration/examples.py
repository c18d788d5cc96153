"""Read the calibration sets from disk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.assemble import PlainFile
from graders.examine import Examination
from graders.facts import AppliedRule, Assignment, Deliverable
from graders.kinds import RULES
from harness.answers import extract

HERE = Path(__file__).parent

# Where a lone artifact lies in its repository, by suffix and kind: graders recognise kinds by path first.
_FOLDERS = {
    "github_actions": ".github/workflows",
    "terraform": "infra",
    "kubernetes": "deploy",
    "prometheus_rules": "rules",
    "alertmanager": "alertmanager",
}
# Where the files of a kind are asked for, if not anywhere: a policy or a template beside Terraform is no Terraform.
_PATHS = {"terraform": "*.tf"}


@dataclass(frozen=True, slots=True)
class Example:
    """One file of a calibration set; `right` tells accept from reject, `why` is its first line."""

    rule: str
    file: Path
    right: bool
    why: str
    examination: Examination

    @property
    def name(self) -> str:
        return f"{self.rule}/{self.file.parent.name}/{self.file.name}"


def examples(rule_ids: list[str] | None = None) -> Iterator[Example]:
    """The examples of these rules (all without ids), in the order of their paths."""
    for id in rule_ids if rule_ids is not None else sorted(RULES):
        folder = HERE / id
        facts = _facts(folder)
        for file in sorted([*folder.glob("accept/*"), *folder.glob("reject/*")]):
            text = file.read_text(encoding="utf-8")
            yield Example(
                rule=id,
                file=file,
                right=file.parent.name == "accept",
                why=text.split("\n", 1)[0].strip("#/<!-> \t").removeprefix("why:").strip(),
                examination=_examination(id, file, text, _merged(facts, file)),
            )


def _facts(folder: Path) -> Mapping[str, Any]:
    import yaml

    file = folder / "facts.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8")) or {} if file.exists() else {}


def _merged(facts: Mapping[str, Any], file: Path) -> dict[str, dict[str, Any]]:
    """The default facts, and over them those of the file: by its name, or by `accept/NAME` where both folders have it."""
    layers = [facts.get(key, {}) for key in ("default", file.name, f"{file.parent.name}/{file.name}")]
    return {
        part: {key: value for layer in layers for key, value in layer.get(part, {}).items()}
        for part in ("params", "stated", "drawn", "honeytokens")
    }


def _examination(id: str, file: Path, text: str, facts: dict[str, dict[str, Any]]) -> Examination:
    kinds = RULES[id].kinds
    if file.suffix == ".md":
        blocks: tuple[Any, ...] = extract([text]).blocks
    else:
        folder = next((_FOLDERS[kind] for kind in sorted(kinds) if kind in _FOLDERS), "files")
        blocks = (PlainFile(f"{folder}/{file.name}", text),)
    deliverables = tuple(
        Deliverable(kind, kind, _PATHS.get(kind, "*"))
        for kind in sorted(kinds)
        if kind not in _OPTIONAL_KINDS
    )
    return Examination(
        blocks=blocks,
        prose=(text,) if file.suffix == ".md" else (),
        assignment=Assignment(
            deliverables=deliverables or _whole_answer(blocks),
            rules=(AppliedRule(id, tuple(item.id for item in deliverables), "calibration", facts["params"]),),
            drawn=facts["drawn"],
            stated=facts["stated"],
            honeytokens=facts["honeytokens"],
        ),
    )


# Kinds that a rule reads beside its main one: an example need not hold a file of them.
_OPTIONAL_KINDS = frozenset({"github_composite_action", "tfvars", "kustomization"})


def _whole_answer(blocks: tuple[Any, ...]) -> tuple[Deliverable, ...]:
    from graders.kinds import kind_of

    found = {kind_of(block.path, block.info, block.text) for block in blocks if block.path}
    return tuple(Deliverable(kind, kind, "*") for kind in sorted(found))
