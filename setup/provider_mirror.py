"""Finds a folder of unpacked Terraform providers (`HOST/NAMESPACE/TYPE/VERSION/OS_ARCH/`) on this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from setup.places import MIRROR, this_platform

SETTING = "DRYDOCK_TERRAFORM_MIRROR"

_NOT_SEARCHED = frozenset({"proc", "sys", "tmp", "dev", "run"})
_DEPTH = 4
_MIRROR_PATH = re.compile(r"filesystem_mirror\s*\{[^}]*?\bpath\s*=\s*\"([^\"]+)\"", re.DOTALL)


def find_provider(provider: str, environ: Mapping[str, str], root: Path = Path("/")) -> Path | None:
    """The platform folder of a provider such as `hashicorp/aws/5.100.0`, or None.

    The first mirror that has the provider for this platform wins, in this order: the setting
    DRYDOCK_TERRAFORM_MIRROR, the mirrors of Terraform's CLI configuration, Terraform's implied folders, its
    plugin cache, the mirror that set-up made, and a search for `HOST/hashicorp` down to the fourth level
    below `root`.
    """
    for mirror in _candidates(environ, root):
        for folder in sorted(mirror.glob(f"*.*/{provider}/{this_platform()}")):
            if any(folder.glob("terraform-provider-*")):
                return folder
    return None


def _candidates(environ: Mapping[str, str], root: Path) -> Iterator[Path]:
    if environ.get(SETTING):
        yield Path(environ[SETTING]).expanduser()
    yield from _configured(environ)
    yield from _implied(environ)
    if environ.get("TF_PLUGIN_CACHE_DIR"):
        yield Path(environ["TF_PLUGIN_CACHE_DIR"])
    yield MIRROR
    yield from _searched(root, _DEPTH)


def _configured(environ: Mapping[str, str]) -> Iterator[Path]:
    named = environ.get("TF_CLI_CONFIG_FILE")
    for file in [Path(named)] if named else []:
        yield from _mirrors_of(file)
    yield from _mirrors_of(_home(environ) / ".terraformrc")


def _mirrors_of(file: Path) -> Iterator[Path]:
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    for path in _MIRROR_PATH.findall(text):
        yield Path(path).expanduser()


def _implied(environ: Mapping[str, str]) -> Iterator[Path]:
    home = _home(environ)
    yield Path("terraform.d/plugins").absolute()
    yield home / ".terraform.d/plugins"
    yield Path(environ.get("XDG_DATA_HOME") or home / ".local/share") / "terraform/plugins"
    for folder in (environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share").split(":"):
        yield Path(folder) / "terraform/plugins"


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or Path.home())


def _searched(folder: Path, depth: int) -> Iterator[Path]:
    """Grandparents of folders `HOST/hashicorp` that lie at most `depth` levels below `folder`."""
    try:
        with os.scandir(folder) as entries:
            below = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return
    hosts = [name for name in below if "." in name.strip(".")]
    if any((folder / host / "hashicorp").is_dir() for host in hosts):
        yield folder
    if depth > 2:
        for name in below:
            if name not in _NOT_SEARCHED:
                yield from _searched(folder / name, depth - 1)
