"""Where each root keeps its state: the backend block, completed by tfbackend files and `-backend-config`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from graders.bundle import Bundle
from graders.terraform.language.syntax import File
from graders.terraform.reading.configuration import (
    Configuration,
    configurations,
    is_backend_file,
    variable_files,
)
from graders.terraform.reading.evaluate import evaluate
from graders.terraform.reading.module import Scope
from graders.terraform.reading.view import View

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
    near = _completing(bundle, configuration)
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


def _completing(bundle: Bundle, configuration: Configuration) -> list[File]:
    """The tfbackend files below this root and below no deeper one; without such, those that lie below no root."""
    roots = {one.root.folder.path for one in configurations(bundle)}
    own: list[File] = []
    unowned: list[File] = []
    for file in variable_files(bundle):
        if is_backend_file(file.path):
            above = [root for root in roots if root == "" or file.path.startswith(root + "/")]
            if not above:
                unowned.append(file)
            elif max(above, key=len) == configuration.root.folder.path:
                own.append(file)
    return own or unowned


def config_options(bundle: Bundle) -> list[str]:
    """What the answer's other files (workflows, scripts, documents) give to `-backend-config`."""
    found: list[str] = []
    for artifact in bundle.artifacts:
        # By name: a file without a kind of its own (a Makefile) may have been given that of a deliverable.
        if not artifact.path.endswith((".tf", ".tf.json", ".tfvars", ".tfbackend", ".hcl")):
            found.extend(next(filter(None, match.groups()), "") for match in _OPTION.finditer(artifact.text))
    return found


def _is_setting(option: str) -> bool:
    return re.match(r"\w+=.", option) is not None


def _settings(view: View) -> dict[str, Any]:
    settings = {name: view.value(name) for name in view.names()}
    if workspaces := view.block("workspaces"):
        settings["workspaces"] = {name: workspaces.value(name) for name in workspaces.names()}
    return settings
