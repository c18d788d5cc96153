"""What runs may be compared on: refused where an answer would mislead, else joined on what they share, and said so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.runs import Row
from reports.comparison.stored import ComparisonError, StoredRun, case_of, read_runs, variant_of
from reports.comparison.wording import counted

_NAMED = 4


@dataclass(frozen=True, slots=True)
class Join:
    """`variants` (`area/case@seed`) are graded in every run. `notes` say what was left out or differs."""

    runs: list[StoredRun]
    variants: list[str]
    notes: list[str]


def join(folders: Sequence[Path], across_persona: bool = False) -> Join:
    """Read the runs and find what they share.

    `across_persona` allows runs under several cards: they are what is compared then. Raises `ComparisonError` with one
    line a reason and its remedy, `RunError` for a folder that is no run.
    """
    if not folders:
        raise ComparisonError("no run was given; `ls runs` shows what is there")
    runs = read_runs(list(folders))
    reasons = [
        *_invalid(runs),
        *_personas(runs, across_persona),
        *_contracts(runs),
        *_unknown_cases(runs),
    ]
    if reasons:
        raise ComparisonError("\n".join(reasons))
    cases, notes = _shared_cases(runs)
    notes += _persona_notes(runs)
    variants, left_out = _shared_variants(runs, cases)
    notes += left_out
    notes += _graders(runs, variants)
    notes += _samples(runs)
    notes += _settings(runs)
    return Join(runs, variants, notes)


def _invalid(runs: Sequence[StoredRun]) -> Iterable[str]:
    for run in runs:
        if run.invalid:
            asked = len(run.summary.answers)
            what: list[str] = []
            if run.ungraded:
                what.append(f"{run.ungraded} ungraded (`drydock grade {run.folder}` grades them again)")
            if run.summary.unanswered:
                what.append(
                    f"{run.summary.unanswered} unanswered (the same `drydock eval` command asks them again)"
                )
            yield (
                f"{run.folder}: is invalid, its score decides nothing: of {asked} samples that were asked "
                f"{' and '.join(what)}; tolerated is 1 %"
            )
        elif not run.grades:
            yield f"{run.folder}: has no graded sample yet; the same `drydock eval` command goes on with it"


def _personas(runs: Sequence[StoredRun], across: bool) -> Iterable[str]:
    cards = {run.card_hash for run in runs}
    if len(cards) > 1 and not across:
        cases = ", ".join(f"{run.folder} under {run.card}" for run in runs)
        yield f"the runs had different personas ({cases}); --across persona compares the cards"
    if across and len(cards) == 1:
        yield f"--across persona: all these runs were under one card ({runs[0].card}), there is nothing to compare"


def _persona_notes(runs: Sequence[StoredRun]) -> list[str]:
    models = sorted({str(run.about["model"]["name"]) for run in runs})
    if len({run.card_hash for run in runs}) > 1 and len(models) > 1:
        return [
            f"The runs differ in model ({_listed(models)}) as well as in persona: between runs of different models a "
            "difference cannot be laid at the card's door."
        ]
    return []


def _contracts(runs: Sequence[StoredRun]) -> Iterable[str]:
    if len({run.about["contract"] for run in runs}) > 1:
        yield (
            "the delivery contract, a part of the prompt, was not the same: "
            f"{_by_value(runs, lambda about: about['contract'], folder=True)}; evaluate the older ones again"
        )


def _unknown_cases(runs: Sequence[StoredRun]) -> Iterable[str]:
    """Corpora that differ can only be joined where each case's own hash is known."""
    if len({run.about["corpus"]["hash"] for run in runs}) > 1:
        for run in runs:
            if "case_hashes" not in run.about["corpus"]:
                yield (
                    f"{run.folder}: its corpus is another one than that of the other runs, and it is from before runs kept "
                    f"a hash of each case; `drydock grade {run.folder}` adds them if its cases have not changed since, "
                    "else evaluate again"
                )


def _shared_cases(runs: Sequence[StoredRun]) -> tuple[set[str], list[str]]:
    if len({run.about["corpus"]["hash"] for run in runs}) == 1:
        return set(runs[0].about["corpus"]["cases"]), []
    hashes: list[dict[str, str]] = [run.about["corpus"]["case_hashes"] for run in runs]
    everywhere = set(hashes[0]).intersection(*hashes[1:])
    same = {case for case in everywhere if len({own[case] for own in hashes}) == 1}
    some = set[str]().union(*hashes) - everywhere
    if not same:
        raise ComparisonError(
            "the runs share no case that is the same in all of them: "
            f"{len(everywhere)} have changed, {len(some)} are not in every run; evaluate again on one corpus"
        )
    notes = [f"The corpora differ: compared on {counted(len(same), 'case')}, the same in every run."]
    if everywhere - same:
        notes.append(f"Left out, for they changed between the runs: {_listed(sorted(everywhere - same))}.")
    if some:
        notes.append(f"Left out, for not every run has them: {_listed(sorted(some))}.")
    return same, notes


