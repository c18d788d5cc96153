"""How often the nightly test alarms: over nights without a drop, and over nights with a true one.

    python -m benchmarks.nightly_power RUN [RUN...]

The runs need several epochs: the noise is what they show. A night is made by drawing, for each variant, as many samples as
the run has epochs from its own samples (with replacement); the baseline is seven such nights. A drop is injected by failing
passing rules at random, with the probability that lowers the mean score by it; scores are computed anew from the findings,
by `harness.scoring`. Printed for each run: alarms over 2,000 nights without a drop, with the 99 % binomial bound of what
nightly/threshold.toml promises, and over 200 nights with drops of 2, 5, 10 and 20 points.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import binom

from graders.facts import AppliedRule
from graders.finding import Finding
from harness.runs import Row, Run
from harness.scoring import score
from reports.regression.permutation import permutation_test
from reports.regression.strata import Stratum
from reports.regression.threshold import Threshold, load_threshold

NIGHTS, NIGHTS_WITH_DROP = 2000, 200
DROPS = (0.02, 0.05, 0.10, 0.20)
# Relabellings of a simulated night: enough for alpha, and 2,000 nights end in time.
RELABELLINGS = 999
_DRAWS = 20


def main() -> None:
    """Print one table a run."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    threshold = load_threshold()
    quick = threshold.model_copy(update={"relabellings": RELABELLINGS})
    for folder in map(Path, sys.argv[1:]):
        began = time.monotonic()
        rows = [row for row in Run(folder).grades().values() if row["graded"]]
        variants = by_variant(rows)
        epochs = min(map(len, variants.values()))
        print(f"{folder.name}: {len(variants)} variants, {epochs} epochs, mean {mean(variants):.3f}")
        if epochs < 2:
            print("  has one epoch a variant, so it shows no noise; evaluate it with --epochs 3")
            continue
        alarms = false_alarms(variants, quick, NIGHTS, np.random.default_rng(1))
        bound = int(binom.ppf(0.995, NIGHTS, threshold.alpha))
        kept = "within" if alarms <= bound else "ABOVE"
        print(
            f"  no drop: {alarms} alarms in {NIGHTS} nights, {kept} the bound of {bound} (alpha {threshold.alpha})"
        )
        for drop in DROPS:
            share, true = power(variants, drop, quick, NIGHTS_WITH_DROP, np.random.default_rng(2))
            print(
                f"  a true drop of {100 * true:4.1f} points: {share:5.1%} of {NIGHTS_WITH_DROP} nights alarm"
            )
        print(f"  {time.monotonic() - began:.0f} s")


def by_variant(rows: list[Row]) -> dict[str, list[Row]]:
    """The graded samples of each variant."""
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["sample"].rpartition("#")[0]].append(row)
    return dict(found)


def mean(variants: dict[str, list[Row]]) -> float:
    """The mean over variants of their samples' mean score."""
    return float(np.mean([np.mean([row["score"] for row in rows]) for rows in variants.values()]))


def false_alarms(
    variants: dict[str, list[Row]], threshold: Threshold, nights: int, random: np.random.Generator
) -> int:
    """Alarms over nights that come from the same samples as their baseline."""
    scores = {variant: np.array([row["score"] for row in rows]) for variant, rows in variants.items()}
    return sum(_alarms(_night(scores, scores, threshold, random), threshold) for _ in range(nights))


def power(
    variants: dict[str, list[Row]],
    drop: float,
    threshold: Threshold,
    nights: int,
    random: np.random.Generator,
) -> tuple[float, float]:
    """(share of nights with an alarm, the drop that was really injected)."""
    scores = {variant: np.array([row["score"] for row in rows]) for variant, rows in variants.items()}
    chance = _chance(variants, drop)
    worse = {
        variant: np.array([_failed(row, chance, random) for row in rows for _ in range(_DRAWS)])
        for variant, rows in variants.items()
    }
    true = mean(variants) - float(np.mean([values.mean() for values in worse.values()]))
    alarms = sum(_alarms(_night(worse, scores, threshold, random), threshold) for _ in range(nights))
    return alarms / nights, true


def _night(
    tonight: dict[str, Any], before: dict[str, Any], threshold: Threshold, random: np.random.Generator
) -> list[Stratum]:
    strata: list[Stratum] = []
    for variant, values in before.items():
        size = len(values)
        now = random.choice(tonight[variant], size)
        earlier = random.choice(values, size * threshold.nights)
        strata.append(Stratum(variant.partition("@")[0], variant, tuple(now), tuple(earlier)))
    return strata


def _alarms(strata: list[Stratum], threshold: Threshold) -> bool:
    test = permutation_test(strata, threshold.alpha, threshold.relabellings, threshold.seed)
    return test is not None and test.p <= threshold.alpha and test.drop >= threshold.smallest_drop


def _chance(variants: dict[str, list[Row]], drop: float) -> float:
    """The probability of failing a passing rule that lowers the mean score by `drop`, by bisection over the same dice."""
    low, high = 0.0, 1.0
    for _ in range(10):
        middle = (low + high) / 2
        random = np.random.default_rng(3)
        lost = mean(variants) - float(
            np.mean(
                [
                    np.mean([_failed(row, middle, random) for row in rows for _ in range(_DRAWS)])
                    for rows in variants.values()
                ]
            )
        )
        low, high = (middle, high) if lost < drop else (low, middle)
    return (low + high) / 2


def _failed(row: Row, chance: float, random: np.random.Generator) -> float:
    """The score of a grade in which each passing rule fails with this probability."""
    findings = [
        Finding(each["rule"], each["version"], each["outcome"], each["outcome"]) for each in row["findings"]
    ]
    changed = [
        replace(finding, outcome="fail", ungated="fail")
        if finding.outcome == "pass" and random.random() < chance
        else finding
        for finding in findings
    ]
    # A rule that zeroes its case would turn one failure into a hundred points: drops here are spread.
    applied = [AppliedRule(finding.rule, (), "") for finding in findings]
    before = score(findings, applied).score
    return score(changed, applied).score * (row["score"] / before if before else 0.0)


if __name__ == "__main__":
    main()
