"""Read a corpus from disk: every case checked, every mistake reported with file and line."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from graders.yaml_lines import Unparsable, load
from harness.corpus.case import CANARY, Case, Corpus, CorpusError, Recorded, is_meant
from harness.corpus.checks import check_case
from harness.corpus.schema import AcceptedFrontMatter, CarelessFrontMatter, CaseSpec


def load_corpus(folders: list[Path], only: Sequence[str] = ()) -> Corpus:
    """Read every `AREA/NAME/case.yaml` below the folders. Raises `CorpusError` with all mistakes at once.

    With `only` (patterns of ids) the other cases are read, but their texts and parameters are not tried out.
    """
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
            case = _load_case(file, only, mistakes)
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


def _load_case(file: Path, only: Sequence[str], mistakes: list[str]) -> Case | None:
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
    if is_meant(case.id, only):
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
