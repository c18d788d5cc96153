"""Prometheus rule files: plain ones (`groups:`) and PrometheusRule objects of the operator."""

from __future__ import annotations

import re

from graders.prometheus.actionable import pages_are_actionable
from graders.prometheus.blindness import missing_numbers_are_noticed
from graders.prometheus.burn_rates import pages_follow_the_recipe, thresholds_can_be_reached
from graders.prometheus.counters import reads_counters_as_counters
from graders.prometheus.freshness import stale_data_pages
from graders.prometheus.incidents import (
    blip_wakes_nobody,
    few_pages_for_one_incident,
    page_clears,
    pages_in_time,
    slow_burn_is_a_ticket,
)
from graders.prometheus.invention import invents_nothing
from graders.prometheus.latency import latency_by_bucket
from graders.prometheus.noise import can_be_silent, pages_on_symptoms
from graders.prometheus.quiet import (
    one_failure_of_few_wakes_nobody,
    ordinary_week_is_silent,
    restarts_do_no_harm,
    share_is_of_all_requests,
)
from graders.prometheus.reading import KIND
from graders.prometheus.rules_file import parse
from graders.prometheus.validity import loads
from graders.rule import Rule

_OBJECT_KIND = re.compile(r"^kind:[ \t]*[\"']?(\w+)", re.MULTILINE)
_GROUPS = re.compile(r"^[\"']?groups[\"']?[ \t]*:", re.MULTILINE)
_RULE = re.compile(r"^[ \t]*(?:-[ \t]+)?[\"']?(?:alert|record)[\"']?[ \t]*:", re.MULTILINE)
# Grafana provisions alerts in files with groups too, headed by a number; an object with another kind is not
# ours.
_OTHER = re.compile(r"^(?:apiVersion|kind):", re.MULTILINE)
_SUFFIXES = (".yml", ".yaml", ".rules")


def recognises(path: str | None, info: str, text: str) -> bool:
    """A rule file by its content. A file that mixes PrometheusRule with other objects is not of this kind."""
    if path is not None and not path.lower().endswith(_SUFFIXES):
        return False
    if path is None and info not in ("", "yaml", "yml", "prometheus"):
        return False
    kinds = set(_OBJECT_KIND.findall(text))
    if kinds:
        return kinds == {"PrometheusRule"}
    return bool(_GROUPS.search(text)) and bool(_RULE.search(text)) and not _OTHER.search(text)


RULES: tuple[Rule, ...] = (
    loads,
    reads_counters_as_counters,
    pages_follow_the_recipe,
    thresholds_can_be_reached,
    can_be_silent,
    pages_are_actionable,
    pages_on_symptoms,
    latency_by_bucket,
    invents_nothing,
    share_is_of_all_requests,
    pages_in_time,
    slow_burn_is_a_ticket,
    blip_wakes_nobody,
    page_clears,
    ordinary_week_is_silent,
    one_failure_of_few_wakes_nobody,
    missing_numbers_are_noticed,
    restarts_do_no_harm,
    stale_data_pages,
    few_pages_for_one_incident,
)

__all__ = ["KIND", "RULES", "parse", "recognises"]
