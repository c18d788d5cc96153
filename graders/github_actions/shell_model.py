"""A shell script as values: pipelines of commands, commands of words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


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
            if first not in WRAPPERS:
                return (first, *texts[1:])
            texts.pop(0)
            while texts and (
                texts[0].startswith("-")
                or is_assignment(texts[0])
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


WRAPPERS = {
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


def commands(pipelines: tuple[Pipeline, ...]) -> Iterator[tuple[Command, Pipeline]]:
    """Every command with the pipeline it stands in, in order, those in groups and substitutions before their user."""
    for pipeline in pipelines:
        for command in pipeline.commands:
            for word in command.everything():
                yield from commands(word.nested)
            yield from commands(command.group)
            if command.words or command.assignments or command.redirects:
                yield command, pipeline


def is_assignment(text: str) -> bool:
    name, equals, _ = text.partition("=")
    name = name.removesuffix("+")
    return bool(equals) and name.isidentifier() and name.isascii()
