"""The persona card: its form, its metadata, and what is refused."""

from pathlib import Path

import pytest

from harness.persona import DEFAULT, SECTIONS, PersonaError, load_persona

CARD = (Path(__file__).parents[2] / DEFAULT).read_text(encoding="utf-8")


def test_own_card_gives_version_and_limit_from_its_metadata() -> None:
    persona = load_persona(None)
    assert persona is not None
    assert (persona.name, persona.version, persona.context_limit) == ("devops-engineer", "1.0", 8192)
    assert persona.text == CARD


def test_none_leaves_the_card_out() -> None:
    assert load_persona("none") is None


@pytest.mark.parametrize("section", SECTIONS)
def test_a_card_without_a_section_is_refused_by_the_sections_name(section: str, tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text("\n".join(line for line in CARD.splitlines() if not line.endswith(f". {section}")))
    with pytest.raises(PersonaError, match=section.replace("&", ".")):
        load_persona(str(card))


@pytest.mark.parametrize(
    ("words", "tokens"), [("~8k tokens", 8192), ("16k", 16384), ("32,000 tokens", 32000), ("4096", 4096)]
)
def test_context_limit_is_read_in_its_usual_forms(words: str, tokens: int, tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text(CARD.replace("~8k tokens", words))
    persona = load_persona(str(card))
    assert persona is not None
    assert persona.context_limit == tokens


def test_a_limit_that_is_no_number_is_refused(tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text(CARD.replace("~8k tokens", "plenty"))
    with pytest.raises(PersonaError, match="plenty"):
        load_persona(str(card))


def test_a_missing_file_is_named() -> None:
    with pytest.raises(PersonaError, match="nowhere"):
        load_persona("nowhere.md")


def test_a_heading_inside_a_fence_is_no_section(tmp_path: Path) -> None:
    card = tmp_path / "card.md"
    card.write_text(CARD.replace("## 4. Knowledge Scope", "```\n## 4. Knowledge Scope\n```"))
    with pytest.raises(PersonaError, match="Knowledge Scope"):
        load_persona(str(card))
