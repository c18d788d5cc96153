"""`python -m graders.calibration [RULE-ID …] [--write]`: print each rule's calibration, or write docs/calibration.md."""

from __future__ import annotations

import sys

from graders.calibration.examples import HERE
from graders.calibration.measure import calibrate
from graders.calibration.table import document


def main(arguments: list[str]) -> int:
    """Print the table and what was misjudged; 1 when anything was."""
    ids = [argument for argument in arguments if not argument.startswith("-")]
    results = calibrate(ids or None)
    text = document(results)
    if "--write" in arguments:
        (HERE.parent.parent / "docs" / "calibration.md").write_text(text, encoding="utf-8")
    print(text)
    misjudged = [line for result in results.values() for line in result.misjudged]
    print("\n".join(misjudged))
    return 1 if misjudged else 0


sys.exit(main(sys.argv[1:]))
