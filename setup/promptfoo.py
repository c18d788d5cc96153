"""`python3 -m setup.promptfoo`: brings promptfoo, which nothing but `make promptfoo` needs (2.5 GB of npm packages).

Three things, each from a lock with hashes: the npm program, Python's wrapper that starts it (the package promptfoo, in an
environment of its own, since it brings a telemetry client), and Node, which lies in the harness' environment already.
"""

from __future__ import annotations

import sys
from pathlib import Path

from setup import places
from setup.environments import make_environment
from setup.node_packages import bring_node_packages
from setup.problem import SetupProblem
from setup.steps import Step

SOURCE = places.ROOT / "integrations" / "promptfoo"
ENVIRONMENT = places.TOOLS / "promptfoo"
"""The wrapper's environment."""


def steps() -> list[Step]:
    """What is brought, in order."""
    lock, npm_lock = SOURCE / "requirements.lock", SOURCE / "node" / "package-lock.json"
    return [
        Step(
            "promptfoo-node",
            "promptfoo and its 830 npm packages into .tools/node/promptfoo (2.5 GB), each checked against its hash",
            lambda: [bring_node_packages(SOURCE / "node", "promptfoo") / ".bin" / "promptfoo"],
            (npm_lock,),
        ),
        Step(
            "promptfoo-python",
            "Python's wrapper of promptfoo into .tools/promptfoo, an environment of its own",
            lambda: _wrapper(lock),
            (lock,),
        ),
    ]


def _wrapper(lock: Path) -> list[Path]:
    make_environment(ENVIRONMENT, lock)
    return [ENVIRONMENT / "bin" / "promptfoo"]


def main() -> int:
    """Does what is not done yet. Returns the exit status: 0 it is here, 5 it can't be had."""
    due = [step for step in steps() if not step.is_done()]
    for step in due:
        print(f"Set-up brings {step.promise}", flush=True)
        try:
            step.do()
        except SetupProblem as problem:
            print(f"promptfoo: {problem}", flush=True)
            return 5
    return 0


if __name__ == "__main__":
    sys.exit(main())
