"""Rule K8S-12: time enough to stop."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.kubernetes.delivered import delivered
from graders.kubernetes.pods import Container, PodSpec, pod_specs
from graders.kubernetes.shapes import integer, mapping, sequence, stated, text
from graders.kubernetes.violations import absent, at, once
from graders.rule import Violation, rule

KIND = "kubernetes"
_DEFAULT_GRACE = 30
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([smhd]?)")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_END_OF_COMMAND = re.compile(r"[;&|()]|[0-9]*[<>]|(?:done|fi)\Z")
_LOOP = re.compile(r"(?:^|[;&|\n(]|\b(?:do|then)\b)\s*(?:for|while|until)\s")
_OTHER_SLEEP = re.compile(r"\bu?sleep\s*\(|\busleep\s|\bread\s+-t")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?|\$\((\w+)\)")


class _Unknown(Exception):
    """A preStop hook whose sleep is not to be read from the manifest."""


@rule(
    "K8S-12",
    severity="M",
    constraint="intent",
    source="Kubernetes pod lifecycle: preStop runs inside the grace period; our choice of margin",
    kinds=(KIND,),
    parameters={"drain_seconds": int},
)
def grants_time_to_stop(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is terminationGracePeriodSeconds at least the preStop sleep plus the drain time?

    Accepted: any such number; the default of 30 where it is enough; a preStop of `sleep: {seconds}` or exec of sleep,
    also in a shell line (several sleeps add up, a variable is taken from the container's env); no preStop at all.
    Wrong: less; a sleep of unknown length (in a loop, or of another language than the shell's). Hooks of several
    containers run side by side: the longest counts.
    Judged: each long-running workload.
    """
    drain = stated(facts.params.get("drain_seconds")) or 0
    pods = [spec for spec in pod_specs(delivered(bundle)) if spec.long_running]
    if not pods:
        yield absent("long-running workload that has to drain")
    yield from once(violation for spec in pods for violation in _too_short(spec, drain))


def _too_short(pods: PodSpec, drain: int) -> Iterator[Violation]:
    given = pods.spec.get("terminationGracePeriodSeconds")
    grace = _DEFAULT_GRACE if given is None else integer(given)
    if grace is None:
        yield at(pods, ("terminationGracePeriodSeconds",), "terminationGracePeriodSeconds is no number")
        return
    longest = 0.0
    for container in pods.containers:
        try:
            longest = max(longest, _pre_stop_seconds(container))
        except _Unknown as unknown:
            yield at(container, ("lifecycle", "preStop"), f"how long preStop sleeps can't be read: {unknown}")
    if grace < longest + drain:
        message = f"{grace} s of grace are less than {longest:g} s of preStop plus {drain} s to drain"
        yield at(pods, ("terminationGracePeriodSeconds",), message)


def _pre_stop_seconds(container: Container) -> float:
    hook = mapping(mapping(container.body.get("lifecycle")).get("preStop"))
    if hook.get("sleep") is not None:
        seconds = integer(mapping(hook["sleep"]).get("seconds"))
        if seconds is None:
            raise _Unknown("sleep.seconds is no number")
        return float(seconds)
    return _slept(sequence(mapping(hook.get("exec")).get("command")), _environment(container), 0)


def _environment(container: Container) -> dict[str, str]:
    entries = map(mapping, sequence(container.body.get("env")))
    return {
        text(entry.get("name")): text(entry.get("value"))
        for entry in entries
        if entry.get("value") is not None
    }


def _slept(words: list[Any], environment: Mapping[str, str], depth: int) -> float:
    """The seconds that all sleeps of a command take together, shell lines inside it included."""
    total = 0.0
    command = [text(word) for word in words]
    for word in command:
        if _OTHER_SLEEP.search(word) or ("sleep" in word and _LOOP.search(word)):
            raise _Unknown(word)
    for index, word in enumerate(command):
        if word.rpartition("/")[2] == "sleep":
            for operand in command[index + 1 :]:
                if _END_OF_COMMAND.match(operand):
                    break
                total += _seconds(operand, environment)
        elif depth < 3 and len(words) > 1 and re.search(r"\bsleep\s", word):
            total += _slept(_shell_words(word), environment, depth + 1)
    return total


def _shell_words(line: str) -> list[Any]:
    lexer = shlex.shlex(line.replace("\n", " ; "), posix=True, punctuation_chars=";&|()")
    lexer.whitespace_split = True
    try:
        return list(lexer)
    except ValueError:
        raise _Unknown("its shell line has an open quotation") from None


def _seconds(operand: str, environment: Mapping[str, str]) -> float:
    resolved = _VARIABLE.sub(lambda found: environment.get(found[1] or found[2], ""), operand)
    duration = _DURATION.fullmatch(resolved)
    if duration is None:
        raise _Unknown(f"sleep {operand}")
    return float(duration[1]) * _UNITS[duration[2]]


RULES = (grants_time_to_stop,)
