"""One Chromium for all tests of the page on this worker, and pages that remember everything that went wrong on them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from setup.browser import REMEDY, find_browser


class Opened:
    """A page with what it did that it must not: `troubles` lists dialogs, console errors, requests and the like."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.troubles: list[str] = []
        page.on(
            "console",
            lambda message: self._note(message.type in ("error", "warning"), "console", message.text),
        )
        page.on("pageerror", lambda error: self._note(True, "error", str(error)))
        page.on(
            "request", lambda request: self._note(not request.url.startswith("file:"), "request", request.url)
        )
        page.on("popup", lambda popup: self._note(True, "popup", popup.url))
        page.on("dialog", self._refuse)

    def _note(self, bad: bool, kind: str, text: str) -> None:
        if bad:
            self.troubles.append(f"{kind}: {text}")

    def _refuse(self, dialog: Any) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def go(self, file: Path, hash: str = "") -> Page:
        """Opens the file as from disk; with a hash, waits for the evidence."""
        self.page.goto("about:blank")
        self.page.goto(file.resolve().as_uri() + hash)
        if hash:
            self.page.locator("#evidence-body > *").first.wait_for()
        return self.page


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = find_browser()
    assert program is not None, REMEDY
    # As root Chromium refuses its sandbox; what it opens here are pages that these tests have written.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=options)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Opened]]:
    """`open_page(color_scheme="dark", viewport=…)`: a page of a context of its own, without network."""
    contexts: list[Any] = []

    def start(**options: Any) -> Opened:
        context = browser.new_context(offline=True, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Opened(context.new_page())

    yield start
    for context in contexts:
        context.close()
