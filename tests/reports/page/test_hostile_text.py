"""Answers and everything else are hostile text: whatever they hold, it stands on the page as text and does nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reports.page import write_page
from reports.page.page import render
from reports.page.visible import visible
from tests.reports.page.comparisons import comparison
from tests.reports.page.conftest import Opened

pytestmark = pytest.mark.slow

PAYLOADS = {
    "script": "<script>window.pwned=1</script>",
    "end of a data block": '</script><script>window.pwned=1;alert("x")</script><!--',
    "image": "<img src=x onerror=window.pwned=1>",
    "attribute": '"><svg onload=window.pwned=1> \' autofocus onfocus=alert(1) x="',
    "link": "javascript:window.pwned=1//",
    "style": "</style><style>*{background:url(http://127.0.0.1:9/x)}</style></title></textarea><plaintext>",
    "svg": '<svg><style><img src="</style><img src=x onerror=window.pwned=1>"></svg><math><mtext></mtext>',
    "frame": "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe><object data=x><embed src=x><base href=//x>",
    "form": "<form action=//127.0.0.1:9><input autofocus onfocus=window.pwned=1></form>",
    "refresh": "<meta http-equiv=refresh content='0;url=//127.0.0.1:9'><link rel=prefetch href=//127.0.0.1:9>",
    "template": "{{ 7*7 }}{% raw %}${7*7}<%= 7*7 %>&lt;b&gt;&#x3c;",
    "prototype": "__proto__ constructor toString",
    "unseen": "a\u2028b\u2029c \u202egpj.exe\u2066 d\x00e\x1b[31m\ufeff\u200bf \ud800 g\udfff \U000e0041",
}


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_payloads_in_every_field_stay_text(
    payload: str, tmp_path: Path, open_page: Callable[..., Opened]
) -> None:
    file = tmp_path / "page.html"
    compared = comparison(tmp_path, f" {payload}")
    write_page(compared, file)
    opened = open_page()
    page = opened.go(file)
    shown = visible(payload)
    for part in (
        "#notes",
        "#verdict",
        "#ranking",
        "#heat-map",
        "#pairs",
        "#cases",
        "#failures",
        "#reproduce",
    ):
        assert shown in page.locator(part).evaluate("node => node.textContent"), part
    assert shown in page.locator("#cost svg").evaluate("node => node.textContent") or len(payload) > 30
    for target in ("#failures th a", "#cases th a", "#notes tbody a", "#failures .place a"):
        page.evaluate("location.hash = ''")
        page.locator(target).first.click()
        page.locator("#evidence-body > *").first.wait_for()
        assert shown in page.locator("#evidence").evaluate("node => node.textContent"), target
    assert "Nothing here has this address" not in page.locator("#evidence-body").inner_text()
    answer = page.locator(".answer")
    text = answer.evaluate(
        "node => [...node.querySelectorAll('.text')].map(line => line.textContent).join('\\n')"
    )
    assert shown in text
    assert page.evaluate("window.pwned") is None
    assert (
        page.evaluate(
            "document.querySelectorAll('img, iframe, object, embed, form, base, link, [http-equiv=refresh]').length"
        )
        == 0
    )
    assert page.evaluate("document.scripts.length - document.querySelectorAll('script[type]').length") == 1
    assert opened.troubles == []


def test_a_markup_that_slipped_through_would_still_do_nothing(
    tmp_path: Path, open_page: Callable[..., Opened]
) -> None:
    html = render(comparison(tmp_path))
    slipped = "".join(PAYLOADS[name] for name in ("script", "image", "attribute", "frame", "form"))
    file = tmp_path / "page.html"
    file.write_text(html.replace("<main>", "<main>" + slipped))
    opened = open_page()
    page = opened.go(file)
    page.wait_for_timeout(200)
    assert page.evaluate("window.pwned") is None
    assert any("Content Security Policy" in trouble for trouble in opened.troubles)
    assert not any(trouble.startswith(("dialog", "popup")) for trouble in opened.troubles)
    with pytest.raises(Exception, match="TrustedHTML"):
        page.evaluate("document.body.innerHTML = '<p>x</p>'")


def test_the_page_has_no_inline_style_event_or_outside_address(tmp_path: Path) -> None:
    # The namespace of SVG is a name that nothing is fetched from.
    html = render(comparison(tmp_path, with_traces=True)).replace("'http://www.w3.org/2000/svg'", "")
    for forbidden in (
        " style=",
        " onclick",
        " onload",
        " onerror",
        "http:",
        "https:",
        "@import",
        "url(",
        "innerHTML",
    ):
        assert forbidden not in html, forbidden
