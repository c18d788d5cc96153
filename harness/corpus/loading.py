"""Read a corpus from disk: every case checked, every mistake reported with file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from graders.yaml_lines import Unparsable, load
from harness.corpus.schema import AcceptedFrontMatter, CarelessFrontMatter, CaseSpec

CANARY = "drydock-corpus canary 6f1d0c52-8d0f-4c57-9b6e-2f7f3f0b9a41: this text must not be in training data"


class CorpusError(Exception):
    """Mistakes in a corpus, one line each: `file:line: what is wrong and what would be right`."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Recorded:
    """An answer that lies with a case, still a template. `fails` is empty for an accepted answer."""

    name: str
    by: str
    how: str
    body: str
    fails: dict[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One case as it lies on disk. `id` is AREA/NAME; `files` are its fixtures by name."""

    id: str
    folder: Path
    spec: CaseSpec
    accepted: tuple[Recorded, ...]
    careless: Recorded | None
    fixtures: dict[str, str]
    hash: str

    @property
    def area(self) -> str:
        return self.id.split("/")[0]

    @property
    def cluster(self) -> str:
        """Cases that are twins or paraphrases share one; by default the case stands for itself."""
        return self.spec.cluster or self.id


@dataclass(frozen=True, slots=True)
class Corpus:
    """Cases in the order of their ids."""

    folders: tuple[Path, ...]
    cases: tuple[Case, ...]

    @property
    def hash(self) -> str:
        """Changes when any file of any case does."""
        return hash_of(self.cases)

    def case(self, id: str) -> Case:
        """The case with this id; raises `KeyError`."""
        return next(case for case in self.cases if case.id == id) if id in self.ids else _missing(id)

    @property
    def ids(self) -> list[str]:
        return [case.id for case in self.cases]


def _missing(id: str) -> Case:
    raise KeyError(id)


def load_corpus(folders: list[Path]) -> Corpus:
    """Read every `AREA/NAME/case.yaml` below the folders. Raises `CorpusError` with all mistakes at once."""
    mistakes: list[str] = []
    cases: dict[str, Case] = {}
    for folder in folders:
        if not folder.is_dir():
            mistakes.append(
                f"{folder}: there is no such folder; --corpus takes a folder of AREA/NAME/case.yaml"
            )
            continue
        found = sorted(folder.glob("*/*/case.yaml"))
        if not found:
            mistakes.append(f"{folder}: holds no case (AREA/NAME/case.yaml); see docs/add-a-case.md")
        for file in found:
            case = _load_case(file, mistakes)
            if case is None:
                continue
            if case.id in cases:
                mistakes.append(
                    f"{file}:1: the case {case.id} is there twice, also in {cases[case.id].folder}"
                )
            cases[case.id] = case
    if mistakes:
        raise CorpusError(mistakes)
    ordered = tuple(cases[id] for id in sorted(cases))
    return Corpus(tuple(folders), ordered)


def hash_of(cases: Iterable[Case]) -> str:
    """One hash over these cases, in any order."""
    lines = sorted(f"{case.id} {case.hash}" for case in cases)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _load_case(file: Path, mistakes: list[str]) -> Case | None:
    folder = file.parent
    document: Any = None
    try:
        text = file.read_text(encoding="utf-8")
        document = load(text)
        spec = CaseSpec.model_validate(document)
    except (OSError, UnicodeError) as error:
        mistakes.append(f"{file}:1: cannot be read: {error}")
        return None
    except Unparsable as error:
        mistakes.append(f"{file}:{error.line}: {error.message}")
        return None
    except ValidationError as error:
        mistakes.extend(_located(file, document, error))
        return None
    if spec.canary != CANARY:
        mistakes.append(f"{file}:{_line(document, ('canary',))}: the canary must be exactly: {CANARY}")
    accepted = [
        _load_recorded(path, AcceptedFrontMatter, mistakes) for path in sorted(folder.glob("accepted/*.md"))
    ]
    careless_file = folder / "careless.md"
    careless = (
        _load_recorded(careless_file, CarelessFrontMatter, mistakes) if careless_file.exists() else None
    )
    fixtures = {
        path.relative_to(folder / "fixtures").as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("fixtures/**/*"))
        if path.is_file()
    }
    case = Case(
        id=f"{folder.parent.name}/{folder.name}",
        folder=folder,
        spec=spec,
        accepted=tuple(recorded for recorded in accepted if recorded is not None),
        careless=careless,
        fixtures=fixtures,
        hash=_hash(folder),
    )
    from harness.corpus.checks import check_case

    mistakes.extend(f"{file}:{_line(document, place)}: {message}" for place, message in check_case(case))
    return case


def _load_recorded(path: Path, form: type[BaseModel], mistakes: list[str]) -> Recorded | None:
    text = path.read_text(encoding="utf-8")
    head, separator, body = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not separator:
        mistakes.append(f"{path}:1: begins without front matter (--- by: …, how: … ---)")
        return None
    document: Any = None
    try:
        document = load(head)
        front = form.model_validate(document)
    except Unparsable as error:
        mistakes.append(f"{path}:{error.line + 1}: {error.message}")
        return None
    except ValidationError as error:
        mistakes.extend(_located(path, document, error, offset=1))
        return None
    values = front.model_dump()
    return Recorded(path.stem, values["by"], values["how"], body.lstrip("\n"), values.get("fails", {}))


def _located(file: Path, document: Any, error: ValidationError, offset: int = 0) -> list[str]:
    return [
        f"{file}:{_line(document, detail['loc']) + offset}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}"
        for detail in error.errors()
    ]


def _line(document: Any, place: tuple[Any, ...]) -> int:
    """The line of the deepest part of `place` that exists in the document."""
    line: int = 1
    value: Any = document
    for step in place:
        try:
            line, value = value.lines[step], value[step]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
