"""A stranger's text steers neither a terminal nor Markdown."""

import pytest
from markdown_it import MarkdownIt

from reports.safe_text import for_markdown, for_terminal


def test_escape_sequences_and_turned_text_are_shown_not_obeyed() -> None:
    assert for_terminal("a\x1b[2Jb\x07\u202ec\r") == "a\\x1b[2Jb\\x07\\x202ec\\x0d"
    assert for_terminal("tab\tand\nline stay") == "tab\tand\nline stay"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[click](javascript:alert(1))",
        "![x](http://example.com/x.png)",
        "**bold** `code` | cell | <b>x</b>",
        "# heading\n\n- list",
        "&lt;b&gt; $x^2$ ~~gone~~",
        "a\n\n<img src=x onerror=alert(1)>",
    ],
)
def test_markup_of_an_answer_stays_plain_text(text: str) -> None:
    html = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render("- " + for_markdown(text))
    for tag in ("<script", "<a ", "<img", "<strong", "<code", "<h1", "<b>", "<s>", "<td"):
        assert tag not in html
