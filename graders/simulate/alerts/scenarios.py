"""All scenarios by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from graders.simulate.alerts import batch, burning, changes
from graders.simulate.alerts.scenario import Scenario, Setting

SCENARIOS: Mapping[str, Callable[[Setting], Scenario]] = {
    "outage": burning.outage,
    "fast burn": burning.fast_burn,
    "medium burn": burning.medium_burn,
    "slow burn": burning.slow_burn,
    "lingering burn": burning.lingering_burn,
    "blip": burning.blip,
    "half budget": burning.half_budget,
    "even burn": burning.even_burn,
    "large part": burning.large_part,
    "small part": burning.small_part,
    "small pod": burning.small_pod,
    "restart": changes.restart,
    "deploy": changes.deploy,
    "broken deploy": changes.broken_deploy,
    "restart and outage": changes.restart_and_outage,
    "no traffic": changes.no_traffic,
    "lull": changes.lull,
    "scrape fails": changes.scrape_fails,
    "targets gone": changes.targets_gone,
    "one scrape fails": changes.one_scrape_fails,
    "ordinary runs": batch.ordinary_runs,
    "run fails": batch.run_fails,
    "run dropped": batch.run_dropped,
    "runs fail": batch.runs_fail,
    "run hangs": batch.run_hangs,
    "runs stop": batch.runs_stop,
    "leader changes": batch.leader_changes,
    "batch metrics gone": batch.metrics_gone,
}
