"""A small reader of POSIX shell and Bash: which commands a `run:` block starts, how they are joined, what they expand.

It knows quotes, line continuations, comments, pipes, `&&`, `||`, `;`, `&`, groups, `$( )`, backquotes, `<( )`,
redirections, heredocs and here-strings, and keeps `${{ }}` as part of a word. Reserved words of `if`, `for`, `case`
are passed over: the commands inside are found whatever the condition. It never raises: what it can't read becomes words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from graders.github_actions.expression import expression_end

_RESERVED = {
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
}
_OPERATORS = ("&&", "||", ";;", "|&", ";", "|", "&", "\n", "(", ")")
_REDIRECTS = ("<<<", "<<-", "<<", "&>>", "&>", ">>", ">&", "<&", ">|", "<>", ">", "<")
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class Word:
    """A word without its quotes. `variables` are the names that it expands, `nested` the commands it substitutes."""

    text: str
    variables: frozenset[str] = frozenset()
    nested: tuple[Pipeline, ...] = ()
    process: bool = False


@dataclass(frozen=True, slots=True)
class Redirect:
    """`operator` without its descriptor; for a heredoc `target.text` is the body."""

    operator: str
    target: Word


@dataclass(frozen=True, slots=True)
class Command:
    """A simple command, or a group (`words` empty, `group` filled). `line` is 1-based in the block."""

    words: tuple[Word, ...]
    assignments: tuple[tuple[str, Word], ...]
    redirects: tuple[Redirect, ...]
    line: int
    group: tuple[Pipeline, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(word.text for word in self.words)

    @property
    def name(self) -> str:
        """The program's name without the system's folders, wrappers such as `sudo` and `env` passed over."""
        return self.program[0] if self.program else ""

    @property
    def program(self) -> tuple[str, ...]:
        """The words from the program's name on, wrappers passed over (`/usr/bin/x` is `x`, `./x` stays)."""
        texts = list(self.texts)
        while texts:
            folder, _, base = texts[0].rpartition("/")
            first = base if folder in _PROGRAM_FOLDERS else texts[0]
            if first not in _WRAPPERS:
                return (first, *texts[1:])
            texts.pop(0)
            while texts and (
                texts[0].startswith("-")
                or _is_assignment(texts[0])
                or (first == "timeout" and texts[0][:1].isdigit())
            ):
                option = texts.pop(0)
                if option in _WRAPPER_OPTIONS and texts:
                    texts.pop(0)
        return ()

    def everything(self) -> Iterator[Word]:
        """Words, values of assignments and targets of redirections."""
        yield from self.words
        yield from (word for _, word in self.assignments)
        yield from (redirect.target for redirect in self.redirects)


