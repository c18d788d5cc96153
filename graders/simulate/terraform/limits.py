"""Where the simulation ends: errors that tell nothing about the answer (docs/oracles/terraform.md has the list)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from graders.simulate.terraform.cloud.data_sources import PURE
from graders.simulate.terraform.command import Result
from graders.simulate.terraform.sources import Values

# Words of terraform, the provider or the simulation that mean: not served, not simulated, broken down.
_OURS = re.compile(
    r"Plugin did not respond|Request cancelled|unexpected error from plugin|Plugin error|NotSimulated"
    r"|Failed to (query available provider packages|load plugin schemas|instantiate provider|obtain provider schema)"
    r"|Failed to download module|remote module registry|Unsupported Terraform Core version"
    r"|no schema available|Provider produced in|network is unreachable|executable file not found"
    r"|operation error|failed to retrieve|no valid credential|lookup .* on .*: |remote-exec|file provisioner"
)
_REFERENCE = re.compile(r"(?:var\.([\w-]+)|(?:module\.[\w.\[\]\"-]+\.)?data\.(\w+)|(self))\b")
_INVENTED_CONDITIONS = frozenset({"Resource postcondition failed", "Check block assertion failed"})


def limit(result: Result, values: Values) -> str | None:
    """Why a command that did not succeed tells nothing about the answer; None when it does."""
    if result.code is None:
        return "terraform took longer than the limit"
    errors = [one for one in result.diagnostics() if one.get("severity") == "error"]
    if not errors:
        said = result.stderr.strip().splitlines()
        return f"terraform ended with {result.code}: {said[-1][:300] if said else 'it said nothing'}"
    for error in errors:
        text = f"{error['summary']}: {error.get('detail', '')}"
        if _OURS.search(text):
            return " ".join(text.split())[:300]
        for source in _invented(error, values):
            return f"{' '.join(text.split())[:200]} (for {source}, whose value is invented)"
    return None


def _invented(error: dict[str, Any], values: Values) -> Iterator[str]:
    """The invented values that the expression of this error was evaluated with."""
    snippet: dict[str, Any] = error.get("snippet") or {}
    context = str(snippet.get("context") or "")
    for name in values.guessed:
        if context == f'variable "{name}"':
            yield f"var.{name}"
    for value in snippet.get("values") or ():
        match = _REFERENCE.match(str(value.get("traversal")))
        if match is None or "known only after apply" in str(value.get("statement")):
            continue  # of what is not known yet nothing was invented
        variable, data, own = match.groups()
        if variable in values.guessed or (data and data not in PURE):
            yield match[0]
        if own and error["summary"] in _INVENTED_CONDITIONS:
            yield "self"
