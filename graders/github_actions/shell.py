"""A small reader of POSIX shell and Bash: which commands a `run:` block starts, how they are joined, what they expand.

It knows quotes, line continuations, comments, pipes, `&&`, `||`, `;`, `&`, groups, `$( )`, backquotes, `<( )`,
redirections, heredocs and here-strings, and keeps `${{ }}` as part of a word. Reserved words of `if`, `for`, `case`
are passed over: the commands inside are found whatever the condition. It never raises: what it can't read becomes words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from graders.github_actions.shell_model import Command, Pipeline, Redirect, Word, commands, is_assignment
from graders.github_actions.shell_words import MAX_DEPTH, WordReader, expansions

__all__ = ["Command", "Pipeline", "Redirect", "Word", "commands", "parse"]

_RESERVED = frozenset(
    (
        "if",
        "then",
        "else",
        "elif",
        "fi",
        "do",
        "done",
        "while",
        "until",
        "esac",
        "{",
        "}",
        "!",
        "time",
        "function",
    )
)
_OPERATORS = ("&&", "||", ";;", "|&", ";", "|", "&", "\n", "(", ")")
_REDIRECTS = ("<<<", "<<-", "<<", "&>>", "&>", ">>", ">&", "<&", ">|", "<>", ">", "<")


def parse(text: str) -> tuple[Pipeline, ...]:
    """The pipelines of a block in order."""
    return _commands(WordReader(text, _commands), "")


def _commands(place: WordReader, closing: str) -> tuple[Pipeline, ...]:
    place.depth += 1
    found = _Reader(place).pipelines(closing)
    place.depth -= 1
    return found


@dataclass(slots=True)
class _Building:
    words: list[Word] = field(default_factory=list[Word])
    assignments: list[tuple[str, Word]] = field(default_factory=list[tuple[str, Word]])
    redirects: list[Redirect] = field(default_factory=list[Redirect])
    group: list[Pipeline] = field(default_factory=list[Pipeline])
    line: int = 0

    def is_empty(self) -> bool:
        return not (self.words or self.assignments or self.redirects or self.group)

    def finish(self, depth: int) -> Command:
        plain = Command(tuple(self.words), tuple(self.assignments), tuple(self.redirects), self.line, ())
        script = _script_given(plain) if depth < MAX_DEPTH else ""
        inside = _commands(WordReader(script, _commands, depth + 1, self.line), "") if script else ()
        return replace(plain, group=(*self.group, *inside))


def _script_given(command: Command) -> str:
    """The script that stands in the command itself: `bash -c '…'`, `eval '…'`, a heredoc for `sh`."""
    name, arguments = command.name, command.program[1:]
    if name == "eval":
        return " ".join(arguments)
    if name not in ("sh", "bash", "zsh", "dash", "ksh"):
        return ""
    for position, text in enumerate(arguments[:-1]):
        if re.fullmatch(r"-[a-z]*c", text):
            return arguments[position + 1]
    if (
        any(not text.startswith(("-", "+")) and text != "pipefail" for text in arguments)
        and "-s" not in arguments
    ):
        return ""
    return "\n".join(each.target.text for each in command.redirects if each.operator in ("<<", "<<<"))


@dataclass(slots=True)
class _Listing:
    """The pipelines of a list: those that are complete with the operator before each, and the one that is being read."""

    depth: int
    complete: list[tuple[list[_Building], str]] = field(default_factory=list[tuple[list[_Building], str]])
    pipe: list[_Building] = field(default_factory=list[_Building])
    current: _Building = field(default_factory=_Building)
    joined: str = ";"

    def end_command(self) -> None:
        if not self.current.is_empty():
            self.pipe.append(self.current)
        self.current = _Building()

    def end_pipeline(self, next_joined: str) -> None:
        self.end_command()
        if self.pipe:
            self.complete.append((self.pipe, self.joined))
            self.pipe = []
        self.joined = next_joined

    def finish(self) -> tuple[Pipeline, ...]:
        """Only in the end: the body of a heredoc stands behind the line that asks for it."""
        self.end_pipeline(";")
        return tuple(
            Pipeline(tuple(each.finish(self.depth) for each in commands_read), operator_before)
            for commands_read, operator_before in self.complete
        )


class _Reader:
    def __init__(self, place: WordReader) -> None:
        self.place = place
        self.heredocs: list[tuple[_Building, int, str, bool, bool]] = []

    def pipelines(self, closing: str) -> tuple[Pipeline, ...]:
        """Read until the unmatched `closing` bracket (consumed) or the end."""
        listing = _Listing(self.place.depth)
        while self._at_something():
            redirect = self._redirect()
            token = "" if redirect else self._token(listing.current)
            if redirect:
                listing.current.line = listing.current.line or self.place.line
                self._read_redirect(redirect, listing.current)
            elif token and token == closing:
                self.place.at += 1
                return listing.finish()
            elif token in ("{", "(") and self.place.depth < MAX_DEPTH:
                self.place.at += 1
                self._read_group(token, listing)
            elif token in _OPERATORS:
                self.place.at += len(token)
                self._read_operator(token, listing)
            else:
                listing.current.line = listing.current.line or self.place.line
                self._add_word(listing.current)
        self._read_heredocs()
        return listing.finish()

    def _at_something(self) -> bool:
        """Pass over blanks and comments. Is there anything left?"""
        self._skip_blanks()
        while self.place.text.startswith("#", self.place.at):
            self._skip_comment()
            self._skip_blanks()
        return self.place.at < len(self.place.text)

    def _token(self, current: _Building) -> str:
        """The operator or, where a command may begin, the brace that stands here; "" before a word."""
        brace = self._brace() if not current.words and not current.assignments else ""
        operators = (each for each in _OPERATORS if self.place.text.startswith(each, self.place.at))
        return brace or next(operators, "")

    def _read_group(self, opening: str, listing: _Listing) -> None:
        current = listing.current
        behind = self.place.text[self.place.at : self.place.at + 1]
        if opening == "(" and len(current.words) == 1 and behind == ")":
            self.place.at += 1  # the head of a function: its body is read like any commands
            listing.current = _Building()
            return
        current.line = self.place.line
        current.group += self._inner("}" if opening == "{" else ")")

    def _read_operator(self, operator: str, listing: _Listing) -> None:
        if operator in ("|", "|&"):
            listing.end_command()
            return
        if operator == "\n":
            self._newline_read()
            if listing.current.is_empty():
                return  # `curl x |` and `a &&` go on in the next line
        listing.end_pipeline(operator if operator in ("&&", "||", "&") else ";")

    def _inner(self, closing: str) -> tuple[Pipeline, ...]:
        return _commands(self.place, closing)

    def _brace(self) -> str:
        character, behind = (
            self.place.text[self.place.at],
            self.place.text[self.place.at + 1 : self.place.at + 2],
        )
        return character if character in "{}" and (not behind or behind in " \t\n;|&)<>") else ""

    def _newline_read(self) -> None:
        self.place.line += 1
        self._read_heredocs()

    def _skip_blanks(self) -> None:
        while self.place.at < len(self.place.text):
            if self.place.text.startswith("\\\n", self.place.at):
                self.place.at += 2
                self.place.line += 1
            elif self.place.text[self.place.at] in " \t\r":
                self.place.at += 1
            else:
                return

    def _skip_comment(self) -> None:
        end = self.place.text.find("\n", self.place.at)
        self.place.at = len(self.place.text) if end < 0 else end

    def _redirect(self) -> str | None:
        at = self.place.at
        while at < len(self.place.text) and self.place.text[at].isdigit():
            at += 1
        if self.place.text.startswith(("<(", ">("), at):
            return None
        operator = next((each for each in _REDIRECTS if self.place.text.startswith(each, at)), None)
        if operator is None:
            return None
        self.place.at = at + len(operator)
        return operator

    def _read_redirect(self, operator: str, current: _Building) -> None:
        self._skip_blanks()
        start = self.place.at
        target = self.place.word()
        if operator in ("<<", "<<-"):
            quoted = any(mark in self.place.text[start : self.place.at] for mark in "'\"\\")
            current.redirects.append(Redirect(operator, target))
            self.heredocs.append(
                (current, len(current.redirects) - 1, target.text, operator == "<<-", quoted)
            )
        else:
            current.redirects.append(Redirect(operator, target))

    def _read_heredocs(self) -> None:
        waiting, self.heredocs = self.heredocs, []
        for building, position, delimiter, tabs, quoted in waiting:
            lines: list[str] = []
            while self.place.at < len(self.place.text):
                end = self.place.text.find("\n", self.place.at)
                end = len(self.place.text) if end < 0 else end
                line = self.place.text[self.place.at : end]
                self.place.at = min(end + 1, len(self.place.text))
                self.place.line += 1
                line = line.lstrip("\t") if tabs else line
                if line == delimiter:
                    break
                lines.append(line)
            body = "\n".join(lines)
            variables, nested = (
                (frozenset[str](), ())
                if quoted
                else expansions(body, _commands, self.place.depth, self.place.line)
            )
            building.redirects[position] = Redirect("<<", Word(body, variables, nested))

    def _add_word(self, current: _Building) -> None:
        start = self.place.at
        word = self.place.word()
        raw = self.place.text[start : self.place.at]
        if self.place.at == start:  # nothing that starts a word: never stand still
            self.place.at += 1
            return
        if not current.words and not current.group and raw in _RESERVED:
            return
        if not current.words and is_assignment(raw.split("\n")[0]):
            name, _, value = word.text.partition("=")
            value_word = Word(value, word.variables, word.nested)
            current.assignments.append((name.removesuffix("+"), value_word))
            if self.place.text[self.place.at : self.place.at + 1] == "(" and not value:
                self.place.at += 1  # an array: its elements are words, no commands
                depth_read = self._inner(")")
                words = [
                    each for pipeline in depth_read for command in pipeline.commands for each in command.words
                ]
                current.assignments[-1] = (name, Word(" ".join(each.text for each in words), _union(words)))
            return
        current.words.append(word)


def _union(words: list[Word]) -> frozenset[str]:
    return frozenset(name for word in words for name in word.variables)
