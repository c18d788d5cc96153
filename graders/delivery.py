"""The delivery contract: was each file delivered where and how the prompt asked? Reported with weight 0."""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Rule, Violation, rule


@rule(
    "CTR-01",
    severity="L",
    constraint="validity",
    source="harness design: the delivery contract in the prompt",
    advisory=True,
)
def keeps_the_contract(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does the answer keep the delivery contract (a path for each file, closed fences, the paths asked for)?"""
    for file, line, message in bundle.contract:
        yield Violation(file, line, message)


RULES: tuple[Rule, ...] = (keeps_the_contract,)
