"""Incidents that burn the error budget: all of the service or a part of it, fast, slowly, or for a moment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from graders.simulate.alerts import expectations as due
from graders.simulate.alerts.expectations import HOUR, MINUTE
from graders.simulate.alerts.scenario import MORE_PODS, PODS, Scenario, Setting, happening
from graders.simulate.alerts.service import DAY
from graders.simulate.alerts.traffic import Flags, Pod, World, daily

_WEEK = 7 * DAY


def _burning(
    setting: Setting,
    burn: float,
    title: str,
    duration: float,
    pods: tuple[float, ...] = PODS,
    start: float | None = None,
) -> Scenario:
    ratio = min(1.0, burn * setting.objective.budget)
    words = f"{title}: {ratio:.3g} of all events bad, {burn:.3g} times the budget"

    def change(world: World, on: Flags) -> World:
        return replace(world, bad=np.where(on, ratio, world.bad))

    return happening(setting, words, duration, change, pods=pods, start=start)


def page_due(setting: Setting, burn: float, start: float | None = None) -> float:
    """Seconds in which a page must come. The budget counts requests: where those of the first hours are fewer than on
    average, it takes longer until as many are lost."""
    within = due.page_within(setting.objective, burn)
    return max(within, _weighted(setting, within, setting.start if start is None else start))


def ticket_due(setting: Setting, burn: float) -> float:
    """Seconds in which a ticket must come."""
    within = due.ticket_within(setting.objective, burn)
    return max(within, _weighted(setting, within, setting.start))


def _weighted(setting: Setting, seconds: float, start: float) -> float:
    rate = setting.traffic.rate
    later = np.arange(0, 3 * seconds, MINUTE)
    passed = np.cumsum(daily(rate, start + later)) * MINUTE
    return float(later[min(len(later) - 1, int(np.searchsorted(passed, seconds * rate.mean)))])


def outage(setting: Setting) -> Scenario:
    burn = due.burns(setting.objective).outage
    duration = max(page_due(setting, burn) + 5 * MINUTE, 30 * MINUTE)
    return _burning(setting, burn, "total outage", duration, MORE_PODS)


def fast_burn(setting: Setting) -> Scenario:
    burn = due.burns(setting.objective).fast
    duration = page_due(setting, burn, setting.evening) + 5 * MINUTE
    return _burning(setting, burn, "fast burn in the evening", duration, start=setting.evening)


def medium_burn(setting: Setting) -> Scenario:
    burn = due.burns(setting.objective).medium
    return _burning(setting, burn, "medium burn", page_due(setting, burn) + 5 * MINUTE)


def slow_burn(setting: Setting) -> Scenario:
    burn = due.burns(setting.objective).slow
    return _burning(setting, burn, "slow burn", ticket_due(setting, burn) + 10 * MINUTE)


def lingering_burn(setting: Setting) -> Scenario:
    burn = due.burns(setting.objective).lingering
    return _burning(setting, burn, "lingering burn", ticket_due(setting, burn) + 10 * MINUTE)


def blip(setting: Setting) -> Scenario:
    """A short spell that costs just under `BLIP_SHARE` of the budget, over two to ten minutes."""
    objective, rate = setting.objective, setting.traffic.rate
    now = float(daily(rate, np.array([setting.start]))[0])
    # Seconds of a total outage, at the traffic of the hour, that cost this share.
    cost = 0.96 * due.BLIP_SHARE * objective.budget * objective.period * rate.mean / now
    duration = min(10 * MINUTE, max(2 * MINUTE, cost / 0.8))
    duration = math.ceil(duration / setting.step) * setting.step
    ratio = min(0.8, cost / duration)
    words = (
        f"blip of {duration / MINUTE:g} minutes: {ratio:.3g} of all events bad, less than 0.5 % of the budget"
    )
    return happening(
        setting, words, duration, lambda world, on: replace(world, bad=np.where(on, ratio, world.bad))
    )


def half_budget(setting: Setting) -> Scenario:
    """A week at half of the allowed rate: nothing is wrong."""
    return happening(
        setting,
        "a week at half of the allowed rate of bad events",
        max(DAY, _WEEK - setting.start),
        lambda world, on: world,
        tail=0.0,
        healthy=0.5,
    )


def large_part_burn(setting: Setting) -> float:
    """The burn rate of the whole when most requests of its largest part fail, at most that of a fast burn."""
    share = sum(_large_parts(setting).values())
    return min(due.burns(setting.objective).fast, 0.9 * share / setting.objective.budget)


def even_burn(setting: Setting) -> Scenario:
    """As many fail as in `large_part`, all over the service."""
    burn = large_part_burn(setting)
    return _burning(setting, burn, "burn all over", page_due(setting, burn) + 5 * MINUTE)


def _large_parts(setting: Setting) -> dict[str, float]:
    """The fewest parts, largest first, that can burn the budget so fast that a page is due."""
    split, objective = setting.traffic.split, setting.objective
    found: dict[str, float] = {}
    for name, share in sorted(split.shares.items(), key=lambda item: -item[1]) if split else [("", 1.0)]:
        found[name] = share
        if 0.9 * sum(found.values()) / objective.budget >= due.burns(objective).medium:
            break
    return found


def large_part(setting: Setting) -> Scenario:
    """The largest part of the traffic fails so often that the whole burns as in a fast burn; the rest is well."""
    burn, large = large_part_burn(setting), _large_parts(setting)
    ratio = min(1.0, burn * setting.objective.budget / sum(large.values()))

    def change(world: World, on: Flags) -> World:
        bad = np.where(on, ratio, world.bad)
        return (
            replace(world, parts=dict.fromkeys(large, bad))
            if setting.traffic.split
            else replace(world, bad=bad)
        )

    words = f"{' and '.join(large) or 'the service'} fails, {burn:.3g} times the budget of the whole"
    return happening(setting, words, page_due(setting, burn) + 5 * MINUTE, change)


def small_part(setting: Setting) -> Scenario:
    """A part that hardly anybody uses fails completely, which half of the budget pays for."""
    share = setting.objective.budget / 2
    split = setting.traffic.split

    def change(world: World, on: Flags) -> World:
        if split is None:
            return world
        extra = {_seldom(split.shares): share}
        return replace(world, extra=extra, parts={name: np.where(on, 1.0, world.bad) for name in extra})

    words = f"a {split.label if split else 'part'} with {share:.3g} of the requests fails completely; the budget allows it"
    return happening(setting, words, 3 * HOUR, change)


def _seldom(shares: Mapping[str, float]) -> str:
    """A value beside the known ones, made like the first of them."""
    return f"{next(iter(shares))}-seldom"


def small_pod(setting: Setting) -> Scenario:
    """A pod that gets hardly any requests fails all of them."""
    share = setting.objective.budget / 2

    def change(world: World, on: Flags) -> World:
        always = np.ones(len(on), bool)
        pod = Pod("first-9", always * share, always, bad=np.where(on, 1.0, world.bad))
        return replace(world, pods=(*world.pods, pod))

    return happening(
        setting,
        f"a pod with {share:.3g} of the requests fails all of them; the budget allows it",
        3 * HOUR,
        change,
    )
