"""What set-up does, step by step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from setup import places
from setup.environments import add_drydock, make_environment
from setup.node_packages import bring_node_packages
from setup.programs import bring_program
from setup.provider import bring_provider
from setup.provider_mirror import SETTING
from setup.stamp import fingerprint, is_done, record
from setup.tool import Tool, known_tools

_STAMPS = places.TOOLS / "stamps"
_SIMULATOR = places.ROOT / "graders" / "simulate" / "workflows" / "node"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that set-up brings.

    `promise` is what it says beforehand; `act` returns the files that must stay for the step to count as
    done; `inputs` and `words` are what it depends on.
    """

    name: str
    promise: str
    act: Callable[[], Sequence[Path]]
    inputs: tuple[Path, ...]
    words: tuple[str, ...] = ()

    def is_done(self) -> bool:
        """Whether the step was done before and nothing that it depends on has changed."""
        return is_done(_STAMPS / f"{self.name}.json", self._fingerprint())

    def do(self) -> None:
        """Does the step and remembers it; raises SetupProblem, and then is not remembered."""
        files = self.act()
        record(_STAMPS / f"{self.name}.json", self._fingerprint(), files)

    def _fingerprint(self) -> str:
        return fingerprint(places.ROOT, self.inputs, self.words)


def all_steps() -> list[Step]:
    """Every step, in order; the first one makes the environment that all commands run in."""
    uv_lock = places.ROOT / "setup" / "uv.lock"
    harness_lock = places.ROOT / "requirements.lock"
    checkov_lock = places.ROOT / "checkov.lock"
    return [
        Step(
            "environment",
            "the Python packages of requirements.lock into .venv, each checked against its hash",
            lambda: _harness(harness_lock),
            (harness_lock, uv_lock, places.ROOT / "pyproject.toml"),
        ),
        Step(
            "checkov",
            "checkov and the packages of checkov.lock into .tools/checkov, an environment of its own",
            lambda: _checkov(checkov_lock),
            (checkov_lock, uv_lock),
        ),
        Step(
            "workflow-simulator",
            "GitHub's expression engine (an npm package) into .tools/node/workflows, each checked against its hash",
            lambda: [
                bring_node_packages(_SIMULATOR, "workflows") / "@actions" / "expressions" / "package.json"
            ],
            (_SIMULATOR / "package-lock.json", harness_lock),
        ),
        *(_program(tool) for tool in known_tools().values() if tool.debian or tool.release),
        _provider(known_tools()["terraform-provider-aws"]),
    ]


def _harness(lock: Path) -> Sequence[Path]:
    make_environment(places.ENVIRONMENT, lock)
    add_drydock(places.ENVIRONMENT)
    return [places.ENVIRONMENT / "bin" / "python", places.ENVIRONMENT / "bin" / "drydock"]


def _checkov(lock: Path) -> Sequence[Path]:
    make_environment(places.CHECKOV, lock)
    return [places.CHECKOV / "bin" / "python"]


def _program(tool: Tool) -> Step:
    sources = {
        "path": "PATH",
        "debian": "its Debian package",
        "vendor": "the vendor's release",
    }
    promise = f"{tool.name} {tool.accept} from " + ", else ".join(sources[place] for place in tool.find)
    return Step(tool.name, promise, lambda: [bring_program(tool)], (places.ROOT / "tools.toml",))


def _provider(tool: Tool) -> Step:
    return Step(
        tool.name,
        f"{tool.name} {tool.accept} from a mirror on this machine, else into .tools (700 MB)",
        lambda: [bring_provider(tool, _terraform())],
        (places.ROOT / "tools.toml",),
        (os.environ.get(SETTING, ""),),
    )


def _terraform() -> Path | None:
    """The terraform that the step before has brought."""
    brought = places.VENDOR / "terraform"
    found = shutil.which("terraform")
    return brought if brought.exists() else Path(found) if found else None
