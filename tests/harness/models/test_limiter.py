"""The limiter alone, with outcomes made up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.models.limiter import START, Limiter


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 10))


async def fill(limiter: Limiter, number: int) -> list[Any]:
    """Enters `number` slots at once, which must be free."""
    slots = [limiter.slot() for _ in range(number)]
    for slot in slots:
        await slot.__aenter__()
    return slots


async def empty(slots: list[Any]) -> None:
    for slot in slots:
        await slot.__aexit__(None, None, None)


def test_slow_start_doubles_up_to_the_ceiling() -> None:
    async def work() -> None:
        limiter, seen = Limiter(50), list[int]()
        for _ in range(4):
            seen.append(limiter.limit)
            slots = await fill(limiter, limiter.limit)
            for slot in slots:
                slot.accepted()
                await fill(limiter, limiter.limit - limiter.in_flight)
            await empty(slots)
            limiter.in_flight = 0
        assert seen == [START, 2 * START, 4 * START, 50]

    run(work())


def test_one_episode_cuts_once_and_the_limit_rises_by_one() -> None:
    async def work() -> None:
        limiter = Limiter(10)
        slots = await fill(limiter, 10)
        for slot in slots:
            slot.refused(None)
        assert (limiter.limit, limiter.episode) == (6, 1)
        await empty(slots)
        for expected in (7, 8):
            slots = await fill(limiter, limiter.limit)
            for slot in slots:
                slot.accepted()
            await empty(slots)
            assert limiter.limit == expected

    run(work())


def test_a_stray_refusal_cuts_nothing() -> None:
    async def work() -> None:
        limiter = Limiter(10)
        slots = await fill(limiter, 10)
        slots[0].refused(5.0)
        await empty(slots)
        assert (limiter.limit, limiter.episode, limiter.waiting_for) == (10, 0, None)

    run(work())


def test_an_episode_with_retry_after_pauses_every_call_and_says_why() -> None:
    async def work() -> None:
        limiter = Limiter(3)
        slots = await fill(limiter, 3)
        for slot in slots:
            slot.refused(0.3)
        assert limiter.waiting_for == "the provider asks to wait 0 s"
        await empty(slots)
        began = time.monotonic()
        async with limiter.slot():
            assert time.monotonic() - began >= 0.29

    run(work())


def test_a_repeat_goes_ahead_and_a_cancelled_wait_takes_no_slot() -> None:
    async def work() -> None:
        limiter, order = Limiter(1), list[str]()

        async def one(name: str, ahead: bool) -> None:
            async with limiter.slot(ahead):
                order.append(name)
                await asyncio.sleep(0)

        held = await fill(limiter, 1)
        tasks = [asyncio.create_task(one(name, name == "repeat")) for name in ("first", "gone", "repeat")]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await empty(held)
        await asyncio.gather(*tasks, return_exceptions=True)
        assert order == ["repeat", "first"]
        assert limiter.in_flight == 0

    run(work())


@given(st.lists(st.sampled_from(["accept", "refuse", "cancel"]), max_size=120), st.integers(1, 30))
def test_never_above_the_ceiling_and_never_stuck(outcomes: list[str], ceiling: int) -> None:
    async def work() -> None:
        limiter, done, peak = Limiter(ceiling), 0, 0

        async def one(outcome: str) -> None:
            nonlocal done, peak
            async with limiter.slot() as slot:
                peak = max(peak, limiter.in_flight)
                await asyncio.sleep(0)
                if outcome == "refuse":
                    slot.refused(None)
                else:
                    slot.accepted()
                done += 1

        tasks = [asyncio.create_task(one(outcome)) for outcome in outcomes]
        await asyncio.sleep(0)
        for task, outcome in zip(tasks, outcomes, strict=True):
            if outcome == "cancel":
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert done >= sum(outcome != "cancel" for outcome in outcomes)
        assert peak <= ceiling
        assert 1 <= limiter.limit <= ceiling
        assert limiter.in_flight == 0

    run(work())
