"""Where set-up puts things: all of it lies in the clone, in two folders that git ignores."""

from __future__ import annotations

import platform
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
"""The clone."""

ENVIRONMENT = ROOT / ".venv"
"""Environment of the harness, from requirements.lock."""

TOOLS = ROOT / ".tools"
"""Everything else that set-up brings."""

CHECKOV = TOOLS / "checkov"
"""checkov's own environment, from checkov.lock."""

DEBIAN = TOOLS / "debian"
"""Programs taken out of Debian packages."""

VENDOR = TOOLS / "vendor"
"""Programs taken out of a vendor's release."""

MIRROR = TOOLS / "terraform-mirror"
"""Our own provider mirror, where the machine has none."""

_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def this_platform() -> str:
    """Operating system and architecture in the words of Go's releases, such as `linux_amd64`."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{_ARCHITECTURES.get(machine, machine)}"