def _shared_variants(runs: Sequence[StoredRun], cases: set[str]) -> tuple[list[str], list[str]]:
    asked = [{variant_of(sample) for sample in run.about["samples"]} for run in runs]
    shared = {variant for variant in asked[0].intersection(*asked[1:]) if case_of(variant) in cases}
    if not shared:
        raise ComparisonError(
            f"the runs share no variant: {_by_value(runs, lambda about: about['seed'], folder=True)} are the seeds, and "
            "another seed draws other variants; evaluate again with one --seed"
        )
    graded = [{variant_of(sample) for sample in run.grades} for run in runs]
    both = shared.intersection(*graded)
    if not both:
        raise ComparisonError(
            "no variant is graded in every run yet; `drydock eval` goes on with an unfinished run"
        )
    lost = sorted(shared - both)
    notes = [f"Left out, for not every run has a graded sample of it: {_listed(lost)}."] if lost else []
    return sorted(both), notes


def _graders(runs: Sequence[StoredRun], variants: Sequence[str]) -> list[str]:
    """Rules and tools of the same versions for what is shared. A run of other cases has other rules in its identity."""
    if len({run.about["grader"] for run in runs}) == 1:
        return []
    wanted = set(variants)
    differing: dict[str, None] = {}
    for run in runs[1:]:
        for tool in sorted(runs[0].about["tools"].keys() & run.about["tools"].keys()):
            versions = runs[0].about["tools"][tool], run.about["tools"][tool]
            if versions[0] != versions[1]:
                differing[f"{tool} {versions[0]} against {versions[1]}"] = None
        first, other = _rules(runs[0], wanted), _rules(run, wanted)
        changed = sorted({rule for _, rule, _ in first ^ other})
        if changed:
            differing[f"rules {_listed(changed)}"] = None
    if differing:
        commands = ", ".join(f"`drydock grade {run.folder}`" for run in runs)
        raise ComparisonError(
            f"the runs were not graded by the same rules and tools: {'; '.join(differing)}; grade them again by what is "
            f"installed now, from the stored answers, without a call of any model: {commands}"
        )
    return [
        "The runs were graded as parts of different sets of cases; on what they share, the versions of rules and tools are "
        "the same."
    ]


def _rules(run: StoredRun, variants: set[str]) -> set[tuple[str, str, int]]:
    """Each (case, rule, version) that judged."""
    return {
        (grade["case"], finding["rule"], finding["version"])
        for sample, grade in run.grades.items()
        if variant_of(sample) in variants
        for finding in grade["findings"]
    }


def _samples(runs: Sequence[StoredRun]) -> list[str]:
    notes: list[str] = []
    for run in runs:
        if run.unfinished:
            notes.append(
                f"{run.name} is unfinished: {run.unfinished} of {run.summary.expected} samples are not there yet; compared "
                f"on what is (the same `drydock eval` goes on; `drydock grade {run.folder}` grades what was answered)."
            )
        if run.ungraded or run.summary.unanswered:
            notes.append(
                f"{run.name}: {counted(run.ungraded, 'sample')} ungraded and {run.summary.unanswered} unanswered of "
                f"{run.summary.expected} are left out (tolerated: 1 %)."
            )
    if len({run.about["epochs"] for run in runs}) > 1:
        notes.append(
            f"The epochs differ ({_by_value(runs, lambda about: about['epochs'])}): all are used, each case by their mean."
        )
    return notes


def _settings(runs: Sequence[StoredRun]) -> list[str]:
    """Sampling parameters are part of what is compared; they are only named."""
    keys = dict.fromkeys(key for run in runs for key in run.about["model"] if key != "name")
    return [
        f"{key} differs: {_by_value(runs, lambda about, key=key: about['model'].get(key))}."
        for key in keys
        if len({repr(run.about["model"].get(key)) for run in runs}) > 1
    ]


def _by_value(runs: Sequence[StoredRun], value: Callable[[Row], object], folder: bool = False) -> str:
    """`3 (a, b), 1 (c)`."""
    groups: dict[str, list[str]] = {}
    for run in runs:
        found = value(run.about)
        words = "not set" if found is None else str(found)
        groups.setdefault(words, []).append(str(run.folder) if folder else run.name)
    return ", ".join(f"{words} ({_listed(names)})" for words, names in groups.items())


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED + 1 else ""
    return ", ".join(names[:_NAMED] if more else names) + more
