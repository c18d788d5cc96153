"""How long the command line takes to answer: `python -m benchmarks.command_line`."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

COMMANDS = (("--help",), ("eval", "--help"), ("doctor", "--help"), ("cases", "list"), ("cases", "rules"))
REPEATS = 9


def main() -> None:
    """Print the median and the slowest of nine runs of each command, in milliseconds."""
    program = Path(sys.executable).parent / "drydock"
    for arguments in COMMANDS:
        times: list[float] = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            subprocess.run([program, *arguments], stdout=subprocess.DEVNULL, check=True)
            times.append((time.perf_counter() - started) * 1000)
        words = "drydock " + " ".join(arguments)
        print(f"{words:24} median {statistics.median(times):6.0f} ms, slowest {max(times):6.0f} ms")


if __name__ == "__main__":
    main()
