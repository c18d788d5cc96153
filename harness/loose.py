"""Grading without a run: an answer to a case, or loose files from a disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from graders.assemble import PlainFile
from graders.examine import Examination, examine
from graders.facts import AppliedRule, Assignment, Deliverable
from graders.finding import Finding
from graders.kinds import RULES, kind_of
from graders.rule import Absent
from harness.corpus import Corpus, Variant, draw
from harness.grading import examination, finding_row, grade_row
from harness.plan import PlanError, find_tools, grader_version, without_tools
from harness.runs import Row
from harness.scoring import score

LARGEST_FILE = 256 * 1024


def grade_answer(
    corpus: Corpus, case_id: str, seed: int, paths: Sequence[Path], without: frozenset[str]
) -> Row:
    """Grade one answer (a file a turn) to a variant. Raises `PlanError`."""
    if case_id not in corpus.ids:
        raise PlanError(f"there is no case {case_id}; `drydock cases list` shows them all")
    variant = draw(corpus.case(case_id), seed)
    assignment = without_tools(variant.assignment, without)
    tools = find_tools([assignment])
    turns = _turns(variant, paths)
    answer = {"sample": f"{variant.id}#1", "epoch": 1, "status": "answered"}
    examined = examine([examination(turns, assignment)])[0]
    return grade_row(answer, variant, assignment, examined, grader_version([assignment], tools))


def _turns(variant: Variant, paths: Sequence[Path]) -> tuple[str, ...]:
    """The texts of the files; an accepted or careless answer of the case itself is filled for the variant."""
    recorded = {
        (variant.case.folder / "accepted" / f"{item.name}.md").resolve(): item
        for item in variant.case.accepted
    }
    if variant.case.careless:
        recorded[(variant.case.folder / "careless.md").resolve()] = variant.case.careless
    if len(paths) == 1 and paths[0].resolve() in recorded:
        return variant.text_of(recorded[paths[0].resolve()])
    return tuple(_read(path) for path in paths)


def grade_files(paths: Sequence[Path], without: frozenset[str]) -> Row:
    """Ask every rule that needs nothing from a case about these files and folders. Raises `PlanError`."""
    files = tuple(_loose_files(paths))
    kinds = {kind_of(file.path, file.info, file.text) for file in files}
    deliverables = tuple(Deliverable(kind, kind, "*") for kind in sorted(kinds))
    rules = tuple(
        AppliedRule(rule.id, tuple(sorted(rule.kinds & kinds)), "asked of loose files")
        for rule in RULES.values()
        if (rule.kinds & kinds or rule.id == "SEC-02")
        and all(_optional(form) for form in rule.parameters.values())
        and rule.id not in NEEDS_A_CASE
    )
    assignment = without_tools(Assignment(deliverables, rules), without)
    if not assignment.rules:
        raise PlanError(
            f"no rule reads {', '.join(str(path) for path in paths)}; docs/scoring.md lists the kinds that are read"
        )
    tools = find_tools([assignment])
    examined = examine([Examination(files, (), assignment)])[0]
    findings = [_unless_absent(finding) for finding in examined.findings]
    scores = score(findings, assignment.rules)

    return {
        "sample": "files",
        "case": "files",
        "graded": scores.graded,
        "score": scores.score,
        "ships": scores.ships,
        "constraints": scores.constraints,
        "grader": grader_version([assignment], tools),
        "findings": [finding_row(finding) for finding in findings],
    }


def _unless_absent(finding: Finding) -> Finding:
    """Nobody asked for what is not there: such a rule does not apply."""
    if finding.violations and all(isinstance(violation, Absent) for violation in finding.violations):
        return replace(finding, outcome="not_applicable", ungated="not_applicable", violations=())
    return finding


# Rules whose question only makes sense beside what a case states, though they take no parameter.
NEEDS_A_CASE = frozenset({"SEC-01", "CTR-01", "ALR-03", "ALR-04", "ALR-05", "ALR-17", "ALR-19"})


def _optional(form: Any) -> bool:
    from pydantic import TypeAdapter, ValidationError

    try:
        TypeAdapter(form).validate_python(None)
    except ValidationError:
        return False
    return True


def _loose_files(paths: Sequence[Path]) -> list[PlainFile]:
    found: list[PlainFile] = []
    for path in paths:
        if not path.exists():
            raise PlanError(f"{path}: there is no such file")
        members = (
            sorted(p for p in path.rglob("*") if p.is_file() and _worth_reading(p))
            if path.is_dir()
            else [path]
        )
        for member in members:
            found.append(PlainFile(_in_repository(member, path), _read(member)))
    if not found:
        raise PlanError(f"{', '.join(str(path) for path in paths)}: holds no file")
    return found


def _in_repository(file: Path, given: Path) -> str:
    """The path below this folder, else below what was given, so that two files never share one. A workflow is one by
    where it lies: its path begins at `.github`."""
    parts = file.resolve().parts
    if ".github" in parts:
        return "/".join(parts[parts.index(".github") :])
    here = Path.cwd()
    if file.resolve().is_relative_to(here):
        return file.resolve().relative_to(here).as_posix()
    return file.resolve().relative_to(given.resolve().parent).as_posix()


def _worth_reading(path: Path) -> bool:
    hidden = any(part in (".git", ".terraform", "node_modules", ".venv") for part in path.parts)
    return not hidden and path.stat().st_size <= LARGEST_FILE


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeError) as error:
        raise PlanError(f"{path}: cannot be read: {error}") from None
