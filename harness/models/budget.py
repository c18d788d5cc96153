"""A limit on what a whole run may cost."""

from __future__ import annotations


class BudgetSpent(Exception):
    """No further call may start; the message says what was spent and what the limit is."""


class Budget:
    """US dollars for all calls of a run.

    No call starts once `spent` has reached `limit`. Calls in flight finish and are kept, so a run can end
    above its limit by at most what the calls in flight cost.
    """

    def __init__(self, limit: float, spent: float = 0.0) -> None:
        """`spent` is what earlier parts of a resumed run have cost, by their stored rows."""
        self.limit = limit
        self.spent = spent

    def charge(self, dollars: float) -> None:
        """Adds the cost of an attempt, whether or not it led to a reply."""
        self.spent += dollars

    def check(self) -> None:
        """Raises `BudgetSpent` if no further call may start."""
        if self.spent >= self.limit:
            raise BudgetSpent(
                f"the budget is spent: ${self.spent:.4f} of ${self.limit:.4f}; raise --max-cost to go on"
            )
