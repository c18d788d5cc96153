"""What a simulation saw is drawn under its finding, as text and shapes only."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from reports.page import write_page
from reports.page.visible import visible
from tests.reports.page.comparisons import comparison
from tests.reports.page.conftest import Opened
from tests.reports.page.test_hostile_text import PAYLOADS

pytestmark = pytest.mark.slow
SAMPLE = "#sample=2/pipelines/release@1%231"


def test_every_form_is_drawn_under_the_line(tmp_path: Path, open_page: Callable[..., Opened]) -> None:
    write_page(comparison(tmp_path, with_traces=True), tmp_path / "page.html")
    opened = open_page()
    page = opened.go(tmp_path / "page.html", SAMPLE)
    notes = page.locator(".note .trace")
    expect(notes).to_have_count(5)
    outage = notes.nth(0)
    expect(outage.locator("figcaption")).to_have_text("total outage")
    expect(outage.locator("rect.span-page")).to_have_count(1)
    expect(outage.locator("svg")).to_contain_text("page ErrorsHigh: 20 min to the end")
    edge = outage.locator("path").evaluate("node => node.getBBox().x + node.getBBox().width")
    assert edge == pytest.approx(640)
    expect(notes.nth(1).locator("li")).to_have_text(
        ["✕ failure test exit 1 .github/workflows/release.yml:4", "✓ success deploy"]
    )
    expect(notes.nth(2).locator("td.fail")).to_have_text("yes, should be no")
    expect(notes.nth(3).locator("tr.fail")).to_contain_text("s3:GetObject")
    expect(notes.nth(4).locator("tbody tr")).to_contain_text("replace")
    axe: Any = Axe()
    found = axe.run(page).response["violations"]
    assert [(each["id"], each["impact"]) for each in found if each["impact"] in ("serious", "critical")] == []
    assert opened.troubles == []


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_a_strangers_words_in_a_trace_stay_text(
    payload: str, tmp_path: Path, open_page: Callable[..., Opened]
) -> None:
    write_page(comparison(tmp_path, f" {payload}", with_traces=True), tmp_path / "page.html")
    opened = open_page()
    page = opened.go(tmp_path / "page.html", "#list=2&rule=SIM-0")
    page.locator("#evidence-body .places a").first.click()
    figures = page.locator(".note .trace")
    expect(figures).to_have_count(5)
    for at in range(5):
        assert visible(payload) in figures.nth(at).evaluate("node => node.textContent")
    assert page.evaluate("window.pwned") is None
    assert opened.troubles == []