_WRAPPERS = {
    "sudo",
    "env",
    "exec",
    "command",
    "nohup",
    "time",
    "timeout",
    "nice",
    "xvfb-run",
    "builtin",
    "stdbuf",
}
_PROGRAM_FOLDERS = {"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin"}
_WRAPPER_OPTIONS = {"-u", "--user", "-g", "-n", "-k", "-s", "--signal"}


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands joined by `|`; `joined` is the operator before it (`&&`, `||`, `;`, `&`)."""

    commands: tuple[Command, ...]
    joined: str = ";"


def parse(text: str) -> tuple[Pipeline, ...]:
    """The pipelines of a block in order."""
    return _Reader(text, 0, 1).pipelines("")


def commands(pipelines: tuple[Pipeline, ...]) -> Iterator[tuple[Command, Pipeline]]:
    """Every command with the pipeline it stands in, in order, those in groups and substitutions before their user."""
    for pipeline in pipelines:
        for command in pipeline.commands:
            for word in command.everything():
                yield from commands(word.nested)
            yield from commands(command.group)
            if command.words or command.assignments or command.redirects:
                yield command, pipeline


def _is_assignment(text: str) -> bool:
    name, equals, _ = text.partition("=")
    name = name.removesuffix("+")
    return bool(equals) and name.isidentifier() and name.isascii()


@dataclass(slots=True)
class _Building:
    words: list[Word] = field(default_factory=list[Word])
    assignments: list[tuple[str, Word]] = field(default_factory=list[tuple[str, Word]])
    redirects: list[Redirect] = field(default_factory=list[Redirect])
    group: list[Pipeline] = field(default_factory=list[Pipeline])
    line: int = 0

    def finish(self) -> Command | None:
        if not (self.words or self.assignments or self.redirects or self.group):
            return None
        return Command(
            tuple(self.words), tuple(self.assignments), tuple(self.redirects), self.line, tuple(self.group)
        )


class _Reader:
    def __init__(self, text: str, depth: int, line: int) -> None:
        self.text = text
        self.at = 0
        self.depth = depth
        self.line = line
        self.heredocs: list[tuple[_Building, int, str, bool, bool]] = []

    def pipelines(self, closing: str) -> tuple[Pipeline, ...]:
        """Read until the unmatched `closing` bracket (consumed) or the end."""
        found: list[Pipeline] = []
        pipe: list[Command] = []
        current = _Building()
        joined = ";"

        def end_command() -> None:
            nonlocal current
            command = current.finish()
            if command:
                pipe.append(command)
            current = _Building()

        def end_pipeline(next_joined: str) -> None:
            nonlocal joined
            end_command()
            if pipe:
                found.append(Pipeline(tuple(pipe), joined))
                pipe.clear()
            joined = next_joined

        while self.at < len(self.text):
            self._skip_blanks()
            if self.at >= len(self.text):
                break
            character = self.text[self.at]
            if character == "#":
                self._skip_comment()
                continue
            redirect = self._redirect()
            if redirect is not None:
                current.line = current.line or self.line
                self._read_redirect(redirect, current)
                continue
            operator = next((each for each in _OPERATORS if self.text.startswith(each, self.at)), None)
            brace = self._brace() if not current.words and not current.assignments else ""
            if brace == "}" and closing == "}":
                self.at += 1
                end_pipeline(";")
                return tuple(found)
            if brace == "{" and self.depth < _MAX_DEPTH:
                self.at += 1
                current.line = self.line
                current.group += self._inner("}")
                continue
            if operator is None:
                current.line = current.line or self.line
                self._add_word(current)
                continue
            if operator == ")" and closing == ")":
                self.at += 1
                end_pipeline(";")
                return tuple(found)
            if operator == "(" and self.depth < _MAX_DEPTH:
                self.at += 1
                if len(current.words) == 1 and self.text[self.at : self.at + 1] == ")":
                    self.at += 1  # the head of a function: its body is read like any commands
                    current = _Building()
                    continue
                current.line = self.line
                current.group += self._inner(")")
                continue
            self.at += len(operator)
            if operator in ("|", "|&"):
                end_command()
            else:
                if operator == "\n":
                    start_of_pipe = bool(pipe) and current.finish() is None
                    self._newline_read()
                    if start_of_pipe:
                        continue  # `curl x |` goes on in the next line
                    if current.finish() is None and not pipe:
                        continue  # `a &&` goes on in the next line
                end_pipeline(operator if operator in ("&&", "||", "&") else ";")
        self._read_heredocs()
        end_pipeline(";")
        return tuple(found)

    def _inner(self, closing: str) -> tuple[Pipeline, ...]:
        inner = _Reader(self.text, self.depth + 1, self.line)
        inner.at = self.at
        found = inner.pipelines(closing)
        self.at, self.line = inner.at, inner.line
        return found

    def _brace(self) -> str:
        character, behind = self.text[self.at], self.text[self.at + 1 : self.at + 2]
        return character if character in "{}" and (not behind or behind in " \t\n;|&)<>") else ""

    def _newline_read(self) -> None:
        self.line += 1
        self._read_heredocs()

    def _skip_blanks(self) -> None:
        while self.at < len(self.text):
            if self.text.startswith("\\\n", self.at):
                self.at += 2
                self.line += 1
            elif self.text[self.at] in " \t\r":
                self.at += 1
            else:
                return

    def _skip_comment(self) -> None:
        end = self.text.find("\n", self.at)
        self.at = len(self.text) if end < 0 else end

    def _redirect(self) -> str | None:
        at = self.at
        while at < len(self.text) and self.text[at].isdigit():
            at += 1
        if self.text.startswith(("<(", ">("), at):
            return None
        operator = next((each for each in _REDIRECTS if self.text.startswith(each, at)), None)
        if operator is None:
            return None
        self.at = at + len(operator)
        return operator

    def _read_redirect(self, operator: str, current: _Building) -> None:
        self._skip_blanks()
        start = self.at
        target = self._word()
        if operator in ("<<", "<<-"):
            quoted = any(mark in self.text[start : self.at] for mark in "'\"\\")
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
            while self.at < len(self.text):
                end = self.text.find("\n", self.at)
                end = len(self.text) if end < 0 else end
                line = self.text[self.at : end]
                self.at = min(end + 1, len(self.text))
                self.line += 1
                line = line.lstrip("\t") if tabs else line
                if line == delimiter:
                    break
                lines.append(line)
            body = "\n".join(lines)
            variables, nested = (frozenset[str](), ()) if quoted else _expansions(body, self.depth, self.line)
            building.redirects[position] = Redirect("<<", Word(body, variables, nested))

    def _add_word(self, current: _Building) -> None:
        start = self.at
        word = self._word()
        raw = self.text[start : self.at]
        if self.at == start:  # nothing that starts a word: never stand still
            self.at += 1
            return
        if not current.words and not current.group and raw in _RESERVED:
            return
        if not current.words and _is_assignment(raw.split("\n")[0]):
            name, _, value = word.text.partition("=")
            value_word = Word(value, word.variables, word.nested)
            current.assignments.append((name.removesuffix("+"), value_word))
            if self.text[self.at : self.at + 1] == "(" and not value:
                self.at += 1  # an array: its elements are words, no commands
                depth_read = self._inner(")")
                words = [
                    each for pipeline in depth_read for command in pipeline.commands for each in command.words
                ]
                current.assignments[-1] = (name, Word(" ".join(each.text for each in words), _union(words)))
            return
        current.words.append(word)

    def _word(self) -> Word:
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
                self._dollar(pieces, variables, nested)
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
                self._dollar(pieces, variables, nested)
            else:
                self.line += character == "\n"
                pieces.append(character)
                self.at += 1
        self.at += 1

    def _dollar(self, pieces: list[str], variables: set[str], nested: list[Pipeline]) -> None:
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
            if self.depth < _MAX_DEPTH:
                nested += _Reader(self.text[self.at + 1 : end], self.depth + 1, self.line).pipelines("")
            self.at = end + 1
        elif self.text.startswith("${", self.at):
            end = self._brace_end()
            inside = self.text[self.at + 2 : end - 1]
            variables.add(_leading_name(inside.lstrip("!#")))
            inner_variables, inner_nested = _expansions(inside, self.depth + 1, self.line)
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
        if self.depth < _MAX_DEPTH:
            nested += self._inner(")")
        pieces.append(self.text[start : self.at])


def _expansions(text: str, depth: int, line: int) -> tuple[frozenset[str], tuple[Pipeline, ...]]:
    """The variables and commands that a heredoc's body or the default of `${x:-…}` expands."""
    if depth >= _MAX_DEPTH:
        return frozenset(), ()
    reader = _Reader(text.replace('"', " "), depth + 1, line)
    variables: set[str] = set()
    nested: list[Pipeline] = []
    while reader.at < len(reader.text):
        if reader.text.startswith("${{", reader.at):
            reader.at = expression_end(reader.text, reader.at)
        elif reader.text[reader.at] == "\\":
            reader.at += 2
        elif reader.text[reader.at] in "$`":
            reader._dollar([], variables, nested)  # pyright: ignore[reportPrivateUsage]
        else:
            reader.at += 1
    return frozenset(variables), tuple(nested)


def _leading_name(text: str) -> str:
    end = 0
    while end < len(text) and (text[end] == "_" or text[end].isascii() and text[end].isalnum()):
        end += 1
    return "" if text[:1].isdigit() else text[:end]


def _union(words: list[Word]) -> frozenset[str]:
    return frozenset(name for word in words for name in word.variables)
