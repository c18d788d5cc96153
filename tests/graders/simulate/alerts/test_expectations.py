"""The arithmetic of what is due, held against the table that it was worked out in."""

from __future__ import annotations

import pytest

from graders.simulate.alerts.expectations import MINUTE, burns, clears_within, page_within, ticket_within
from graders.simulate.alerts.service import Objective


@pytest.mark.parametrize(
    ("target", "outage", "fast", "medium"),
    [(90, 437, 485, 545), (95, 91, 101, 545), (99, 22, 91, 545), (99.9, 10, 91, 545), (99.99, 10, 91, 545)],
)
def test_minutes_until_a_page_is_due(target: float, outage: float, fast: float, medium: float) -> None:
    objective = Objective(target, 30)
    rates = burns(objective)
    minutes = [page_within(objective, burn) / MINUTE for burn in (rates.outage, rates.fast, rates.medium)]
    assert minutes == pytest.approx([outage, fast, medium], abs=0.6)


def test_no_page_is_demanded_of_a_slow_burn() -> None:
    with pytest.raises(ValueError, match="no page is demanded"):
        page_within(Objective(99.9), 6)


def test_a_ticket_is_due_before_15_percent_of_the_budget_are_gone() -> None:
    objective = Objective(99.9, 30)
    assert ticket_within(objective, 4) * 4 / objective.period == pytest.approx(0.15)


def test_loose_objectives_have_longer_windows_to_clear() -> None:
    assert clears_within(Objective(99.9)) == 45 * MINUTE
    assert clears_within(Objective(95)) == 75 * MINUTE
