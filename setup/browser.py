"""`python3 -m setup.browser`: a Chromium for the tests that open the HTML report. Nothing but `make test` needs one.

It is the only thing of Drydock's that is installed on the machine itself: unlike the other programs a browser is not one
file but two hundred, so it is left to the distribution's package manager. Exit status: 0 it is here, 5 it can't be had.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from setup.problem import SetupProblem
from setup.run import run

NAMES = ("chromium", "chromium-browser", "google-chrome")
REMEDY = (
    "install Chromium or Chrome so that one of "
    + ", ".join(NAMES)
    + ' is on PATH, or leave the tests of the report out: make test ARGS="--ignore tests/reports/page"'
)
_EXIT_MISSING = 5


def find_browser() -> Path | None:
    """The first browser of `NAMES` on PATH."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return Path(found) if found else None


def bring_browser() -> Path:
    """The browser on PATH, installed with apt where there is none. Raises SetupProblem with the remedy."""
    found = find_browser()
    if found is None:
        _install()
        found = find_browser()
    if found is None:
        raise SetupProblem(f"no Chromium is on PATH. Remedy: {REMEDY}")
    return found


def _install() -> None:
    apt = [*_as_root(), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    command = [*apt, "install", "-y", "--no-install-recommends", "chromium"]
    print(
        "The tests of the HTML report need a browser and none is on PATH. Installing Debian's, on this machine:"
    )
    print(f"  {' '.join(command)}", flush=True)
    try:
        run([*apt, "update"])
        run(command)
    except SetupProblem as problem:
        raise SetupProblem(f"{problem}\n    Remedy: {REMEDY}") from None


def _as_root() -> list[str]:
    """What goes before a command that must run as root; SetupProblem where nothing does without asking."""
    if not shutil.which("apt-get"):
        raise SetupProblem(f"no Chromium is on PATH and there is no apt here. Remedy: {REMEDY}")
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo:
        asked = subprocess.run(
            [sudo, "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if asked.returncode == 0:
            return [sudo, "-n"]
    raise SetupProblem(f"no Chromium is on PATH, and installing it needs root. Remedy: {REMEDY}")


def main() -> int:
    """Quiet when a browser is here. Returns the exit status."""
    try:
        bring_browser()
    except SetupProblem as problem:
        print(f"Browser: {problem}", flush=True)
        return _EXIT_MISSING
    return 0


if __name__ == "__main__":
    sys.exit(main())
