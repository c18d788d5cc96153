"""Documents: slugs, anchors, lists, code and the lines where they stand."""

from __future__ import annotations

import pytest

from graders import markdown
from graders.artifact import Artifact
from graders.markdown import Document
from graders.yaml_lines import Unparsable


def parse(text: str) -> Document:
    return markdown.parse(Artifact("a.md", "markdown", text))


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("High error rate", "high-error-rate"),
        ("`CheckoutBurn`: what now?", "checkoutburn-what-now"),
        ("Roll back & restore", "roll-back--restore"),
        ("Zürich_node 2.0", "zürich_node-20"),
    ],
)
def test_slugs_are_those_of_github(text: str, slug: str) -> None:
    assert parse(f"## {text}\n").headings[0].slug == slug


def test_repeated_headings_are_numbered() -> None:
    document = parse("# A\n\n# A\n\n# A-1\n\n# A\n")
    assert [heading.slug for heading in document.headings] == ["a", "a-1", "a-1-1", "a-2"]


def test_links_in_headings_count_by_their_text() -> None:
    assert parse("# See [the plan](x.md)\n").headings[0].slug == "see-the-plan"


def test_explicit_anchors() -> None:
    document = parse('<a id="one"></a>\n\ntext <a name=two></a>\n\n## Three {#three}\n\n`<a id="four">`\n')
    assert document.explicit == {"one", "two", "three"}


def test_headings_inside_code_are_none() -> None:
    assert [h.text for h in parse("# A\n\n```sh\n# not a heading\n```\n").headings] == ["A"]


def test_front_matter_is_no_heading_and_keeps_lines() -> None:
    document = parse("---\ntitle: x\n---\n# A\n")
    assert [(h.text, h.line) for h in document.headings] == [("A", 4)]


def test_lists_and_fences_have_lines() -> None:
    document = parse("# A\n\n1. one\n   ```bash\n   ls\n   ```\n2. two\n   1. inner\n\n- bullet\n")
    (listed,) = document.ordered_lists
    assert [(item.line, item.text) for item in listed.items] == [(3, "one\nls\n"), (7, "two\ninner")]
    assert [(fence.line, fence.info, fence.text) for fence in document.fences] == [(4, "bash", "ls\n")]


def test_tables_are_rows() -> None:
    rows = parse("| a | b |\n|---|---|\n| 1 | `x` |\n").rows
    assert [(row.line, row.cells) for row in rows] == [(1, ("a", "b")), (3, ("1", "x"))]


def test_limits_hold() -> None:
    with pytest.raises(Unparsable):
        parse("[" * 100)


def test_recognised_by_name_or_info() -> None:
    assert markdown.recognises("docs/A.MD", "", "")
    assert markdown.recognises(None, "markdown", "")
    assert not markdown.recognises("a.yaml", "markdown", "# x")
