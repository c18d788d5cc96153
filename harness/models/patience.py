"""How often and how long one reply is tried for: the policy that tenacity is given."""

from __future__ import annotations

import random
import time

import tenacity

from harness.models.failure import AttemptFailed
from harness.models.settings import Settings

FIRST_WAIT = 0.2  # seconds before the first repeat, then doubled
LONGEST_WAIT = 30.0  # seconds, unless the provider names a longer time


class Patience:
    """The retries of one reply; the clock of its deadline starts with its first attempt."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._started: float | None = None
        self._failures = 0
        self._timeouts = 0

    def attempts(self) -> tenacity.AsyncRetrying:
        """The attempts, to be iterated; the last failure is raised as it is."""
        return tenacity.AsyncRetrying(
            retry=self._worth_it, wait=self._pause, stop=self._too_late, reraise=True
        )

    def time_left(self) -> float:
        """Seconds for the attempt that starts now. Raises `AttemptFailed` when the deadline has passed."""
        now = time.monotonic()
        if self._started is None:
            self._started = now
        left = self._started + self._settings.deadline - now
        if left <= 0:
            raise AttemptFailed("rejected", f"no reply within the deadline of {self._settings.deadline:g} s")
        return min(left, self._settings.timeout)

    def _worth_it(self, state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, AttemptFailed):
            return False
        if error.kind == "limited":
            return True  # bounded by the deadline alone: the provider works, and says when
        if error.kind == "timeout":
            # A local server may still be busy with the abandoned call: a second repeat would only add to it.
            self._timeouts += 1
            return self._timeouts <= min(1, self._settings.retries)
        if error.kind in ("failed", "overloaded"):
            self._failures += 1
            return self._failures <= self._settings.retries
        return False

    def _pause(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, AttemptFailed) and error.retry_after is not None:
            return error.retry_after * random.uniform(1.0, 1.1) + random.uniform(0.0, 0.05)  # noqa: S311
        doubled = FIRST_WAIT * 2 ** min(state.attempt_number - 1, 20)
        return min(LONGEST_WAIT, doubled) * random.uniform(0.5, 1.5)  # noqa: S311

    def _too_late(self, state: tenacity.RetryCallState) -> bool:
        started = self._started if self._started is not None else time.monotonic()
        return time.monotonic() + state.upcoming_sleep >= started + self._settings.deadline
