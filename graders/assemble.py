"""From the blocks of an answer to artifacts: kinds decided, deliverables matched, what broke the contract noted."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from graders import kinds
from graders.artifact import Artifact
from graders.facts import Deliverable

# Kinds that say no more than "some text": a file that lies where a deliverable was asked for is read as that deliverable.
_UNDECIDED = frozenset({"text", "yaml", "json"})


class Block(Protocol):
    """One block as `harness.answers` takes it out of an answer."""

    @property
    def path(self) -> str | None: ...
    @property
    def info(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def closed(self) -> bool: ...
    @property
    def turn(self) -> int: ...


@dataclass(frozen=True, slots=True)
class PlainFile:
    """A file that came from a disk and not out of an answer, in the form of a block."""

    path: str
    text: str
    info: str = ""
    line: int = 1
    closed: bool = True
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Assembly:
    """`deliverables[id]` are the paths matched to a deliverable; `contract` is as in `Bundle`."""

    artifacts: tuple[Artifact, ...]
    deliverables: dict[str, tuple[str, ...]]
    contract: tuple[tuple[str, int | None, str], ...]


def assemble(
    blocks: Sequence[Block], deliverables: Sequence[Deliverable], given: frozenset[str] = frozenset()
) -> Assembly:
    """Decide kinds and match deliverables by path, else by kind.

    A block without a path counts only when it is of the kind of a deliverable that no named file fills: it then gets
    that deliverable's path, and the contract was not kept. Any other unnamed block is an example, not a file.
    A deliverable for which nothing came back but files of the prompt (`given`) is missing.
    """
    contract: list[tuple[str, int | None, str]] = []
    named = [_artifact(block, block.path, deliverables) for block in blocks if block.path is not None]
    for block in blocks:
        if block.path is not None and not block.closed:
            contract.append((block.path, None, "the file is cut off: its fence never closes"))
    matched = _match(named, deliverables)
    unnamed = [block for block in blocks if block.path is None]
    for deliverable in deliverables:
        if matched[deliverable.id]:
            continue
        block = _unnamed_for(deliverable, unnamed)
        if block is None:
            continue
        unnamed.remove(block)
        path = deliverable.path.replace("**/", "").replace("*", "unnamed")
        named.append(_artifact(block, path, deliverables))
        matched[deliverable.id] = (path,)
        contract.append((path, 1, "the answer gives this file no path"))
    texts = {artifact.path: artifact.text.strip() for artifact in named}
    for deliverable in deliverables:
        if all(texts[path] in given for path in matched[deliverable.id]):
            matched[deliverable.id] = ()
        if not matched[deliverable.id]:
            contract.append((deliverable.path, None, "the file was asked for and not delivered"))
        for path in matched[deliverable.id]:
            if not fnmatch.fnmatchcase(path, deliverable.path):
                contract.append((path, None, f"delivered as {path}, asked for as {deliverable.path}"))
    return Assembly(tuple(named), matched, tuple(contract))


def _artifact(block: Block, path: str, deliverables: Sequence[Deliverable]) -> Artifact:
    kind = kinds.kind_of(path, block.info, block.text)
    for deliverable in deliverables:
        asked_here = path == deliverable.path or (
            kind in _UNDECIDED and fnmatch.fnmatchcase(path, deliverable.path)
        )
        if asked_here:
            kind = deliverable.kind
            break
    return Artifact(path, kind, block.text, block.line, kinds.is_whole(kind, block.text), block.turn)


def _match(artifacts: Sequence[Artifact], deliverables: Sequence[Deliverable]) -> dict[str, tuple[str, ...]]:
    matched: dict[str, tuple[str, ...]] = {}
    taken: set[str] = set()
    for deliverable in deliverables:
        paths = [
            artifact.path
            for artifact in artifacts
            if artifact.kind == deliverable.kind
            and artifact.whole
            and fnmatch.fnmatchcase(artifact.path, deliverable.path)
        ]
        matched[deliverable.id] = tuple(paths)
        taken.update(paths)
    for deliverable in deliverables:
        if not matched[deliverable.id]:
            # The right place in another folder, before any file of the kind.
            paths = [
                a.path
                for a in artifacts
                if a.kind == deliverable.kind
                and a.whole
                and a.path not in taken
                and fnmatch.fnmatchcase(a.path, f"*/{deliverable.path}")
            ]
            matched[deliverable.id] = tuple(paths)
            taken.update(paths)
    for deliverable in deliverables:
        if matched[deliverable.id]:
            continue
        left = [a.path for a in artifacts if a.kind == deliverable.kind and a.whole and a.path not in taken]
        if not _is_glob(deliverable.path):
            left = left[:1]
        matched[deliverable.id] = tuple(left)
        taken.update(left)
    return matched


def _unnamed_for(deliverable: Deliverable, unnamed: Sequence[Block]) -> Block | None:
    for block in unnamed:
        if kinds.kind_of(None, block.info, block.text) == deliverable.kind and kinds.is_whole(
            deliverable.kind, block.text
        ):
            return block
    return None


def _is_glob(path: str) -> bool:
    return any(character in path for character in "*?[")
