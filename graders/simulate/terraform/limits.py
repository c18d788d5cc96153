"""Where the simulation ends: outcomes that tell nothing about the answer (docs/oracles/terraform.md has the list)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from graders.simulate.terraform.cloud.data_sources import PURE
from graders.simulate.terraform.command import Result
from graders.simulate.terraform.outcome import Outcome
from graders.simulate.terraform.sources import Sources, Values, is_impure
from graders.simulate.terraform.state import Applied
from graders.simulate.terraform.worker import Noted
from graders.terraform.language.values import as_list, as_map

# Words of terraform, the provider or the simulation that mean: not served, not simulated, broken down.
_OURS = re.compile(
    r"Plugin did not respond|Request cancelled|unexpected error from plugin|Plugin error|NotSimulated"
    r"|Failed to (query available provider packages|load plugin schemas|instantiate provider|obtain provider schema)"
    r"|Failed to download module|remote module registry|Unsupported Terraform Core version"
    r"|no schema available|Provider produced in|network is unreachable|executable file not found"
    r"|(remote-exec|file) provisioner error"
)
# Their text is the answer's own, whatever it says.
_WORDED_BY_ANSWER = re.compile(
    r"(Resource|Module output value) (pre|post)condition failed|Invalid value for variable"
)
# True of a configuration whatever its values are.
_WHATEVER_THE_VALUE = re.compile(
    r"Output refers to sensitive values|Cycle:|Instance cannot be destroyed|until apply|already exists"
)
# A shorter guess may stand in a message for other reasons.
_TELLING = 6
_INVENTED = re.compile(r"\bvar\.([\w-]+)|\bdata\.(\w+)|\b(self)\.")


def limit(result: Result, values: Values, *, evaluated: bool) -> str | None:
    """Why a command that did not succeed tells nothing about the answer; None when it does. `evaluated` says whether it was
    one that knows the values of variables (plan, apply)."""
    if result.code is None:
        return "terraform took longer than the limit"
    errors = [one for one in result.diagnostics() if one.get("severity") == "error"]
    if not errors:
        said = result.stderr.strip().splitlines()
        return f"terraform ended with {result.code}: {said[-1][:300] if said else 'it said nothing'}"
    for error in errors:
        text = " ".join(f"{error['summary']}: {error.get('detail', '')}".split())
        if _OURS.search(error["summary"] if _WORDED_BY_ANSWER.match(text) else text):
            return text[:300]
        if _WHATEVER_THE_VALUE.search(text):
            continue
        sources = chain(_by_workspace(error, values), _invented(error, values) if evaluated else ())
        for source in sources:
            return f"{text[:200]} (for {source}, whose value is invented)"
    return None


def judged(second: Outcome, noted: Noted, sources: Sources) -> Outcome:
    """The plan right after the apply, unless what it changes has no cause in the configuration that the simulation knows: a
    function that gives another value each time, or an object that two resources write."""
    plan = second.plan
    if plan is None or plan.empty:
        return second
    types = {change.type for change in plan.changes}
    if types and types <= noted.unsettled - noted.fought:
        return Outcome(limit=f"{min(types)} did not come to rest after it was made")
    if is_impure(sources) or types & noted.fought:
        return second
    changed = [change.address for change in plan.changes] or [f"output.{name}" for name in plan.outputs]
    return Outcome(limit=f"{changed[0]} changes again, for no cause that the simulation knows")


def judged_import(over: Outcome, built: Iterable[Applied]) -> Outcome:
    """The plan over what is there, unless it replaces an imported object that is none of those `built` (the applied state):
    of such a one the simulation knows the id only."""
    if over.plan is None:
        return over
    there = {(one.type, str(one.values.get("id"))) for one in built if one.mode == "managed"}
    for change in over.plan.changes:
        imported = (change.type, change.id) in over.plan.imported
        if change.action == "replace" and imported and (change.type, change.id) not in there:
            return Outcome(
                limit=f"{change.address} imports {change.id}, of which nothing but the id is known"
            )
    return over


def _by_workspace(error: dict[str, Any], values: Values) -> Iterator[str]:
    """What had the workspace's name when the expression of this error was evaluated: it is we who selected it."""
    snippet: dict[str, Any] = error.get("snippet") or {}
    evaluated: list[dict[str, Any]] = snippet.get("values") or []
    if values.workspace is not None:
        yield from (one["traversal"] for one in evaluated if one["statement"] == f'is "{values.workspace}"')


def _invented(error: dict[str, Any], values: Values) -> Iterator[str]:
    """The invented values that the expression of this error was evaluated with, or that stand in its lines where the error
    names no expression (the provider's do not)."""
    snippet: dict[str, Any] = error.get("snippet") or {}
    for name in values.guessed:
        if snippet.get("context") == f'variable "{name}"':
            yield f"var.{name}"
    said = f"{error['summary']} {error.get('detail', '')}"
    for name in values.guessed:
        # The provider quotes what it refuses, and names no variable.
        if any(len(text) >= _TELLING and text in said for text in _texts(values.given.get(name))):
            yield f"var.{name}"
    evaluated: list[dict[str, Any]] = snippet.get("values") or []
    # Of what is not known yet nothing was invented.
    known = [one["traversal"] for one in evaluated if "known only after apply" not in one["statement"]]
    for match in _INVENTED.finditer(" ".join(known) if evaluated else str(snippet.get("code") or "")):
        variable, data, own = match.groups()
        if variable in values.guessed or (data and data not in PURE):
            yield match[0]
        if own and error["summary"] == "Resource postcondition failed":
            yield "self"


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in as_map(value).values():
            yield from _texts(inner)
    for inner in as_list(value):
        yield from _texts(inner)
