"""What was run, and the commands that run it again."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass

from harness.runs import Row
from reports.comparison.comparison import Comparison, Entry


@dataclass(frozen=True, slots=True)
class Origin:
    """`shared` holds for every entry, label -> text; `differing` are the labels of what differs, `rows` their texts by
    entry."""

    shared: dict[str, str]
    differing: list[str]
    rows: list[list[str]]


def origin(comparison: Comparison) -> Origin:
    """The facts of all runs, those that they share said once."""
    facts = [_facts(entry) for entry in comparison.entries]
    labels = list(dict.fromkeys(label for each in facts for label in each))
    shared = {
        label: facts[0][label]
        for label in labels
        if label in facts[0] and all(each.get(label) == facts[0][label] for each in facts)
    }
    differing = [label for label in labels if label not in shared]
    return Origin(shared, differing, [[each.get(label, "–") for label in differing] for each in facts])


def _facts(entry: Entry) -> dict[str, str]:
    about = entry.about
    persona: Row | None = about["persona"]
    model: Row = about["model"]
    facts = {
        "model": str(model["name"]),
        "persona": f"{persona['name']} {persona['version']}, sha256 {persona['hash'][:12]}"
        if persona
        else "none",
        "corpus": f"sha256 {about['corpus']['hash'][:12]}, {len(about['corpus']['cases'])} cases",
        "seed": str(about["seed"]),
        "epochs": str(about["epochs"]),
        "samples": str(len(about["samples"])),
        "delivery contract": str(about["contract"]),
        "grader": f"{about['grader']}, {len(about['rules'])} rules",
        "without": ", ".join(about["without"]) or "–",
        "revision": str(about["revision"]),
        "litellm": str(about["litellm"]),
        "started": str(about["started"]),
        "run": str(entry.folder),
    }
    facts |= {
        f"{name}": str(model[name]) for name in ("temperature", "max_tokens") if model.get(name) is not None
    }
    facts |= {str(tool): str(version) for tool, version in about["tools"].items()}
    return facts


def commands(comparison: Comparison) -> list[tuple[str, str]]:
    """(what it does, command) for the whole comparison, then for each entry."""
    folders = " ".join(shlex.quote(str(entry.folder)) for entry in comparison.entries)
    cards = {json.dumps(entry.about["persona"], sort_keys=True) for entry in comparison.entries}
    across = " --across persona" if len(cards) > 1 else ""
    again = [("this report from the stored runs", f".venv/bin/drydock compare {folders}{across}")]
    again += [
        (
            f"grade {entry.name} again from its stored answers",
            f".venv/bin/drydock grade {shlex.quote(str(entry.folder))}",
        )
        for entry in comparison.entries
    ]
    return again + [(f"ask {entry.name} again", _evaluate(entry)) for entry in comparison.entries]


def _evaluate(entry: Entry) -> str:
    about = entry.about
    persona: Row | None = about["persona"]
    words = ["make eval", f"MODEL={shlex.quote(str(about['model']['name']))}"]
    if about["model"].get("api_base"):
        words.append(f"API_BASE={shlex.quote(str(about['model']['api_base']))}")
    if persona is None:
        words.append("PERSONA=none")
    elif persona["name"] != "devops-engineer":
        words.append(f"PERSONA={shlex.quote(str(persona['name']) + '.md')}")
    return " ".join([*words, f"SEED={about['seed']}", f"EPOCHS={about['epochs']}"])
