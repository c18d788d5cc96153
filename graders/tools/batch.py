"""Many bundles through one call of a tool, without one bad bundle spoiling the reports of the others.

A tool judges a whole batch at once, canaries of ours among it. When a batch proves nothing, the canaries
alone say whether the tool works at all; if it does, the batch is halved until the bundle stands alone that is
to blame.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from graders import limits
from graders.artifact import Artifact
from graders.report import Message, Report
from graders.sandbox import Completed, SandboxMissing
from graders.tools.locate import Installation, ToolMissing, locate

OUTSIDE_LIMITS = "outside-limits"
"""Code of the message about a file that breaks a stated limit; no tool is shown such a file."""


class Unproven(Exception):
    """The tool did not prove that it read what it was given; the text says in one line how that showed."""


@dataclass(slots=True)
class Verdict:
    """What a tool said about one bundle, the paths that it evaluated, and a report's `detail`."""

    messages: list[Message] = field(default_factory=list[Message])
    judged: set[str] = field(default_factory=set[str])
    detail: object | None = None


Bundles = Sequence[Sequence[Artifact]]
Judge = Callable[[Installation, Bundles], list[Verdict]]
"""Runs the tool once over bundles and canaries. Returns a verdict for each bundle, or raises Unproven. With
no bundle it tries the canaries only."""


def run_in_batches(
    name: str,
    kinds: frozenset[str],
    bundles: Bundles,
    judge: Judge,
    *,
    beside: frozenset[str] = frozenset(),
    fragments: bool = False,
    apart: int = 0,
) -> list[Report]:
    """The reports of tool `name` on `bundles`, in their order.

    Shown are artifacts of `kinds`, and for bundles that have any also those of `beside`; `fragments` says
    whether the tool can make sense of one. `apart` is for a tool that takes one bundle a call: so many at a
    time.
    """
    reports: list[Report] = [Report(name, "")] * len(bundles)
    shown: dict[int, list[Artifact]] = {}
    refused: dict[int, list[Message]] = {}
    for index, bundle in enumerate(bundles):
        mine = [a for a in bundle if a.kind in kinds | beside and (a.whole or fragments)]
        if any(artifact.kind in kinds for artifact in mine):
            shown[index], refused[index] = _within_limits(mine, kinds)
    if not shown:
        return reports
    try:
        found = locate(name)
    except ToolMissing as missing:
        for index in shown:
            reports[index] = Report(name, "", failure=f"{name} is missing: {missing}")
        return reports
    batch = list(shown.values())
    settled = _apart(found, batch, judge, apart) if apart else _settled(found, batch, judge)
    for index, result in zip(shown, settled, strict=True):
        if isinstance(result, str):
            reports[index] = Report(name, found.version, failure=result)
        else:
            messages = (*refused[index], *result.messages)
            reports[index] = Report(
                name, found.version, messages, frozenset(result.judged), detail=result.detail
            )
    return reports


def proven(done: Completed, codes: Sequence[int]) -> Completed:
    """`done` when the program ended by itself with one of `codes`, else Unproven with what it said last."""
    if done.timed_out:
        raise Unproven("timed out")
    if done.code not in codes:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Unproven(f"exit code {done.code}: {said[-1][:300] if said else 'it said nothing'}")
    return done


def _within_limits(
    artifacts: Sequence[Artifact], kinds: frozenset[str]
) -> tuple[list[Artifact], list[Message]]:
    inside: list[Artifact] = []
    messages: list[Message] = []
    for artifact in artifacts:
        try:
            limits.check(artifact.text)
        except limits.OutsideLimits as broken:
            if artifact.kind in kinds:
                messages.append(Message(artifact.path, broken.line, OUTSIDE_LIMITS, broken.message))
        else:
            inside.append(artifact)
    return inside, messages


def _apart(found: Installation, bundles: Bundles, judge: Judge, at_a_time: int) -> list[Verdict | str]:
    def settled(bundle: Sequence[Artifact]) -> Verdict | str:
        return _settled(found, [bundle], judge)[0]

    if at_a_time == 1:
        return [settled(bundle) for bundle in bundles]
    with ThreadPoolExecutor(at_a_time) as threads:
        return list(threads.map(settled, bundles))


def _settled(found: Installation, bundles: Bundles, judge: Judge) -> list[Verdict | str]:
    """A verdict, or the reason for there being none, for each bundle."""
    together = _attempt(found, bundles, judge)
    if not isinstance(together, str):
        return [*together]
    canaries = _attempt(found, [], judge)
    if isinstance(canaries, str):
        return [f"{found.name} does not work here: {canaries}"] * len(bundles)
    if len(bundles) == 1:
        return _alone(found, bundles, judge)
    return _halved(found, bundles, judge)


def _halved(found: Installation, bundles: Bundles, judge: Judge) -> list[Verdict | str]:
    results: list[Verdict | str] = []
    middle = len(bundles) // 2
    for half in (bundles[:middle], bundles[middle:]):
        if len(half) == 1:
            results += _alone(found, half, judge)
            continue
        together = _attempt(found, half, judge)
        results += _halved(found, half, judge) if isinstance(together, str) else together
    return results


def _alone(found: Installation, bundles: Bundles, judge: Judge) -> list[Verdict | str]:
    result = _attempt(found, bundles, judge)
    if isinstance(result, str):
        return [f"{result} (alone, beside a good file that passes)"]
    return [*result]


def _attempt(found: Installation, bundles: Bundles, judge: Judge) -> list[Verdict] | str:
    try:
        return judge(found, bundles)
    except Unproven as trouble:
        return str(trouble)
    except SandboxMissing as missing:
        return f"no sandbox: {missing}"
    except Exception as error:  # noqa: BLE001 (output that can't be read is a tool's trouble, of whatever type)
        return f"its output cannot be read: {type(error).__name__}: {error}"[:300]
