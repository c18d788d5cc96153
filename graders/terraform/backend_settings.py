"""Where each root keeps its state: the backend block, completed by tfbackend files and `-backend-config`."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Any

from graders.bundle import Bundle
from graders.terraform.configuration import Configuration, variable_files
from graders.terraform.evaluate import evaluate
from graders.terraform.module import Scope
from graders.terraform.view import View

# A shell word such as -backend-config="key=orders/prod.tfstate" or -backend-config=prod.tfbackend.
_OPTION = re.compile(
    r"""-backend-config(?:=|\s+)(?:"([^"\n]*)"|'([^'\n]*)'|((?:\$\{\{[^}\n]*\}\}|[^\s"'`\\])+))"""
)


@dataclass(frozen=True, slots=True)
class Backend:
    """One place of state: `type` ("" for none, "cloud" for HCP), its settings, and the file that completed them."""

    type: str
    settings: dict[str, Any]
    path: str
    line: int
    file: str = ""


def backends(bundle: Bundle, configuration: Configuration) -> list[Backend]:
    """The backends of a root: one for each tfbackend file that belongs to it, else one."""
    path, line = configuration.entry()
    base = Backend("", {}, path, line)
    for view in configuration.settings():
        if cloud := view.block("cloud"):
            base = Backend("cloud", _settings(cloud), cloud.path, cloud.line)
        for block in view.body.of("backend") if view.body else []:
            inner = View(view.path, block.line, view.scope, block.body)
            base = Backend(block.labels[0] if block.labels else "", _settings(inner), view.path, block.line)
    options = dict(option.split("=", 1) for option in config_options(bundle) if _is_setting(option))
    given = [file for file in variable_files(bundle) if ".tfbackend" in file.path]
    folder = configuration.root.folder.path
    near = [file for file in given if folder == "" or file.path.startswith(folder + "/")] or given
    completed = [
        Backend(
            base.type,
            base.settings
            | options
            | {
                attribute.name: evaluate(attribute.expression, Scope(configuration.root))
                for attribute in file.body.attributes.values()
            },
            file.path,
            1,
            file.path,
        )
        for file in near
    ]
    if base.type in ("", "cloud"):
        return [base]
    return completed or [Backend(base.type, base.settings | options, base.path, base.line)]


def config_options(bundle: Bundle) -> list[str]:
    """What the answer's other files (workflows, scripts, documents) give to `-backend-config`."""
    found: list[str] = []
    for artifact in bundle.artifacts:
        if artifact.kind not in ("terraform", "tfvars"):
            found.extend(next(filter(None, match.groups()), "") for match in _OPTION.finditer(artifact.text))
    return found


def _is_setting(option: str) -> bool:
    return re.match(r"\w+=.", option) is not None and not posixpath.basename(option).endswith(".tfbackend")


def _settings(view: View) -> dict[str, Any]:
    settings = {name: view.value(name) for name in view.names()}
    if workspaces := view.block("workspaces"):
        settings["workspaces"] = {name: workspaces.value(name) for name in workspaces.names()}
    return settings
