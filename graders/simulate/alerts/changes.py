"""What changes the series: restarts, deploys (also ones that break the service), quiet hours, scrapes that fail."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from graders.simulate.alerts import expectations as due
from graders.simulate.alerts.burning import page_due
from graders.simulate.alerts.expectations import HOUR, MINUTE
from graders.simulate.alerts.scenario import Scenario, Setting, happening
from graders.simulate.alerts.service import NotStated
from graders.simulate.alerts.traffic import Flags, World

_RESTARTED_BEFORE = 10 * MINUTE


def restart(setting: Setting) -> Scenario:
    """One process starts again: its counters fall to 0, labels stay. The sum over all falls too, but not to 0."""

    def change(world: World, on: Flags) -> World:
        at = int(np.argmax(on)) + 1
        return replace(world, pods=(replace(world.pods[0], restart=at), *world.pods[1:]))

    return happening(setting, "a process restarts, its counters fall to 0", 10 * MINUTE, change)


def _replaced(world: World, on: Flags, bad: float | None) -> World:
    """New pods take over at the beginning of the incident; `bad` is their share of bad requests while it lasts."""
    before = np.arange(len(on)) < np.argmax(on)
    share = None if bad is None else np.where(on, bad, world.bad)
    old = (replace(pod, alive=before) for pod in world.pods)
    new = (
        replace(pod, name=pod.name.replace("first", "second"), alive=~before, young=True, bad=share)
        for pod in world.pods
    )
    return replace(world, pods=(*old, *new))


def deploy(setting: Setting) -> Scenario:
    """The new pods don't fail a single request: for hours they have no series of bad ones."""
    words = "deploy: every pod is replaced, counters begin at 0 under new labels, and nothing fails for hours"
    return happening(
        setting,
        words,
        7 * HOUR,
        lambda world, on: replace(_replaced(world, on, 0.0), bad=np.where(on, 0.0, world.bad)),
        tail=0.0,
    )


def broken_deploy(setting: Setting) -> Scenario:
    burn = due.burns(setting.objective).outage
    duration = max(page_due(setting, burn), 30 * MINUTE) + 5 * MINUTE
    words = "deploy: every pod is replaced, and the new ones fail every request"
    return happening(setting, words, duration, lambda world, on: _replaced(world, on, 1.0))


def restart_and_outage(setting: Setting) -> Scenario:
    """A process has started again, and minutes later everything fails: what a sum of counters makes of the restart must
    not hide it."""

    def change(world: World, on: Flags) -> World:
        at = int(np.argmax(on)) - math.ceil(_RESTARTED_BEFORE / setting.step)
        return replace(
            world,
            bad=np.where(on, 1.0, world.bad),
            pods=(replace(world.pods[0], restart=at), *world.pods[1:]),
        )

    duration = max(page_due(setting, due.burns(setting.objective).outage), 30 * MINUTE) + 5 * MINUTE
    return happening(setting, "a process restarts, ten minutes later every request fails", duration, change)


def no_traffic(setting: Setting) -> Scenario:
    words = "no requests for two hours; everything is up"
    return happening(
        setting, words, 2 * HOUR, lambda world, on: replace(world, rate=np.where(on, 0.0, world.rate))
    )


def lull(setting: Setting) -> Scenario:
    """Hours with hardly any requests, of which one in the middle fails."""
    lull = setting.traffic.lull
    if not lull:
        raise NotStated("facts: traffic: lull is missing")
    length = 8 * HOUR

    def change(world: World, on: Flags) -> World:
        rate = np.where(on, lull, world.rate)
        first = int(np.argmax(on))
        count = max(1, round(1 / lull / world.step))
        middle = first + (int(on.sum()) // 2 // count) * count
        bad = np.where(on, 0.0, world.bad)
        bad[middle : middle + count] = 1.0
        alone = replace(world.pods[0], share=np.ones(len(on)))
        return replace(world, rate=rate, bad=bad, pods=(alone,))

    words = f"quiet hours with a request every {1 / lull:g} seconds, of which one fails"
    return happening(setting, words, length, change)


def scrape_fails(setting: Setting) -> Scenario:
    words = "no target can be scraped: `up` is 0 and all other series end"
    return happening(setting, words, 45 * MINUTE, lambda world, on: replace(world, scraped=~on), tail=HOUR)


def targets_gone(setting: Setting) -> Scenario:
    words = "all targets are gone: every series of the service ends, `up` too"
    return happening(
        setting, words, 45 * MINUTE, lambda world, on: replace(world, scraped=~on, listed=~on), tail=HOUR
    )


def one_scrape_fails(setting: Setting) -> Scenario:
    words = "a single scrape of all targets fails"
    return happening(setting, words, setting.step, lambda world, on: replace(world, scraped=~on), tail=HOUR)
