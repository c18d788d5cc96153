"""Configurations as the evaluators of access read them: values as applied, and what the cloud gives still as unknown.

The simulated cloud invents accounts, suffixes and ids, which a policy must not be judged by. Where an applied text holds
such a value it becomes unknown again, and `iam.names.Names` fills in what the case's account makes of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graders.bundle import Bundle
from graders.simulate.terraform.outcome import Root
from graders.simulate.terraform.state import Applied
from graders.terraform.applied.changes import without_keys
from graders.terraform.applied.configuration import REGION, overruled
from graders.terraform.iam.names import Names, Place
from graders.terraform.language import syntax
from graders.terraform.language.values import Partial, Unknown, as_list, as_map
from graders.terraform.reading.configuration import Configuration
from graders.terraform.reading.origins import Origin, least, origins, written
from graders.terraform.reading.view import Resource

# A shorter text may stand in a policy for other reasons.
_LONG = 8


class _AsWritten(Exception):
    """Something invented decides this value, or can't be told from what the answer wrote."""


def with_applied_policies(
    bundle: Bundle, found: list[Configuration], place: Place | None
) -> list[Configuration]:
    """The configurations, each written attribute with its applied value (see `as_applied` for what stays as written).

    An attribute of another resource that the cloud gives (an ARN, a generated name), or that a data source looks up,
    is `Unknown` in it, named as `resolve` names it. As written stay also values that such an attribute decides or that
    were made of it other than by joining texts. What the simulation gave just as the cloud does in `place` is not invented:
    the only place that the case asks about, None where any will do. Raises `ToolFailed` when the simulation did not run.
    """
    text = "\n".join(artifact.text for artifact in bundle.artifacts)
    return overruled(
        bundle, found, lambda configuration, root: _Reader(configuration, root, text, place).values
    )


class _Reader:
    """Reads the applied values of one root. `text` are all files of the answer."""

    def __init__(self, configuration: Configuration, root: Root, text: str, place: Place | None) -> None:
        self._root = root
        self._text = text
        self._names = Names(configuration, place or _place_of(root))
        self._written = {
            one.instance: one for mode in ("managed", "data") for one in configuration.resources(mode=mode)
        }
        self._by_address = {one.address: one for one in self._written.values()}
        self._there: dict[tuple[str, str], list[Applied]] = {}
        for mode in ("managed", "data"):
            for one in root.applied(mode):
                self._there.setdefault((mode, without_keys(one.address)), []).append(one)

    def values(self, resource: Resource, there: Applied) -> Mapping[str, Any]:
        """The values of what the block writes."""
        body = resource.view.body
        return {} if body is None else dict(self._values(body, resource, there))

    def _values(self, body: syntax.Body, resource: Resource, there: Applied) -> Iterator[tuple[str, Any]]:
        for name, value in there.values.items():
            expressions = list(written(body, name))
            if not expressions:
                continue
            try:
                given = self._given(origins(expressions, resource.view.scope))
                yield name, _told_apart(value, given)
            except _AsWritten:
                continue

    def _given(self, ends: Iterable[Origin]) -> list[_Given]:
        """The texts that stand for something which the cloud gives. Raises `_AsWritten`."""
        found: list[_Given] = []
        waiting = list(ends)
        seen: set[tuple[str, str, str]] = set()
        while waiting:
            one = waiting.pop()
            end = one.end
            if end.mode == "workspace":
                raise _AsWritten
            if end.mode == "variable":
                if end.name in self._root.guessed:
                    raise _AsWritten
                continue
            # What is not known before the apply can't decide how many there are of something.
            if one.part == "counts" and end.mode == "managed":
                continue
            instances = self._there.get((end.mode, end.address), [])
            if not instances and end.mode != "managed" and one.part != "flows":
                raise _AsWritten
            for there in instances:
                for name in [end.attribute] if end.attribute else there.values:
                    text = there.values.get(name)
                    if text is None or (there.address, name, one.part) in seen:
                        continue
                    seen.add((there.address, name, one.part))
                    same = self._taken_from(there, name)
                    if same is not None:
                        waiting.extend(Origin(inner.end, least(inner.part, one.part)) for inner in same)
                    elif self._is_answers(there, name):
                        continue
                    elif one.part != "flows":
                        raise _AsWritten
                    # Of a whole object most attributes are in no policy; of one that is named the text is there.
                    elif isinstance(text, str) and len(text) >= _LONG and text not in self._text:
                        found.append(_Given(text, f"{there.address}.{name}"))
                    elif end.attribute or str(text).startswith("arn:"):
                        raise _AsWritten
        return found

    def _taken_from(self, there: Applied, attribute: str) -> list[Origin] | None:
        """What an attribute hangs on that repeats one which the files write (an id that is the name, an output that is the
        input); None where it repeats none."""
        twin = self._written.get(there.address) or self._by_address.get(without_keys(there.address))
        body = None if twin is None else twin.view.body
        if twin is None or body is None or attribute in body.attributes:
            return None
        given = there.values[attribute]
        # That two switches or numbers are the same says nothing.
        if isinstance(given, str | list | dict) and given:
            for name, one in body.attributes.items():
                if name not in ("count", "for_each") and there.values.get(name) == given:
                    return list(origins([one.expression], twin.view.scope))
        return None

    def _is_answers(self, there: Applied, attribute: str) -> bool:
        """Does the answer say itself what the cloud would give (written there, made of names alone)?"""
        text = there.values[attribute]
        twin = self._written.get(there.address)
        by_address = twin or self._by_address.get(without_keys(there.address))
        body = None if by_address is None else by_address.view.body
        if body is not None and attribute in body.attributes:
            return True
        if there.type == REGION and not self._root.guessed:
            return text in self._text
        return (
            twin is not None
            and isinstance(text, str)
            and self._names.text(Unknown(f"{there.address}.{attribute}")) == text
        )


def _place_of(root: Root) -> Place:
    """The account of the simulation, as the ARNs of its roles and providers have it."""
    arns = (one.values.get("arn") for one in root.applied() if one.type.startswith("aws_iam_"))
    accounts = {arn.split(":")[4] for arn in arns if isinstance(arn, str) and arn.count(":") > 4}
    return Place(accounts.pop()) if len(accounts) == 1 else Place()


@dataclass(frozen=True, slots=True)
class _Given:
    text: str
    about: str


def _told_apart(value: Any, given: list[_Given]) -> Any:
    """The value with each given text in it as `Unknown`."""
    if not given:
        return value
    by_text = {one.text: Unknown(one.about) for one in given}
    found = re.compile("|".join(re.escape(one) for one in sorted(by_text, key=len, reverse=True)))

    def of(inner: Any) -> Any:
        if isinstance(inner, list):
            return [of(item) for item in as_list(inner)]
        if isinstance(inner, dict):
            return {key: of(item) for key, item in as_map(inner).items()}
        return _parts(inner, found, by_text) if isinstance(inner, str) else inner

    return of(value)


def _parts(text: str, found: re.Pattern[str], known: Mapping[str, Unknown]) -> str | Unknown | Partial:
    parts: list[str | Unknown] = []
    at = 0
    for one in found.finditer(text):
        if one.start() > at:
            parts.append(text[at : one.start()])
        parts.append(known[one[0]])
        at = one.end()
    if at == 0:
        return text
    if at < len(text):
        parts.append(text[at:])
    return parts[0] if len(parts) == 1 else Partial(tuple(parts))
