"""Kinds that no grader module reads yet: recognised by their name, so that tools and matching can tell them apart."""

from __future__ import annotations

from pathlib import PurePosixPath

_BY_NAME = {"Dockerfile": "dockerfile", "Containerfile": "dockerfile", "Jenkinsfile": "jenkinsfile"}
_BY_SUFFIX = {
    ".sh": "bash",
    ".bash": "bash",
    ".py": "python",
    ".go": "go",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".rego": "rego",
}
_BY_INFO = {
    "dockerfile": "dockerfile",
    "bash": "bash",
    "sh": "bash",
    "shell": "bash",
    "python": "python",
    "go": "go",
    "json": "json",
    "yaml": "yaml",
    "yml": "yaml",
    "rego": "rego",
}


def kind_of(path: str | None, info: str, text: str) -> str:
    """A kind by file name, suffix, shebang or the fence's info word; `"text"` when nothing tells."""
    if path is not None:
        name = PurePosixPath(path).name
        if name.split(".")[0] in _BY_NAME:
            return _BY_NAME[name.split(".")[0]]
        suffix = PurePosixPath(path).suffix.lower()
        if suffix in _BY_SUFFIX:
            return _BY_SUFFIX[suffix]
    first_line = text.split("\n", 1)[0]
    if first_line.startswith("#!"):
        return "python" if "python" in first_line else "bash" if "sh" in first_line else "text"
    return _BY_INFO.get(info, "text") if path is None else "text"
