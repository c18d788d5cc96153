"""How seldom Python looks for garbage while answers are graded."""

from __future__ import annotations

import gc


def collect_seldom() -> None:
    """For a process that grades. What is loaded stays, so no collection need look through it; and a syntax tree makes
    hundreds of thousands of objects, where a collection by default comes after every 700. Takes an eighth off the time
    of grading.
    """
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
