"""Is this word the path of a file, and may a file be put there?

A path is relative, has no `..`, no NUL, no drive letter, no home, no `.git` folder, does not start with `-`
(a tool would take it for an option) and keeps to the lengths below. A word that looks like a path and
breaks one of these is *refused*, which is something else than being no path at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_PATH_BYTES = 240
MAX_NAME_BYTES = 200


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


EXTENSIONS = word_set(
    "bash bats cfg conf config cs css csv cue dockerfile env feature go gotmpl gradle groovy hcl html ini j2"
    " java jinja jinja2 js json json5 jsonc jsonnet kt ksh lock log markdown md mdx mjs mk nix nomad policy"
    " properties ps1 py rb rego rs service sh sql svg tf tfbackend tfvars timer tmpl toml tpl ts tsx txt xml"
    " yaml yml zsh"
)
NAMES = word_set(
    "Brewfile CODEOWNERS Caddyfile Containerfile Dockerfile Gemfile Jenkinsfile Justfile LICENSE Makefile"
    " Pipfile Procfile README RUNBOOK Tiltfile Vagrantfile dockerfile justfile makefile .checkov.yaml"
    " .dockerignore .editorconfig .env .envrc .gitattributes .gitignore .gitkeep .helmignore .npmrc .nvmrc"
    " .prettierrc .python-version .shellcheckrc .terraform-version .terraformignore .tflint.hcl"
    " .tool-versions .trivyignore"
)
_PRODUCTS = word_set(
    "node.js next.js nuxt.js vue.js react.js express.js three.js d3.js deno.js chart.js asp.net"
)
_EXTENSION = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,9}")
_DRIVE = re.compile(r"[A-Za-z]:")
_PUNCTUATION = frozenset("._-/+@\\~:\0")


@dataclass(frozen=True, slots=True)
class PathName:
    """A path that an answer named: normalised when `accepted`, else as it was written."""

    text: str
    accepted: bool = True


def read_path(word: str, *, explicit: bool = False) -> PathName | None:
    """The path that `word` is, or None when it is none.

    `explicit` is for places where nothing but a path can stand (`title="x"`, `File: x`, `cat > x`): there the
    name needs no extension that we know.
    """
    if not word or "://" in word or not all(c.isalnum() or c in _PUNCTUATION for c in word):
        return None
    drive = _DRIVE.match(word) is not None and word[2:3] in ("\\", "/")
    if ":" in (word[2:] if drive else word):
        return None
    slashed = word.replace("\\", "/").replace("\0", "")
    if slashed.endswith("/") or not (explicit or looks_like_file(slashed)):
        return None
    parts = [part for part in slashed.split("/") if part not in ("", ".")]
    if not parts:
        return None
    path = "/".join(parts)
    refused = (
        drive
        or "\0" in word
        or slashed.startswith(("/", "~", "-"))
        or path.startswith(("~", "-"))
        or ("\\" in word and ("/" in word or "\\\\" in word))
        or any(part in ("..", ".git") for part in parts)
        or len(path.encode()) > MAX_PATH_BYTES
        or any(len(part.encode()) > MAX_NAME_BYTES for part in parts)
    )
    return PathName(word, accepted=False) if refused else PathName(path)


def looks_like_file(path: str) -> bool:
    """Whether the last name of `path` is one that files have; a folder before it makes any extension good."""
    folder, _, name = path.rpartition("/")
    if name in NAMES or name.startswith("Dockerfile."):
        return True
    stem, dot, extension = name.rpartition(".")
    if not dot or not stem.strip(".") or path.lower() in _PRODUCTS:
        return False
    if extension.lower() in EXTENSIONS:
        return True
    host = "." in folder.split("/", 1)[0].lstrip(".")
    return bool(folder) and not host and _EXTENSION.fullmatch(extension) is not None


def extension_of(path: str) -> str:
    """The lower-case extension, or the lower-case name of a file that has none (`dockerfile`)."""
    name = path.rpartition("/")[2]
    stem, dot, extension = name.rpartition(".")
    if name.startswith("Dockerfile") or not (dot and stem):
        return name.partition(".")[0].lower() if not name.startswith(".") else name.lower()
    return extension.lower()
