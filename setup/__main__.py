"""`python3 -m setup`: brings what is missing or has changed, then lets the doctor speak.

Exit status: 0 everything is here, 5 a tool can't be had, 1 there is no environment to run in.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the one module that an older Python gets to read
    sys.exit(
        "Drydock needs Python 3.11 or newer: `make setup PYTHON=python3.12` names another one than python3."
    )

import fcntl
import subprocess
import time
from typing import IO

from setup import places
from setup.problem import SetupProblem
from setup.steps import Step, all_steps

EXIT_MISSING = 5


def main() -> int:
    """Does every step that is not done yet, one set-up at a time. Returns the exit status."""
    places.TOOLS.mkdir(exist_ok=True)
    with (places.TOOLS / "setup.lock").open("w") as lock:
        _wait_for(lock)
        steps = all_steps()
        due = [step for step in steps if not step.is_done()]
        if not due:
            print("Set-up: nothing has changed (`drydock doctor` shows every tool).")
            return 0
        _announce(due)
        failed = [step for step in due if not _done(step)]
    if steps[0] in failed:
        print("Without its Python environment Drydock can't run; the lines above say why it was not made.")
        return 1
    doctor = subprocess.run([places.ENVIRONMENT / "bin" / "drydock", "doctor"], check=False)
    return EXIT_MISSING if failed else doctor.returncode


def _wait_for(lock: IO[str]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another set-up is at work in this clone; waiting for it ...", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def _announce(due: list[Step]) -> None:
    print(f"Set-up brings, into .venv and .tools of {places.ROOT} and nowhere else, without root:")
    for step in due:
        print(f"  - {step.promise}")
    sys.stdout.flush()


def _done(step: Step) -> bool:
    begin = time.monotonic()
    print(f"{step.name} ...", flush=True)
    try:
        step.do()
    # An OSError is a full disk or a folder that can't be written: the next step may still be possible.
    except (SetupProblem, OSError) as problem:
        print(f"    not done: {problem}", flush=True)
        return False
    print(f"    done in {time.monotonic() - begin:.1f} s", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
