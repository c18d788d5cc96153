"""A corpus is checked when it is loaded, and each mistake names file and line."""

from pathlib import Path

import pytest

from harness.corpus import CorpusError, load_corpus
from harness.corpus.case import CANARY
from tests.harness.corpus_folder import CASE, write_corpus


def mistakes(folder: Path, text: str) -> list[str]:
    write_corpus(folder, text=text)
    with pytest.raises(CorpusError) as caught:
        load_corpus([folder])
    return caught.value.mistakes


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)


def test_a_right_corpus_loads(tmp_path: Path) -> None:
    corpus = load_corpus([write_corpus(tmp_path, cases=3)])
    assert corpus.ids == ["area/case-0", "area/case-1", "area/case-2"]
    assert corpus.case("area/case-1").area == "area"
    assert corpus.case("area/case-1").careless is not None


def test_the_hash_changes_with_any_file(tmp_path: Path) -> None:
    before = load_corpus([write_corpus(tmp_path)]).hash
    answer = tmp_path / "area/case-0/careless.md"
    answer.write_text(answer.read_text() + "\n")
    assert load_corpus([tmp_path]).hash != before


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        ("title: A pipeline for a service\n", "", "canary", "title"),
        ("  GHA-02:", "  GHA-99:", "GHA-99", "there is no rule GHA-99"),
        ("cap_minutes: ⟦cap⟧", "cap_hours: 1", "GHA-14", "no parameter 'cap_hours'"),
        ("cap_minutes: ⟦cap⟧", "cap_minutes: soon", "GHA-14", "cap_minutes"),
        ("kind: github_actions", "kind: gitlab", "{id: workflow", "no grader reads 'gitlab'"),
        (
            "Write the workflow that tests ⟦service⟧",
            "Write the workflow for ⟦servce⟧",
            "parameters",
            "servce",
        ),
        (
            "SEC-01: {",
            "IAC-02: {because: pinned versions}\n  SEC-01: {",
            "IAC-02",
            "which this case does not ask for",
        ),
        ("critical: true", "on: [nothing], critical: true", "SEC-01", "there is no deliverable 'nothing'"),
        (CANARY, "no canary", "canary", "the canary must be exactly"),
        ("request: Write", "request: [Write", "request", "expected"),
        ("  GHA-02:", "  GHA-01: {because: a second one of them}\n  GHA-02:", "a second one", "given twice"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(
    tmp_path: Path, old: str, new: str, where: str, says: str
) -> None:
    text = CASE.replace(old, new)
    assert text != CASE
    found = mistakes(tmp_path, text)
    assert any(says in mistake and "case.yaml:" in mistake for mistake in found), found
    if says != "expected":  # a syntax error is found where the parser gives up
        line = line_of(text, f"{where}:" if f"{where}:" in text else where)
        assert any(f"case.yaml:{line}:" in mistake for mistake in found), (line, found)


def test_a_careless_answer_may_only_declare_rules_of_its_case(tmp_path: Path) -> None:
    write_corpus(tmp_path)
    careless = tmp_path / "area/case-0/careless.md"
    careless.write_text(careless.read_text().replace("GHA-14:", "GHA-15:"))
    with pytest.raises(CorpusError, match="GHA-15"):
        load_corpus([tmp_path])


def test_an_answer_without_front_matter_is_refused(tmp_path: Path) -> None:
    write_corpus(tmp_path)
    (tmp_path / "area/case-0/accepted/first.md").write_text("no front matter")
    with pytest.raises(CorpusError, match=r"first\.md:1"):
        load_corpus([tmp_path])


def test_a_folder_without_cases_and_one_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="holds no case"):
        load_corpus([tmp_path])
    with pytest.raises(CorpusError, match="no such folder"):
        load_corpus([tmp_path / "nowhere"])


def test_only_the_cases_that_are_meant_are_tried_out(tmp_path: Path) -> None:
    write_corpus(tmp_path, cases=2)
    (broken, other) = sorted(tmp_path.glob("*/*/case.yaml"))
    broken.write_text(broken.read_text().replace("⟦", "⟦nothing.", 1))
    with pytest.raises(CorpusError):
        load_corpus([tmp_path])
    id = f"{other.parent.parent.name}/{other.parent.name}"
    assert id in load_corpus([tmp_path], [id]).ids
