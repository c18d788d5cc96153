"""The parts of the page that need no browser."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from markupsafe import escape

from reports.comparison.compare import compare
from reports.comparison.comparison import Comparison, Difference
from reports.page import links, standings, write_page
from reports.page.cases import case_rows, failures
from reports.page.evidence import pack, pack_cases
from reports.page.heat_map import heat_map
from reports.page.index import index, known_rules
from reports.page.origin import commands, origin
from reports.page.page import render
from reports.page.pareto import pareto
from reports.page.samples import Sample, all_samples
from reports.page.svg import COLOURS, clean
from reports.page.visible import visible, visible_data, visible_line
from tests.reports.page.comparisons import answer_row, comparison, finding, grade_row


def unpack(block: str) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(block), -zlib.MAX_WBITS))


@pytest.fixture
def compared(tmp_path: Path) -> Comparison:
    return comparison(tmp_path)


def test_what_cannot_be_seen_is_shown_by_its_number() -> None:
    assert visible("a\u202eb\x00c\ud800d\u2028e\U000e0041\x7f") == (
        "a⟨U+202E⟩b⟨U+0000⟩c⟨U+D800⟩d⟨U+2028⟩e⟨U+E0041⟩⟨U+007F⟩"
    )
    assert visible("tab\tline\nמודל 👩\u200d🔧 naïve") == "tab\tline\nמודל 👩\u200d🔧 naïve"
    assert visible_line("a\nb\tc") == "a⟨U+000A⟩b⟨U+0009⟩c"
    assert visible_data({"\ud800": ["\x00", 1, None]}) == {"⟨U+D800⟩": ["⟨U+0000⟩", 1, None]}


def test_packed_data_comes_back_and_holds_no_markup() -> None:
    data = {"text": "</script><!--\ud800", "list": [1, 2.5, None]}
    block = pack(data)
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", block)
    assert unpack(block) == {"text": "</script><!--⟨U+D800⟩", "list": [1, 2.5, None]}


def test_evidence_of_a_case_holds_the_answers_of_all(compared: Comparison) -> None:
    packed = pack_cases(all_samples(compared), 10**6)
    assert packed.left_out == []
    assert list(packed.blocks) == ["pipelines/release", "kubernetes/web", "pipelines/late"]
    rows = unpack(packed.blocks["pipelines/release"])
    assert [row["entry"] for row in rows] == [1, 2, 3]
    assert rows[1]["turns"][0]["text"].startswith("Here is the workflow.")
    assert rows[1]["findings"][0]["violations"][0]["line"] == 4


def test_above_the_budget_failures_and_disagreements_stay() -> None:
    text = "\n".join(f"{number * 7919 % 104729:x}" for number in range(3000))
    samples: list[Sample] = []
    for case, score, outcome in (
        ("a/same", 1.0, "pass"),
        ("a/differs", 0.0, "fail"),
        ("a/fails", 0.9, "fail"),
    ):
        id = f"{case}@1#1"
        grade = grade_row(id, score, [finding("GHA-01", outcome, "why", 1)])
        better = grade_row(id, 1.0 if case == "a/differs" else score, [finding("GHA-01", outcome, "why", 1)])
        samples += [
            Sample(1, id, answer_row(id, text), grade),
            Sample(2, id, answer_row(id, text[::-1]), better),
        ]
    whole = pack_cases(samples, 10**7).size
    packed = pack_cases(samples, whole * 2 // 3 + 2000)
    assert packed.size <= whole * 2 // 3 + 2000
    assert {sample.case for sample in packed.left_out} == {"a/same"}
    row = unpack(packed.blocks["a/same"])[0]
    assert row["turns"][0]["text"] is None
    assert row["turns"][0]["cut"] == 3000
    assert row["findings"] == [{"rule": "GHA-01", "outcome": "pass"}]


def test_void_samples_say_why(compared: Comparison) -> None:
    void = {sample.id: sample.void for sample in all_samples(compared) if sample.void}
    assert void == {
        "kubernetes/web@1#1": "grader error: SEC-01: the tool stopped",
        "pipelines/late@1#1": "unanswered: connection refused",
    }


def test_a_sample_that_was_never_asked_or_graded_is_void(compared: Comparison) -> None:
    first = compared.entries[0]
    first.about["samples"] = [*first.about["samples"], "pipelines/never@1#1"]
    later = dataclasses.replace(first, grades=[], about=first.about | {"grader": "newer"})
    void = [sample.void for sample in all_samples(dataclasses.replace(compared, entries=[later]))]
    assert void == ["not graded: the run was stopped early"] * 2 + ["not asked: the run was stopped early"]


def test_the_index_knows_rules_and_first_places(compared: Comparison) -> None:
    data = index(compared, all_samples(compared), ["pipelines/release"])
    assert data["rules"]["GHA-01"]["question"].startswith("Is the file a workflow")
    failed = next(sample for sample in data["samples"] if sample["entry"] == 2)
    assert failed["failures"][0]["rule"] == "SEC-01"
    assert failed["failures"][0]["line"] == 4


def test_the_heat_map_counts_and_shades(compared: Comparison) -> None:
    groups = {group.heading: group for group in heat_map(compared, known_rules(all_samples(compared)))}
    assert list(groups) == ["Constraints", "Areas", "Rules"]
    rules = groups["Rules"].rows
    assert [row.name for row in rules] == ["GHA-01", "SEC-01"]
    assert [(cell.text, cell.step) for cell in rules[1].cells] == [("2/2", 10), ("1/2", 5), ("1/1", 10)]
    assert rules[1].cells[1].href == "#list=2&rule=SEC-01"
    assert groups["Areas"].rows[0].cells[2].text == ""


def test_cases_come_by_their_spread_and_failures_by_weight(compared: Comparison) -> None:
    assert [(row.name, row.about) for row in case_rows(compared)] == [
        ("kubernetes/web", "75"),
        ("pipelines/release", "50"),
    ]
    samples = all_samples(compared)
    found = failures(samples, known_rules(samples), [entry.name for entry in compared.entries])
    assert [(failure.rule, failure.count) for failure in found] == [("GHA-01", 1), ("SEC-01", 1)]
    example = found[1].example
    assert example is not None
    assert (example.place, example.who) == (".github/workflows/release.yml:4", "model-1")
    assert example.href == "#sample=2/pipelines/release%401%231&rule=SEC-01"


def test_no_pair_is_ordered_that_may_be_chance(compared: Comparison) -> None:
    score, other = standings.families(compared)
    assert [pair.verdict for pair in score.pairs] == ["the first is ahead", "can’t be told apart"]
    assert score.pairs[0].bar == standings.Bar(75.0, 87.5, 100.0)
    assert (other.name, other.several) == ("c", False)


def test_many_pairs_are_cut_to_those_told_apart(compared: Comparison) -> None:
    pairs = [
        Difference(
            "model-0",
            "model-1",
            "score",
            0.1,
            (0.0, 0.2),
            None,
            0.001,
            0.01 if number < 3 else 0.9,
            "score",
            9,
        )
        for number in range(300)
    ]
    (family,) = standings.families(dataclasses.replace(compared, differences=pairs))
    assert (len(family.pairs), family.silent) == (3, 297)


def test_ties_are_ranges(compared: Comparison) -> None:
    assert [standings.rank(entry) for entry in compared.entries] == ["1", "2 – 3", "2 – 3"]


def test_addresses_are_quoted() -> None:
    assert links.to_case("a/b c&d=\ud800") == "#case=a/b%20c%26d%3D%E2%9F%A8U%2BD800%E2%9F%A9"
    assert links.to_list(constraint="intent") == "#list=all&constraint=intent"
    assert links.to_pair(1, 2, "score") == "#pair=1/2"
    assert links.to_pair(1, 2, "constraint a b") == "#pair=1/2&constraint=a%20b"


def test_what_all_runs_share_is_said_once(compared: Comparison) -> None:
    facts = origin(compared)
    assert facts.shared["persona"] == "devops-engineer 1.0, sha256 89c33871ad51"
    assert facts.differing == ["samples", "run"]
    assert [row[0] for row in facts.rows] == ["2", "2", "3"]


def test_commands_are_quoted_for_a_shell(compared: Comparison) -> None:
    first = compared.entries[0]
    first.about["model"]["name"] = "x; rm -rf $HOME"
    first.about["persona"] = None
    lines = [line for _, line in commands(compared)]
    assert lines[0].startswith(".venv/bin/drydock compare ")
    assert "make eval MODEL='x; rm -rf $HOME' PERSONA=none SEED=1 EPOCHS=1" in lines


def test_two_cards_are_compared_again_as_such(compared: Comparison) -> None:
    assert "--across" not in commands(compared)[0][1]
    compared.entries[0].about["persona"] = None
    assert commands(compared)[0][1].endswith(" --across persona")


def test_a_comparison_of_stored_runs_has_a_page(compared: Comparison, tmp_path: Path) -> None:
    again = compare([compared.entries[0].folder, compared.entries[1].folder])
    html = render(again)
    assert html.count("#list=2") > 5
    for sentence in again.verdict:
        assert str(escape(sentence)) in html


def test_a_plot_keeps_shapes_and_loses_everything_else() -> None:
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><script>x()</script><style>x</style>'
        f'<g style="fill:red" aria-label="noise"><path d="M0,0" fill="{COLOURS["accent"]}" stroke="#ddd"/>'
        '<text opacity="0">hidden</text><text>a &lt;b&gt;</text></g><a href="javascript:x()"><text>link</text></a></svg>'
    )
    assert clean(drawn, 'A "plot"') == (
        '<svg role="img" aria-label="A &quot;plot&quot;" class="plot"><g>'
        '<path d="M0,0" class="fill-accent stroke-ink"></path><text>a &lt;b&gt;</text></g></svg>'
    )
    with pytest.raises(ElementTree.ParseError):
        clean("<html/>", "x")


def test_without_two_prices_there_is_no_plot(compared: Comparison) -> None:
    drawn = pareto(compared)
    assert drawn is not None
    assert "fill-accent" in drawn
    assert not re.search(r"#0[0-9]{5}", drawn)
    free = [dataclasses.replace(entry, cost_per_1000=0.0) for entry in compared.entries]
    assert pareto(dataclasses.replace(compared, entries=free)) is None


def test_every_class_of_a_plot_has_a_colour() -> None:
    style = (Path(links.__file__).parent / "style" / "page.css").read_text()
    for name in COLOURS:
        assert f".fill-{name} {{" in style
        assert f".stroke-{name} {{" in style


def test_the_file_is_whole_and_notes_come_before_the_verdict(compared: Comparison, tmp_path: Path) -> None:
    write_page(compared, tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert html.rstrip().endswith("</html>")
    assert html.index('id="notes"') < html.index('id="verdict"') < html.index('id="ranking"')
    assert not list(tmp_path.glob("*.tmp"))


def test_one_entry_alone_has_a_page(compared: Comparison) -> None:
    alone = dataclasses.replace(
        compared, entries=compared.entries[:1], differences=[], stability=[], notes=[], detectable=None
    )
    html = render(alone)
    assert "One model alone has no pairs." in html
    assert "Nothing was left out" in html


def test_a_page_that_would_be_too_large_says_what_it_lacks(compared: Comparison) -> None:
    for entry in compared.entries:
        for row in entry.answers:
            row["turns"][0]["text"] += "\n".join(f"{number * 7919 % 104729:x}" for number in range(4000))
    whole = render(compared)
    small = render(compared, most_bytes=len(whole.encode()) - 20_000)
    assert len(small.encode()) <= len(whole.encode()) - 20_000
    assert "is left out to keep this page small" in small
    assert "is left out to keep this page small: failures" not in whole
