"""`drydock cases`: list, show, validate and begin cases."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from harness.cli.corpora import OWN, corpus_of
from harness.cli.failures import clear_errors

_corpus_option = click.option(
    "--corpus", "corpora", multiple=True, metavar="DIR", help="A folder of your own cases."
)
_json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def command() -> None:
    """List, show, validate and begin cases."""


@command.command("list")
@_corpus_option
@_json_option
def list_cases(corpora: tuple[str, ...], as_json: bool) -> None:
    """Every case with its title, deliverables and number of rules."""
    with clear_errors():
        corpus = corpus_of(corpora)
    rows: list[dict[str, Any]] = [
        {
            "id": case.id,
            "title": case.spec.title,
            "cluster": case.cluster,
            "turns": 1 + len(case.spec.turns),
            "deliverables": [item.path for item in case.spec.deliverables],
            "rules": sorted(case.spec.rules),
            "accepted": len(case.accepted),
        }
        for case in corpus.cases
    ]
    if as_json:
        print(json.dumps({"hash": corpus.hash, "cases": rows}, indent=2, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(show_edge=False, pad_edge=False)
    for heading in ("case", "title", "deliverables", "rules", "turns"):
        table.add_column(heading, justify="right" if heading in ("rules", "turns") else "left")
    for row in rows:
        table.add_row(
            row["id"], row["title"], str(len(row["deliverables"])), str(len(row["rules"])), str(row["turns"])
        )
    Console().print(table)
    print(f"{len(rows)} cases, corpus {corpus.hash[:12]}")


@command.command("show")
@click.argument("case_id", metavar="AREA/NAME")
@click.option("--seed", default=1, show_default=True)
@click.option("--persona", metavar="FILE|none", help="Show the prompt under this card.")
@_corpus_option
@_json_option
def show_case(case_id: str, seed: int, persona: str | None, corpora: tuple[str, ...], as_json: bool) -> None:
    """The prompt of a variant as a model gets it, and the rules that will judge the answer."""
    from graders.kinds import RULES
    from harness.corpus import draw
    from harness.persona import load_persona
    from harness.plan import PlanError
    from harness.prompt import first_messages

    with clear_errors():
        corpus = corpus_of(corpora, (case_id,))
        if case_id not in corpus.ids:
            raise PlanError(f"there is no case {case_id}; `drydock cases list` shows them all")
        variant = draw(corpus.case(case_id), seed)
        messages = first_messages(variant, load_persona(persona))
    rules: list[dict[str, Any]] = [
        {
            "rule": applied.id,
            "question": RULES[applied.id].summary,
            "severity": RULES[applied.id].severity,
            "on": list(applied.on),
            "parameters": dict(applied.params),
            "applies": applied.applies,
            "because": applied.because,
        }
        for applied in variant.assignment.rules
    ]
    if as_json:
        document = {"id": variant.id, "messages": messages, "turns": list(variant.turns), "rules": rules}
        print(json.dumps(document, indent=2, ensure_ascii=False))
        return
    for message in messages:
        print(f"──── {message['role']} ────\n{message['content']}\n")
    for turn in variant.turns:
        print(f"──── user, next turn ────\n{turn}\n")
    print("──── rules ────")
    for row in rules:
        where = ", ".join(row["on"]) or "the whole answer"
        print(f"{row['severity']} {row['rule']} on {where}: {row['question']}\n    because: {row['because']}")


@command.command("validate")
@_corpus_option
@_json_option
def validate(corpora: tuple[str, ...], as_json: bool) -> None:
    """Check every case against the schema and its rules; each mistake with file and line."""
    from harness.corpus import CorpusError

    mistakes: list[str] = []
    count = 0
    try:
        count = len(corpus_of(corpora).cases)
    except CorpusError as error:
        mistakes = error.mistakes
    if as_json:
        print(
            json.dumps(
                {"valid": not mistakes, "cases": count, "mistakes": mistakes}, indent=2, ensure_ascii=False
            )
        )
    else:
        print("\n".join(mistakes) if mistakes else f"{count} cases are right")
    sys.exit(5 if mistakes else 0)


@command.command("rules")
@_json_option
def list_rules(as_json: bool) -> None:
    """Every rule that a case can apply: severity, constraint, kinds, parameters, question."""
    from graders.kinds import RULES

    rows: list[dict[str, Any]] = [
        {
            "rule": rule.id,
            "version": rule.version,
            "severity": rule.severity,
            "constraint": rule.constraint,
            "kinds": sorted(rule.kinds),
            "parameters": sorted(rule.parameters),
            "tools": list(rule.tools),
            "gate": rule.gate,
            "advisory": rule.advisory,
            "source": rule.source,
            "question": rule.summary,
        }
        for _, rule in sorted(RULES.items())
    ]
    if as_json:
        print(json.dumps({"rules": rows}, indent=2, ensure_ascii=False))
        return
    for row in rows:
        parameters = f" ({', '.join(row['parameters'])})" if row["parameters"] else ""
        print(f"{row['severity']} {row['rule']:8} {row['constraint']:15} {row['question']}{parameters}")


@command.command("new")
@click.argument("case_id", metavar="AREA/NAME")
@click.option(
    "--corpus",
    "folder",
    default=str(OWN),
    metavar="DIR",
    help="Where to begin it. Default: Drydock's own corpus.",
)
def new(case_id: str, folder: str) -> None:
    """Begin a case: a folder with a case.yaml that explains itself, an accepted and a careless answer to fill in."""
    from harness.corpus.skeleton import write_skeleton

    with clear_errors():
        for path in write_skeleton(Path(folder), case_id):
            print(path)
    print("Fill them in, then: drydock cases validate (docs/add-a-case.md says how to write each part)")
