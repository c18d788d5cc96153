"""The shell reader: where commands start and end."""

from __future__ import annotations

import pytest

from graders.github_actions import shell


def _names(script: str) -> list[tuple[str, ...]]:
    return [command.texts for command, _ in shell.commands(shell.parse(script)) if command.words]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("a b # c | d\ne", [("a", "b"), ("e",)]),
        ("a \\\n  b && c || d; e & f", [("a", "b"), ("c",), ("d",), ("e",), ("f",)]),
        ("a 'x | y' \"p; q\" z\\ w", [("a", "x | y", "p; q", "z w")]),
        ("if a; then b; else c; fi", [("a",), ("b",), ("c",)]),
        ("f() {\n  a\n}\nf", [("a",), ("f",)]),
        ("x=$(a | b) c", [("a",), ("b",), ("c",)]),
        ("a <<'EOF'\nb | c\nEOF\nd", [("a",), ("d",)]),
        ("a <(b c)", [("b", "c"), ("a", "<(b c)")]),
        ("a#b http://x#y", [("a#b", "http://x#y")]),
        ("a ${{ x && 'p | q' }} b", [("a", "${{ x && 'p | q' }}", "b")]),
        ("a 2>&1 >out", [("a",)]),
        ("a |\n b", [("a",), ("b",)]),
        ("a $((1 + 2)) b", [("a", "$((1 + 2))", "b")]),
    ],
)
def test_commands(script: str, expected: list[tuple[str, ...]]) -> None:
    assert _names(script) == expected


def test_pipes_and_joins() -> None:
    first, second, third = shell.parse("a | b && c || d")
    assert [command.name for command in first.commands] == ["a", "b"]
    assert (second.joined, third.joined) == ("&&", "||")


def test_wrappers_are_passed_over_and_lines_counted() -> None:
    pipelines = shell.parse("x\n\nsudo -u app env A=1 /usr/bin/git push")
    command = pipelines[-1].commands[0]
    assert command.program == ("git", "push")
    assert command.line == 3


def test_single_quotes_expand_nothing() -> None:
    (pipeline,) = shell.parse("echo '$A' \"$B\" ${C:-$D}")
    assert [sorted(word.variables) for word in pipeline.commands[0].words] == [[], [], ["B"], ["C", "D"]]


def test_a_quoted_heredoc_expands_nothing() -> None:
    quoted, plain = shell.parse("a <<'E'\n$X\nE\nb <<E\n$X\nE\n")
    assert quoted.commands[0].redirects[0].target.variables == frozenset()
    assert plain.commands[0].redirects[0].target.variables == {"X"}


@pytest.mark.parametrize(
    "script", ["$(", "${", "'", '"', "<<", "`", "((", "a <<E\nx", "case x in", "|", "&&", ")"]
)
def test_what_is_unfinished_is_read_as_well_as_can_be(script: str) -> None:
    shell.parse("a " + script)
    shell.parse(script)
