"""A `Condition` block against a request.

Operators and keys are joined by AND, the values of a key by OR (by NOR under a negated operator). Source: IAM User Guide,
"Conditions with multiple context keys or values", "Set operators", "…IfExists", "Null".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from graders.simulate.access.iam.operators import operator
from graders.simulate.access.iam.patterns import UNKNOWN, substituted
from graders.simulate.access.iam.requests import UNDECIDED, Request
from graders.simulate.access.iam.truth import Truth, both, either, negated

_SETS = {"forallvalues": "all", "foranyvalue": "any"}


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key. `of` is the set operator, `if_exists` the suffix; `operator` has neither."""

    operator: str
    key: str
    values: tuple[str, ...]
    of: Literal["all", "any"] | None = None
    if_exists: bool = False

    def holds(self, request: Request, *, variables: bool) -> Truth:
        """Does the request meet it? `variables`: the policy's version knows `${…}`. Raises `Unsupported`."""
        given = request.values(self.key) if UNKNOWN not in self.key else UNDECIDED
        if self.operator.lower() == "null":
            if given == UNDECIDED:
                return None
            return either((given is None) == (value.lower() == "true") for value in self.values)
        test, is_negated = operator(self.operator)
        if given == UNDECIDED:
            return None
        if given is None or (self.of and not given):
            return self.if_exists or self.of == "all" or (is_negated and self.of is None)
        wanted = self._wanted(request) if variables else self.values

        def meets(value: str) -> Truth:
            hit = either(test(one, value) for one in wanted)
            return negated(hit) if is_negated else hit

        met = [meets(value) for value in given]
        return either(met) if self.of == "any" else both(met)

    def _wanted(self, request: Request) -> tuple[str, ...]:
        made = (substituted(value, lambda key: single(request, key)) for value in self.values)
        return tuple(value for value in made if value is not None)


def single(request: Request, key: str) -> str | Truth:
    """The value of a policy variable: keys of several values have none."""
    given = request.values(key)
    if given == UNDECIDED:
        return None
    return given[0] if given is not None and len(given) == 1 else False


def condition(test: str, key: str, values: tuple[str, ...]) -> Condition:
    """A condition from the words of a policy (`ForAnyValue:StringLikeIfExists`)."""
    prefix, colon, word = test.partition(":")
    of = _SETS.get(prefix.lower()) if colon else None
    word = word if of else test
    if_exists = word.lower().endswith("ifexists")
    kept: Literal["all", "any"] | None = "all" if of == "all" else "any" if of == "any" else None
    return Condition(word[: -len("IfExists")] if if_exists else word, key, values, kept, if_exists)
