"""Words of a shell script: quotes, variables, substitutions, and `${{ }}`, which the runner fills in before the shell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graders.github_actions.expression import expression_end
from graders.github_actions.shell_model import Pipeline, Word

MAX_DEPTH = 20


@dataclass(slots=True)
class WordReader:
    """A place in a script. `inner` reads the commands of a substitution up to its closing bracket."""

    text: str
    inner: Inner
    depth: int = 0
    line: int = 1
    at: int = 0

    def word(self) -> Word:
        pieces: list[str] = []
        variables: set[str] = set()
        nested: list[Pipeline] = []
        process = False
        while self.at < len(self.text):
            character = self.text[self.at]
            if self.text.startswith("${{", self.at):
                pieces.append(self._expression())
            elif self.text.startswith("\\\n", self.at):
                self.at += 2
                self.line += 1
            elif character == "\\":
                pieces.append(self.text[self.at + 1 : self.at + 2])
                self.at += 2
            elif character == "'":
                pieces.append(self._single())
            elif self.text.startswith("$'", self.at):
                self.at += 1
                pieces.append(self._single())
            elif character == '"':
                self._double(pieces, variables, nested)
            elif self.text.startswith(("<(", ">("), self.at):
                process = True
                self._substitution(2, pieces, nested)
            elif character in "$`":
                self.dollar(pieces, variables, nested)
            elif character in " \t\r\n;|&()<>":
                break
            else:
                pieces.append(character)
                self.at += 1
        return Word("".join(pieces), frozenset(variables), tuple(nested), process)

    def _expression(self) -> str:
        end = expression_end(self.text, self.at)
        piece = self.text[self.at : end]
        self.line += piece.count("\n")
        self.at = end
        return piece

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        end = len(self.text) if end < 0 else end
        piece = self.text[self.at + 1 : end]
        self.line += piece.count("\n")
        self.at = end + 1
        return piece

    def _double(self, pieces: list[str], variables: set[str], nested: list[Pipeline]) -> None:
        self.at += 1
        while self.at < len(self.text) and self.text[self.at] != '"':
            character = self.text[self.at]
            if self.text.startswith("${{", self.at):
                pieces.append(self._expression())
            elif character == "\\":
                escaped = self.text[self.at + 1 : self.at + 2]
                self.line += escaped == "\n"
                pieces.append("" if escaped == "\n" else escaped if escaped in '"\\$`' else "\\" + escaped)
                self.at += 2
            elif character in "$`":
                self.dollar(pieces, variables, nested)
            else:
                self.line += character == "\n"
                pieces.append(character)
                self.at += 1
        self.at += 1

    def dollar(self, pieces: list[str], variables: set[str], nested: list[Pipeline]) -> None:
        if self.text.startswith("$((", self.at):
            end = self.text.find("))", self.at)
            end = len(self.text) if end < 0 else end + 2
            pieces.append(self.text[self.at : end])
            self.at = end
        elif self.text.startswith("$(", self.at):
            self._substitution(2, pieces, nested)
        elif self.text[self.at] == "`":
            end = self.text.find("`", self.at + 1)
            end = len(self.text) if end < 0 else end
            pieces.append(self.text[self.at : end + 1])
            if self.depth < MAX_DEPTH:
                nested += self.inner(
                    WordReader(self.text[self.at + 1 : end], self.inner, self.depth + 1, self.line), ""
                )
            self.at = end + 1
        elif self.text.startswith("${", self.at):
            end = self._brace_end()
            inside = self.text[self.at + 2 : end - 1]
            variables.add(_leading_name(inside.lstrip("!#")))
            inner_variables, inner_nested = expansions(inside, self.inner, self.depth + 1, self.line)
            variables |= inner_variables
            nested += inner_nested
            pieces.append(self.text[self.at : end])
            self.at = end
        else:
            name = _leading_name(self.text[self.at + 1 : self.at + 200])
            if name:
                variables.add(name)
            end = self.at + 1 + (len(name) or (self.text[self.at + 1 : self.at + 2] in "@*#?$!-0123456789"))
            pieces.append(self.text[self.at : end])
            self.at = max(end, self.at + 1)

    def _brace_end(self) -> int:
        depth, at = 0, self.at + 1
        while at < len(self.text):
            depth += (self.text[at] == "{") - (self.text[at] == "}")
            at += 1
            if depth == 0:
                return at
        return len(self.text)

    def _substitution(self, opening: int, pieces: list[str], nested: list[Pipeline]) -> None:
        start = self.at
        self.at += opening
        if self.depth < MAX_DEPTH:
            nested += self.inner(self, ")")
        pieces.append(self.text[start : self.at])


Inner = Callable[[WordReader, str], tuple[Pipeline, ...]]


def expansions(text: str, inner: Inner, depth: int, line: int) -> tuple[frozenset[str], tuple[Pipeline, ...]]:
    """The variables and commands that a heredoc's body or the default of `${x:-…}` expands."""
    if depth >= MAX_DEPTH:
        return frozenset(), ()
    reader = WordReader(text.replace('"', " "), inner, depth + 1, line)
    variables: set[str] = set()
    nested: list[Pipeline] = []
    while reader.at < len(reader.text):
        if reader.text.startswith("${{", reader.at):
            reader.at = expression_end(reader.text, reader.at)
        elif reader.text[reader.at] == "\\":
            reader.at += 2
        elif reader.text[reader.at] in "$`":
            reader.dollar([], variables, nested)
        else:
            reader.at += 1
    return frozenset(variables), tuple(nested)


def _leading_name(text: str) -> str:
    end = 0
    while end < len(text) and (text[end] == "_" or (text[end].isascii() and text[end].isalnum())):
        end += 1
    return "" if text[:1].isdigit() else text[:end]
