"""Where the files of an answer are laid out for terraform."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from graders.artifact import Artifact

KINDS = frozenset({"terraform"})
# Files that a configuration may read by file() or templatefile() while it is validated.
BESIDE = frozenset(
    {
        *("tfvars", "json", "yaml", "text", "bash", "python", "go", "rego", "markdown", "dockerfile"),
        *("kubernetes", "kustomization", "prometheus_rules", "prometheus_config", "alertmanager"),
    }
)


def place(artifact: Artifact) -> str | None:
    """Where a file of the answer goes; None for Terraform's own working files, which would steer it."""
    if any(part.startswith(".terraform") or part == "terraform.d" for part in artifact.path.split("/")):
        return None
    configuration = artifact.kind not in KINDS or artifact.path.endswith((".tf", ".tf.json"))
    return artifact.path if configuration else f"{artifact.path}.tf"


def write(folder: Path, place: str, text: str) -> bool:
    """Write a file below `folder`; False when no such file can be there."""
    path = PurePosixPath(place)
    if path.is_absolute() or ".." in path.parts:
        return False
    try:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")
    except OSError:
        return False
    return True
