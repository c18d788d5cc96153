"""Makes the Python environments from their locks: every package is checked against its hash."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

from setup.places import ROOT, TOOLS
from setup.problem import SetupProblem
from setup.run import run

_BOOT = TOOLS / "boot"
# uv must take the Python that is here: fetching another one needs addresses that may be out of reach.
_UV_SETTINGS = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_CONFIG": "1"}


def make_environment(folder: Path, lock: Path) -> None:
    """Brings a Python environment into exactly the state of its lock, with compiled bytecode.

    uv does it, itself pinned by hash (setup/uv.lock); where uv can't be had or fails, pip does, which leaves
    packages that are no longer in the lock. Nothing is built from source, since a build may run and download
    anything. Bytecode halves the start of every command (set here although
    PYTHONDONTWRITEBYTECODE may be set), since nothing else would ever write it.
    """
    _boot()
    if not _is_usable(folder):
        run([sys.executable, "-m", "venv", "--clear", "--without-pip", folder])
    python = folder / "bin" / "python"
    try:
        _install_uv()
        sync = ["pip", "sync", "--quiet", "--require-hashes", "--only-binary", ":all:", "--compile-bytecode"]
        run([_BOOT / "bin" / "uv", *sync, "--python", python, lock], settings=_UV_SETTINGS)
    except SetupProblem as problem:
        print(f"    uv could not do it, pip goes on: {problem}", flush=True)
        install = ["install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", lock]
        run([_BOOT / "bin" / "python", "-m", "pip", "--python", python, *install])
    _note_root(folder)


def add_drydock(folder: Path) -> None:
    """Makes the rooms of this clone importable in an environment, puts the command `drydock` into it, and the metadata by
    which pytest finds its plugin (https://packaging.python.org, «Recording installed projects», «Entry points»)."""
    (packages,) = (folder / "lib").glob("python3*/site-packages")
    (packages / "drydock.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    _add_metadata(packages)
    command = folder / "bin" / "drydock"
    lines = [
        f"#!{folder}/bin/python",
        "import sys",
        "",
        "from harness.cli.main import main",
        "",
        'if __name__ == "__main__":  # processes that grade import this file anew',
        "    sys.exit(main())",
    ]
    command.write_text("\n".join(lines) + "\n", encoding="utf-8")
    command.chmod(0o755)


def _add_metadata(packages: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = {"console_scripts": project["scripts"], **project["entry-points"]}
    entry_points = "\n".join(
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in entries.items())
        for group, entries in groups.items()
    )
    folder = packages / f"{project['name']}-{project['version']}.dist-info"
    folder.mkdir(exist_ok=True)
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n",
        "entry_points.txt": entry_points,
        "INSTALLER": "drydock-setup\n",
        "RECORD": "",
    }
    files["RECORD"] = "".join(f"{folder.name}/{name},,\n" for name in files) + "drydock.pth,,\n"
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def _boot() -> None:
    """An environment for the installers themselves."""
    if _is_usable(_BOOT):
        return
    try:
        run([sys.executable, "-m", "venv", "--clear", _BOOT])
    except SetupProblem as problem:
        raise SetupProblem(
            f"{problem}\n      (on Debian and Ubuntu, install the package python3-venv)"
        ) from problem
    _note_root(_BOOT)


def _install_uv() -> None:
    lock = ROOT / "setup" / "uv.lock"
    if _BOOT.joinpath("uv.lock").exists() and _BOOT.joinpath("uv.lock").read_bytes() == lock.read_bytes():
        return
    install = ["install", "--quiet", "--require-hashes", "--only-binary", ":all:", "-r", lock]
    run([_BOOT / "bin" / "python", "-m", "pip", *install], settings={"PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    _BOOT.joinpath("uv.lock").write_bytes(lock.read_bytes())


def _is_usable(folder: Path) -> bool:
    """Whether an environment is of this Python and was made in this place: its scripts name both."""
    note = folder / "drydock-made"
    return (
        os.access(folder / "bin" / "python", os.X_OK)
        and note.exists()
        and note.read_text() == _origin(folder)
    )


def _note_root(folder: Path) -> None:
    (folder / "drydock-made").write_text(_origin(folder))


def _origin(folder: Path) -> str:
    return f"{folder}\n{sys.version}\n"
