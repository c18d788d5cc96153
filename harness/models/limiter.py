"""How many calls may be in flight at once: found out from what the provider accepts and refuses.

Additive increase, multiplicative decrease, as in TCP congestion control (RFC 5681), with slow start. What
differs: one refusal among many accepted calls is noise that a retry settles, so the limit is cut only when
refusals make up a share of the recent outcomes.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from types import TracebackType
from typing import Self

START = 10  # calls in flight before anything is known
CUT = 0.6  # what remains of the limit after an episode of refusals
REFUSED_SHARE = 0.15  # of recent outcomes and calls in flight; above it, the refusals are an episode
REFUSED_LEAST = 3  # and at least so many
QUIET_SHARE = 0.08  # below it, the limit may still rise
RECENT = 50  # outcomes that are remembered


class Slot:
    """Permission for one call; a context manager. Tell it what became of the call."""

    def __init__(self, limiter: Limiter, ahead: bool) -> None:
        self._limiter = limiter
        self._ahead = ahead
        self._episode = 0

    async def __aenter__(self) -> Self:
        await self._limiter.enter(self._ahead)
        self._episode = self._limiter.episode
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._limiter.leave()

    def accepted(self) -> None:
        """The provider has taken the call on (its status line came)."""
        self._limiter.note_accepted()

    def refused(self, retry_after: float | None) -> None:
        """The provider said: too many (429) or overloaded; `retry_after` in seconds, if it named a time."""
        self._limiter.note_refused(self._episode, retry_after)


class Limiter:
    """Bounds the calls in flight in one event loop. `ceiling` is never exceeded."""

    def __init__(self, ceiling: int) -> None:
        if ceiling < 1:
            raise ValueError(f"at least one call must be allowed at once, not {ceiling}")
        self.ceiling = ceiling
        self.limit = min(START, ceiling)
        self.in_flight = 0
        self.episode = 0  # number of cuts so far; calls started before a cut can't cause the next one
        self._paused_until = 0.0
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._refusals: deque[bool] = deque(maxlen=RECENT)
        self._accepted_since_raise = 0
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def waiting_for(self) -> str | None:
        """Why calls wait beyond the ceiling that was asked for, in a few words; None if they don't."""
        pause = self._paused_until - time.monotonic()
        if pause > 0:
            return f"the provider asks to wait {pause:.0f} s"
        if self.episode and self.limit < self.ceiling and self._waiters:
            return f"the provider refuses more than about {self.limit} at once"
        return None

    def slot(self, ahead: bool = False) -> Slot:
        """A slot to be entered; `ahead` of those that wait, for a call that was begun and is tried again."""
        return Slot(self, ahead)

    async def enter(self, ahead: bool) -> None:
        if self._free() and not self._waiters:
            self.in_flight += 1
            return
        waiter = asyncio.get_running_loop().create_future()
        (self._waiters.appendleft if ahead else self._waiters.append)(waiter)
        self._wake()
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.leave()  # the slot was given in the same moment
            elif waiter in self._waiters:
                self._waiters.remove(waiter)
            raise

    def leave(self) -> None:
        self.in_flight -= 1
        self._wake()

    def note_accepted(self) -> None:
        self._refusals.append(False)
        self._accepted_since_raise += 1
        if self.in_flight + 1 < self.limit or self._refused_share() > QUIET_SHARE:
            return  # the limit does not hold anything back, or the provider has nothing to spare
        slow_start = self.episode == 0  # one more for each accepted call doubles the limit in each round
        if slow_start or self._accepted_since_raise >= self.limit:
            self._raise_limit()

    def note_refused(self, episode: int, retry_after: float | None) -> None:
        if episode != self.episode:
            return
        self._refusals.append(True)
        enough = sum(self._refusals) >= min(REFUSED_LEAST, self.limit)
        if not enough or self._refused_share() < REFUSED_SHARE:
            return
        self.episode += 1
        self.limit = max(1, int(self.limit * CUT))
        self._refusals.clear()
        self._accepted_since_raise = 0
        if retry_after:
            self._paused_until = max(self._paused_until, time.monotonic() + retry_after)

    def _refused_share(self) -> float:
        # Refusals come back at once and acceptances later, so calls in flight count as not refused.
        return sum(self._refusals) / (len(self._refusals) + self.in_flight)

    def _raise_limit(self) -> None:
        self.limit = min(self.ceiling, self.limit + 1)
        self._accepted_since_raise = 0
        self._wake()

    def _free(self) -> bool:
        return self.in_flight < self.limit and time.monotonic() >= self._paused_until

    def _wake(self) -> None:
        while self._waiters and self._free():
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                self.in_flight += 1
        pause = self._paused_until - time.monotonic()
        if self._waiters and pause > 0 and self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(pause + 0.001, self._pause_over)

    def _pause_over(self) -> None:
        self._alarm = None
        self._wake()
