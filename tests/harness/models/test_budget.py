"""A budget stops calls from starting, and counts also what led to no reply."""

from __future__ import annotations

import asyncio

import pytest

from harness.models import Budget, BudgetSpent, Model, Reply
from harness.models.prices import price_known
from tests.harness.models.asking import prompt, settings
from tests.servers.openai_server import Faults, OpenAIServer

# litellm reads pydantic's fields in a way that pydantic has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:Accessing the 'model_:DeprecationWarning")

PRICED = "openai/gpt-4o"


def test_no_call_starts_once_the_budget_is_spent_and_calls_in_flight_are_kept() -> None:
    async def work(server: OpenAIServer) -> tuple[list[Reply], list[BudgetSpent]]:
        model = await Model.open(settings(server, model=PRICED, concurrency=4), budget=budget)
        outcomes = await asyncio.gather(
            *(model.ask(f"a/b@{number}#1", 0, prompt()) for number in range(40)), return_exceptions=True
        )
        await model.close()
        replies = [outcome for outcome in outcomes if isinstance(outcome, Reply)]
        return replies, [outcome for outcome in outcomes if isinstance(outcome, BudgetSpent)]

    price = 25 * 2.5e-6 + 1000 * 1e-5
    budget = Budget(10 * price)
    with OpenAIServer(Faults(latency=0.02), "x" * 1000) as server:
        replies, stopped = asyncio.run(work(server))
    assert len(replies) + len(stopped) == 40
    assert 10 <= len(replies) <= 13  # at most the calls in flight more
    assert len(replies) == server.log.requests
    assert budget.spent == pytest.approx(sum(reply.cost or 0.0 for reply in replies))
    assert "--max-cost" in str(stopped[0])


@pytest.mark.parametrize("faults", [Faults(broken=1), Faults(usage="none")])
def test_what_was_sent_without_reported_usage_is_estimated(faults: Faults) -> None:
    budget = Budget(1.0)

    async def work(server: OpenAIServer) -> None:
        model = await Model.open(settings(server, model=PRICED, retries=0), budget=budget)
        reply = await model.ask("a/b@1#1", 0, prompt())
        assert reply.cost is None
        await model.close()

    with OpenAIServer(faults, "word " * 400) as server:
        asyncio.run(work(server))
    assert budget.spent > 100 * 1e-5


def test_what_earlier_parts_of_a_run_have_cost_counts() -> None:
    with pytest.raises(BudgetSpent):
        Budget(1.0, spent=1.0).check()


def test_unknown_prices_are_known_to_be_unknown() -> None:
    known = {name: price_known(name) for name in (PRICED, "openai/mock", "nowhere/x", "replay/reference")}
    assert known == {PRICED: True, "openai/mock": False, "nowhere/x": False, "replay/reference": True}
