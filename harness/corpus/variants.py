"""What a seed makes of a case: drawn parameters, filled text, and what the graders are told."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graders.facts import AppliedRule, Assignment, Deliverable
from graders.yaml_lines import load_all
from harness.answers import extract
from harness.corpus import honeytokens
from harness.corpus.case import CANARY, Case, Recorded
from harness.corpus.templates import TemplateError, evaluate, fill
from harness.models.recordings import turns_of

CONTRACT_RULE = "CTR-01"
_FIXTURE = "fixture:"


@dataclass(frozen=True, slots=True)
class Variant:
    """A case with its parameters drawn. `values` are what placeholders see; `turns` are the user's messages after the
    first; `deliverables` come with what the prompt says about them."""

    case: Case
    seed: int
    values: Mapping[str, Any]
    description: str
    slas: str
    environments: str
    request: str
    turns: tuple[str, ...]
    about: Mapping[str, str]
    assignment: Assignment

    @property
    def id(self) -> str:
        """`AREA/NAME@SEED`; a sample adds its epoch: `AREA/NAME@SEED#EPOCH`."""
        return f"{self.case.id}@{self.seed}"

    def text_of(self, recorded: Recorded) -> tuple[str, ...]:
        """An accepted or careless answer of the case for this variant, one text a turn."""
        return tuple(turn.strip("\n") + "\n" for turn in turns_of(str(fill(recorded.body, self.values))))


def draw(case: Case, seed: int) -> Variant:
    """Draw one value of each parameter; the same seed gives the same variant for ever. Raises `TemplateError`."""
    rng = random.Random(f"{seed}:{case.id}")  # noqa: S311 - a draw of test data, no secret
    drawn = {name: rng.choice(case.spec.parameters[name]) for name in sorted(case.spec.parameters)}
    honey = {name: honeytokens.make(kind, rng) for name, kind in sorted(case.spec.honeytokens.items())}
    values = {**drawn, "honey": honey, "seed": seed}
    spec = case.spec
    deliverables = tuple(
        Deliverable(item.id, item.kind, str(fill(item.path, values))) for item in spec.deliverables
    )
    text = {
        part: str(fill(getattr(spec, part), values))
        for part in ("description", "slas", "environments", "request")
    }
    turns = tuple(str(fill(turn, values)) for turn in spec.turns)
    return Variant(
        case=case,
        seed=seed,
        values=values,
        description=text["description"],
        slas=text["slas"],
        environments=text["environments"],
        request=text["request"],
        turns=turns,
        about={item.id: str(fill(item.about, values)) for item in spec.deliverables},
        assignment=Assignment(
            deliverables=deliverables,
            rules=(*(_apply(case, id, values, deliverables) for id in spec.rules), _contract_rule()),
            drawn=drawn,
            stated=_with_fixtures(case, fill(spec.facts, values), values),
            honeytokens=honey,
            given=_shown_files(
                text["description"], text["slas"], text["environments"], text["request"], *turns
            ),
        ),
    )


def _apply(
    case: Case, id: str, values: Mapping[str, Any], deliverables: tuple[Deliverable, ...]
) -> AppliedRule:
    from graders.kinds import RULES

    spec = case.spec.rules[id]
    kinds = RULES[id].kinds if id in RULES else frozenset[str]()
    on = (
        tuple(spec.on)
        if spec.on is not None
        else tuple(item.id for item in deliverables if item.kind in kinds)
    )
    return AppliedRule(
        id=id,
        on=on,
        because=str(fill(spec.because, values)),
        params=_with_fixtures(case, fill(spec.parameters, values), values),
        critical=spec.critical,
        applies=spec.only_if is None or bool(evaluate(spec.only_if, values)),
    )


def _shown_files(*texts: str) -> frozenset[str]:
    """What an answer would have to deliver if it only gave the prompt back."""
    return frozenset(block.text.strip() for text in texts for block in extract([text]).blocks)


def _contract_rule() -> AppliedRule:
    return AppliedRule(CONTRACT_RULE, on=(), because="the delivery contract at the end of the prompt")


def _with_fixtures(case: Case, value: Any, values: Mapping[str, Any]) -> Any:
    """Replace `fixture:NAME` by the content of `fixtures/NAME`: YAML documents as a list, any other file as text."""
    if isinstance(value, str) and value.startswith(_FIXTURE):
        name = value.removeprefix(_FIXTURE)
        if name not in case.fixtures:
            raise TemplateError(f"{value}: there is no fixtures/{name} beside the case")
        text = str(fill(case.fixtures[name], values)).replace(CANARY, "")
        return _plain(load_all(text, "1.1")) if name.endswith((".yaml", ".yml", ".json")) else text
    if isinstance(value, Mapping):
        return {key: _with_fixtures(case, item, values) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_with_fixtures(case, item, values) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def _plain(value: Any) -> Any:
    """Without the lines: plain dicts and lists, which pickle and compare."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, list):
        return [_plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value
