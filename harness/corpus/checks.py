"""What a schema can't say of a case: that its rules, parameters, deliverables and placeholders fit each other."""

from __future__ import annotations

import reprlib
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from harness.corpus.case import Case
from harness.corpus.templates import TemplateError
from harness.corpus.variants import draw

Place = tuple[Any, ...]

# Every draw of the parameters is tried up to this many seeds, so that a placeholder that only some values fill is found.
SEEDS = range(1, 9)


def check_case(case: Case) -> Iterator[tuple[Place, str]]:
    """Yield (place in case.yaml, what is wrong) for each mistake."""
    from graders.kinds import KINDS, RULES

    unknown = [id for id in case.spec.rules if id not in RULES]
    for id in unknown:
        yield ("rules", id), f"there is no rule {id}; `drydock cases rules` lists them"
    if unknown:
        return
    ids = [deliverable.id for deliverable in case.spec.deliverables]
    for position, deliverable in enumerate(case.spec.deliverables):
        if ids.count(deliverable.id) > 1:
            yield ("deliverables", position, "id"), f"the deliverable id {deliverable.id!r} is given twice"
        if deliverable.kind not in KINDS:
            yield (
                ("deliverables", position, "kind"),
                f"no grader reads {deliverable.kind!r}; there are {', '.join(KINDS)}",
            )
    for id, spec in case.spec.rules.items():
        yield from _check_targets(case, id)
        for name in spec.parameters:
            if name not in RULES[id].parameters:
                known = ", ".join(RULES[id].parameters) or "none"
                yield ("rules", id, name), f"{id} has no parameter {name!r}; it has {known}"
    for seed in SEEDS:
        try:
            variant = draw(case, seed)
            for recorded in (*case.accepted, *([case.careless] if case.careless else [])):
                variant.text_of(recorded)
        except TemplateError as error:
            yield ("parameters",), f"with seed {seed}: {error}"
            return
        for applied in variant.assignment.rules:
            if applied.id in case.spec.rules:
                for name, message in _wrong_parameters(applied.id, dict(applied.params)):
                    yield ("rules", applied.id), f"with seed {seed}: parameter {name}: {message}"
                    return
    yield from _empty_answers(case)
    if case.careless:
        for id in case.careless.fails:
            if id not in case.spec.rules:
                yield ("rules",), f"careless.md says that {id} must fail, but the case does not apply it"


def _empty_answers(case: Case) -> Iterator[tuple[Place, str]]:
    """An accepted answer delivers everything that is asked for; one that does not is still to be written."""
    from graders.assemble import assemble
    from harness.answers import extract

    variant = draw(case, SEEDS[0])
    for recorded in case.accepted:
        blocks = extract(variant.text_of(recorded)).blocks
        delivered = assemble(blocks, variant.assignment.deliverables, variant.assignment.given).deliverables
        for position, item in enumerate(case.spec.deliverables):
            if not delivered.get(item.id):
                yield ("deliverables", position, "id"), f"accepted/{recorded.name}.md holds no {item.path}"


def _check_targets(case: Case, id: str) -> Iterator[tuple[Place, str]]:
    from graders.kinds import RULES

    spec = case.spec.rules[id]
    known = {deliverable.id: deliverable for deliverable in case.spec.deliverables}
    for name in spec.on or []:
        if name not in known:
            yield ("rules", id, "on"), f"there is no deliverable {name!r}"
    kinds = RULES[id].kinds
    if kinds and not spec.on and not any(item.kind in kinds for item in known.values()):
        yield ("rules", id), f"{id} judges {', '.join(sorted(kinds))}, which this case does not ask for"


def _wrong_parameters(id: str, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    from graders.kinds import RULES

    for name, form in RULES[id].parameters.items():
        try:
            TypeAdapter(form).validate_python(params.get(name))
        except ValidationError as error:
            yield name, f"{error.errors()[0]['msg']} (got {reprlib.repr(params.get(name))})"
