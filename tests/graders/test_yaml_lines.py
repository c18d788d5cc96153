"""YAML with lines: what PyYAML's own loader gets wrong, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.yaml_lines import Unparsable, YamlList, YamlMap, load, load_all


def test_on_is_text_in_1_2_and_a_boolean_in_1_1() -> None:
    assert list(load("on: push")) == ["on"]
    assert load("a: on", "1.2")["a"] == "on"
    assert load("a: on", "1.1")["a"] is True
    assert load("a: 'on'", "1.1")["a"] == "on"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12:30", "12:30"),
        ("1.31", 1.31),
        ("0o17", 15),
        ("0x1F", 31),
        ("1e3", 1000.0),
        ("~", None),
        ("", None),
        ('"5"', "5"),
        ("true", True),
        ("5m", "5m"),
        ("2024-01-01", "2024-01-01"),
        ("|\n    a\n    b", "a\nb"),
    ],
)
def test_scalars(text: str, value: object) -> None:
    assert load(f"key: {text}")["key"] == value


def test_a_tag_of_its_own_makes_text_and_single_letters_are_booleans_in_1_1() -> None:
    assert load("a: !!str 80\nb: &x !!str true\nc: 80") == {"a": "80", "b": "true", "c": 80}
    assert load("é: y\nb: !!str 80", "1.1") == {"é": True, "b": "80"}
    assert load("a: y", "1.2") == {"a": "y"}
    assert load("a: !Ref x") == {"a": "x"}


def test_octal_differs_by_version() -> None:
    assert load("mode: 0644", "1.1")["mode"] == 0o644
    assert load("mode: 0644", "1.2")["mode"] == 644


def test_every_key_and_item_keeps_its_line() -> None:
    document = load("a: 1\nb:\n  - x\n  - y: |\n      text\n    z: 2\n")
    assert isinstance(document, YamlMap)
    assert document.lines == {"a": 1, "b": 2}
    items = document["b"]
    assert isinstance(items, YamlList)
    assert items.lines == [3, 4]
    assert items[1].lines == {"y": 4, "z": 6}
    assert items[1].value_lines["y"] == 4


def test_merge_keys_and_anchors() -> None:
    document = load("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n")
    assert document["use"] == {"y": 3, "x": 1}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\na: 2", 2, "given twice"),
        ("a: [1", 2, ""),
        ("a:\n\t- b", 2, ""),
        ("a: &x [*x]", 1, "contains itself"),
        ("? [a]\n: b", 1, "plain text"),
        ("a: 1\n---\nb: 2", 3, "more than one"),
        ("a: " + "[" * 80, 1, "deeper than 64"),
        ("a: \x00", 1, "NUL"),
    ],
)
def test_what_is_refused_names_its_line(text: str, line: int, says: str) -> None:
    with pytest.raises(Unparsable) as caught:
        load(text)
    assert caught.value.line == line
    assert says in caught.value.message


def test_an_alias_bomb_is_refused_quickly() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
    )
    with pytest.raises(Unparsable, match="too many values"):
        load(bomb)


def test_deep_block_nesting_is_refused_without_a_crash() -> None:
    with pytest.raises(Unparsable):
        load("\n".join(" " * n + f"k{n}:" for n in range(300)))


@given(st.text(max_size=400))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    line = 1
    try:
        load_all(text)
    except Unparsable as error:
        line = error.line
    assert line >= 1
