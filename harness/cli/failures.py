"""How a command ends when it could not do its work: one clear line a reason, and the documented exit code."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Generator

COULD_NOT_START = 5
STOPPED = 3


@contextlib.contextmanager
def clear_errors() -> Generator[None, None, None]:
    """Turn the errors that a user can mend into lines on standard error and exit code 5."""
    from harness.corpus import CorpusError
    from harness.models import Unreachable
    from harness.persona import PersonaError
    from harness.plan import PlanError
    from harness.runs import RunError

    try:
        yield
    except KeyboardInterrupt:
        print("drydock: stopped: interrupted; the same command goes on from here", file=sys.stderr)
        sys.exit(STOPPED)
    except (CorpusError, PersonaError, PlanError, RunError, Unreachable) as error:
        for line in str(error).splitlines():
            print(f"drydock: {line}", file=sys.stderr)
        sys.exit(COULD_NOT_START)
