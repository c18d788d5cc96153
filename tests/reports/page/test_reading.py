"""A reader's ways through the page, by mouse, by keyboard, with and without script, on a phone and in the dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from reports.page import History, write_page
from tests.reports.page.comparisons import comparison
from tests.reports.page.conftest import Opened

pytestmark = pytest.mark.slow
Open = Callable[..., Opened]
SAMPLE = "#sample=2/pipelines/release@1%231"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    drawn = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0,0L9,9" stroke="#040404"/></svg>'
    write_page(comparison(tmp_path), path, History(drawn, [{"night": "2026-11-24", "score": "61.0"}]))
    return path


def at_the_line(page: Page) -> None:
    """The finding stands under line 4 of its file and has the focus."""
    note = page.locator(".note.current")
    expect(note).to_be_focused()
    expect(note).to_be_in_viewport()
    expect(note).to_contain_text("a token is written out here")
    line = note.locator("xpath=preceding-sibling::div[1]")
    assert line.locator(".no").inner_text() == "4"
    assert line.locator(".text").inner_text().strip() == "runs-on: ubuntu-latest"


def test_from_the_verdict_to_a_findings_line_in_two_clicks_and_back(file: Path, open_page: Open) -> None:
    opened = open_page()
    page = opened.go(file)
    expect(page.locator("#verdict")).to_contain_text("model-0 is ahead of model-1 by 60 ± 20 points.")
    cell = page.locator("#ranking tbody tr").nth(1).locator("td.strong a")
    cell.click()
    page.locator("#evidence a", has_text="SEC-01 .github/workflows/release.yml:4").click()
    at_the_line(page)
    assert ".venv/bin/drydock show" in page.locator("#evidence").inner_text()
    page.go_back()
    expect(page.locator("#evidence-title")).to_have_text("model-1")
    page.go_back()
    expect(page.locator("#evidence")).to_be_hidden()
    page.go_forward()
    expect(page.locator("#evidence-title")).to_have_text("model-1")
    page.go_forward()
    at_the_line(page)
    page.locator(".finding a", has_text="release.yml:4").click()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#evidence")).to_be_hidden()
    expect(cell).to_be_focused()
    assert opened.troubles == []


def test_the_same_by_keyboard(file: Path, open_page: Open) -> None:
    opened = open_page()
    page = opened.go(file)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    cell = page.locator("#ranking tbody tr").nth(1).locator("td.strong a")
    tab_to(page, cell)
    assert cell.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    failure = page.locator("#evidence a", has_text="SEC-01").first
    expect(failure).to_be_visible()
    tab_to(page, failure)
    page.keyboard.press("Enter")
    at_the_line(page)
    page.keyboard.press("Escape")
    expect(page.locator("#evidence")).to_be_hidden()
    expect(cell).to_be_focused()
    assert opened.troubles == []


def tab_to(page: Page, target: Any) -> None:
    for _ in range(60):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("sixty tabs do not reach it")


def test_a_deep_link_opens_and_closes_where_no_page_was_before(file: Path, open_page: Open) -> None:
    opened = open_page()
    page = opened.go(file, SAMPLE + "&rule=SEC-01")
    at_the_line(page)
    page.get_by_role("link", name="model-0 100.0").click()
    expect(page.locator("#evidence-title")).to_have_text("model-0: pipelines/release@1#1")
    page.keyboard.press("Escape")
    expect(page.locator("#evidence")).to_be_hidden()
    assert "#" not in page.url
    page = opened.go(file, "#sample=9/none@1%231")
    expect(page.locator("#evidence-body")).to_contain_text("Nothing here has this address")
    assert opened.troubles == []


def test_findings_are_filtered(file: Path, open_page: Open) -> None:
    page = open_page().go(file, SAMPLE)
    expect(page.locator(".finding:visible")).to_have_count(1)
    evidence = page.locator("#evidence")
    evidence.get_by_label("Failed only").uncheck()
    expect(page.locator(".finding:visible")).to_have_count(2)
    evidence.get_by_label("Rule").select_option("GHA-01")
    expect(page.locator(".finding:visible")).to_have_count(1)
    expect(page.locator(".note")).to_be_hidden()
    evidence.get_by_label("Constraint").select_option("secret_hygiene")
    expect(page.get_by_text("No finding fits these filters.")).to_be_visible()


def test_a_list_is_narrowed_and_the_control_keeps_the_focus(file: Path, open_page: Open) -> None:
    opened = open_page()
    page = opened.go(file)
    page.locator("#ranking tbody tr").nth(1).locator("td.strong a").click()
    rows = page.locator("#evidence tbody tr")
    expect(rows).to_have_count(2)
    rule = page.locator("#evidence").get_by_label("Rule")
    rule.select_option("SEC-01")
    expect(rows).to_have_count(1)
    expect(rule).to_be_focused()
    assert page.url.endswith("#list=2&rule=SEC-01")
    page.get_by_label("Failed only").uncheck()
    expect(rows).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator("#evidence")).to_be_hidden()
    assert opened.troubles == []


def test_a_case_sets_the_models_side_by_side(file: Path, open_page: Open) -> None:
    page = open_page().go(file, "#case=pipelines/release")
    row = page.locator("#evidence tbody tr").first
    expect(row).to_contain_text("SEC-01")
    expect(row.locator("td")).to_have_text(["✓ pass", "✕ fail", "✓ pass"])
    row.get_by_text("✕ fail").click()
    at_the_line(page)


def test_a_difference_opens_what_makes_it(file: Path, open_page: Open) -> None:
    page = open_page().go(file)
    page.locator("#pairs tbody tr").first.locator("td.num a").click()
    expect(page.locator("#evidence-title")).to_have_text("model-0 − model-1")
    rows = page.locator("#evidence tbody tr")
    expect(rows.first.locator("td")).to_have_text(["100.0", "25.0", "+75.0", "", "GHA-01 "])
    rows.last.get_by_text("SEC-01").click()
    at_the_line(page)


def test_the_ship_rate_opens_what_does_not_ship(file: Path, open_page: Open) -> None:
    page = open_page().go(file)
    page.locator("#ranking tbody tr").nth(1).get_by_title("the answers that do not ship").click()
    expect(page.locator("#evidence tbody tr")).to_have_count(2)
    page.go_back()
    page.locator("#ranking tbody tr").first.get_by_title("the answers that do not ship").click()
    expect(page.locator("#evidence")).to_contain_text("None failed.")


def test_void_samples_are_shown_with_their_reasons(file: Path, open_page: Open) -> None:
    page = open_page().go(file)
    notes = page.locator("#notes")
    expect(notes).to_contain_text("2 samples count for nothing")
    expect(notes).to_contain_text("grader error: SEC-01: the tool stopped")
    expect(notes).to_contain_text("unanswered: connection refused")
    assert (
        page.evaluate(
            "document.querySelector('#notes').compareDocumentPosition(document.querySelector('#verdict'))"
        )
        == 4
    )


def test_without_script_verdict_tables_and_plots_stand(file: Path, open_page: Open) -> None:
    opened = open_page(java_script_enabled=False)
    page = opened.go(file)
    expect(page.locator("#verdict")).to_contain_text("model-0 is ahead")
    expect(page.locator("#heat-map td.shade").first).to_be_visible()
    expect(page.locator("#cost svg")).to_be_visible()
    expect(page.locator("#history svg")).to_be_visible()
    # Playwright's way of switching script off leaves <noscript> folded, so its words are read from the source.
    assert "<noscript><p" in file.read_text()
    assert opened.troubles == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(scheme: str, file: Path, open_page: Open) -> None:
    axe: Any = Axe()
    opened = open_page(color_scheme=scheme)
    for hash in ("", SAMPLE, "#case=pipelines/release", "#list=2", "#pair=1/2"):
        page = opened.go(file, hash)
        page.evaluate("document.querySelectorAll('details').forEach((node) => { node.open = true; })")
        response = axe.run(page).response
        serious = [
            (found["id"], [node["html"] for node in found["nodes"]][:3])
            for found in response["violations"]
            if found["impact"] in ("serious", "critical")
        ]
        assert serious == [], hash
        assert len(response["passes"]) > 15


@pytest.mark.parametrize("hash", ["", SAMPLE, "#list=2", "#case=pipelines/release", "#pair=1/2"])
def test_a_phone_scrolls_no_page_sideways(hash: str, file: Path, open_page: Open) -> None:
    page = open_page(viewport={"width": 360, "height": 740}).go(file, hash)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate("document.querySelector('#evidence').scrollWidth") <= 360


def test_colours_follow_the_scheme(file: Path, open_page: Open) -> None:
    grounds: set[str] = set()
    marks: set[str] = set()
    for scheme in ("light", "dark"):
        page = open_page(color_scheme=scheme).go(file)
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        marks.add(page.evaluate("getComputedStyle(document.querySelector('#cost .fill-accent')).fill"))
    assert len(grounds) == len(marks) == 2


def test_print_opens_what_is_folded(file: Path, open_page: Open) -> None:
    page = open_page().go(file)
    page.emulate_media(media="print")
    expect(page.locator(".masthead")).to_be_hidden()
    assert page.locator("#pairs details").last.evaluate("node => node.getBoundingClientRect().height") > 60
