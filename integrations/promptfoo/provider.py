"""What `provider.py` of an exported folder does: ask the model for a sample and grade the answer.

The grade is made here and not in the assertion, for two reasons. promptfoo starts a new Python for each assertion, while
a provider's process stays, so its grader and its tools start once. And promptfoo counts whatever goes wrong in an
assertion as a failed test, while a provider can report an error: a grader that could not judge says nothing about
the model.
"""

from __future__ import annotations

import atexit
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from integrations.samples import Asked, Samples, Taken

SETTINGS = "drydock.json"

_open: dict[tuple[Path, str], Samples] = {}


def call_api(folder: Path, config: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    """The response to one test. `folder` is the exported one, `config` the provider's block in promptfooconfig.yaml,
    `variables` the test's `vars`. What went wrong before there was a verdict is its `error`."""
    try:
        return _response(_samples(folder, config).take(str(variables["sample"])))
    except Exception as error:  # noqa: BLE001 - promptfoo shows its text; a traceback would help nobody there
        return {"error": f"drydock: {type(error).__name__}: {error}"}


def _samples(folder: Path, config: Mapping[str, Any]) -> Samples:
    """The samples of one model, opened once for the life of this process."""
    model, wanted = str(config["model"]), str(config["identity"])
    if (folder, model) not in _open:
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        samples = Samples(Asked(model=model, **settings))
        if samples.identity != wanted:
            samples.close()
            raise ValueError(
                f"{folder}: cases, persona, rules or tools have changed since this folder was written; "
                "write it again with `drydock export promptfoo`"
            )
        atexit.register(_end, samples)
        _open[folder, model] = samples
    return _open[folder, model]


def _end(samples: Samples) -> None:
    """Close the samples and leave at once: promptfoo waits five seconds for a provider to end, counts it as crashed after
    that and starts it again, and on a busy machine Python takes as long to tidy litellm's modules away."""
    samples.close()
    os._exit(0)


def _response(taken: Taken) -> dict[str, Any]:
    turns: list[dict[str, Any]] = taken.answer["turns"]
    response: dict[str, Any] = {
        "output": taken.text,
        "latencyMs": round(1000 * sum(turn["seconds"] for turn in turns)),
        "metadata": {"drydock": {"status": taken.answer["status"], "grade": _shown(taken)}},
    }
    prompt, completion = _sum(turns, "prompt_tokens"), _sum(turns, "completion_tokens")
    if prompt is not None and completion is not None:
        response["tokenUsage"] = {
            "total": prompt + completion,
            "prompt": prompt,
            "completion": completion,
            "numRequests": len(turns),
        }
    cost = _sum(turns, "cost")
    if cost is not None:
        response["cost"] = cost
    if taken.problem is not None:
        response["error"] = taken.problem
    return response


def _shown(taken: Taken) -> dict[str, Any] | None:
    """The grade without the list of files, which the answer shows anyway."""
    return taken.grade and {key: value for key, value in taken.grade.items() if key != "artifacts"}


def _sum(turns: list[dict[str, Any]], key: str) -> Any:
    """None where one of the turns does not know it: a part would be taken for the whole."""
    values = [turn[key] for turn in turns]
    return None if None in values else sum(values)
