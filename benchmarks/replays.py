"""How long `drydock eval` takes on the two replays of the corpus: `python -m benchmarks.replays`."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Print wall and processor seconds and peak memory of one evaluation into an empty folder, and of the same
    command again (nothing left to ask or grade)."""
    program = Path(sys.executable).parent / "drydock"
    with tempfile.TemporaryDirectory(prefix="drydock-bench-") as folder:
        for what in ("first", "again"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            started = time.perf_counter()
            done = subprocess.run(
                [program, "eval", "--runs", folder, "--json"], stdout=subprocess.PIPE, check=True, text=True
            )
            wall = time.perf_counter() - started
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            samples = sum(document["samples"]["graded"] for document in json.loads(done.stdout))
            processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(
                f"{what}: {samples} samples, {wall:.1f} s wall, {processor:.1f} s processor, "
                f"largest process {after.ru_maxrss / 1024:.0f} MiB"
            )


if __name__ == "__main__":
    main()
