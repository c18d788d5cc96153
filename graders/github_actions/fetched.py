"""What a command fetches from the network, and how a file is named and run later (for GHA-17)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import normpath

from graders.github_actions import shell

_FETCHERS = {
    "curl",
    "wget",
    "irm",
    "iwr",
    "invoke-webrequest",
    "invoke-restmethod",
    "aria2c",
    "http",
    "https",
}
_INTERPRETERS_WITH_FILES = {
    "sh",
    "bash",
    "zsh",
    "dash",
    "ksh",
    "python",
    "python3",
    "perl",
    "ruby",
    "node",
    "php",
    "source",
    ".",
}
_CODE_OPTIONS = {"-c", "-m", "-e", "-n", "-p", "-ne", "-pe", "--eval", "-r"}


STREAM = "a stream"  # the name of what comes through a pipe and never was a file


@dataclass(slots=True)
class Fetched:
    """A file from the network, or (`unpacked`) what an archive left in `folder`."""

    name: str
    line: int
    verified: bool = False  # or told of already
    checked: bool = False
    folder: str = ""
    members: frozenset[str] = frozenset()
    unpacked: bool = False

    def is_named(self, text: str) -> bool:
        """Does `text` name this file, or one that came out of this archive?"""
        if not self.unpacked:
            return same_file(self.name, text)
        if any(same_file(member, text) for member in self.members):
            return True
        path = normpath(text)
        if self.folder and path.startswith(normpath(self.folder) + "/"):
            return True
        # What lies in it isn't known: programs and folders are named like their archive (helm-v3.tar.gz, aws/install).
        archive = self.name.rpartition("/")[2]
        return any(len(part) > 1 and archive.startswith(part) for part in path.split("/")) or (
            self.name == STREAM and not self.members and not self.folder and not text.startswith("-")
        )


def same_file(one: str, other: str) -> bool:
    """Do two texts name the same file? Folders are left out, since `cd` and variables hide them."""
    first, second = _plain(one), _plain(other)
    if not first or not second:
        return False
    return first == second or first.rpartition("/")[2] == second.rpartition("/")[2] != ""


def _plain(text: str) -> str:
    return re.sub(r"\$\{(\w+)\}", r"$\1", text).strip().rstrip("/")


def bin_folder(path: str) -> bool:
    """Is it a folder (or a file in one) that PATH looks into?"""
    return re.search(r"(^|/)s?bin(/|\Z)", path) is not None


def is_fetcher(command: shell.Command) -> bool:
    """Does the command get something from the network?"""
    program = command.program
    return command.name.lower() in _FETCHERS or program[:3] == ("gh", "release", "download")


def fetched_by(command: shell.Command, streaming: bool) -> list[str]:
    """The files that the command writes from the network (`streaming`: a fetcher stands before it in the pipe)."""
    redirected = [each.target.text for each in command.redirects if each.operator in (">", ">>", ">|")]
    redirected = [
        name for name in redirected if not name.startswith("/dev/") and not name.startswith("$GITHUB_")
    ]
    if command.name == "tee" and streaming:
        return [text for text in command.program[1:] if not text.startswith("-")]
    if streaming and command.name in ("gunzip", "zcat", "cat", "base64", "sudo"):
        return redirected
    if not is_fetcher(command):
        return []
    if command.name == "gh":
        return _options(command, "-O", "--output") or _options(command, "-p", "--pattern") or ["*"]
    if command.name == "wget":
        named = _options(command, "-O", "--output-document", short="O")
        return (
            [name for name in named if name != "-"] or redirected or ([] if named else _remote_names(command))
        )
    named = _options(command, "-o", "--output", short="o") + _options(command, "-OutFile", "-outfile")
    named = [name for name in named if name not in ("-", "/dev/null")]
    remote = any(
        re.fullmatch(r"-[A-Za-z]*O[A-Za-z]*|--remote-name(-all)?", text) for text in command.texts[1:]
    )
    return named or redirected or (_remote_names(command) if remote else [])


def _options(command: shell.Command, *names: str, short: str = "") -> list[str]:
    texts = command.texts
    found: list[str] = []
    for position, text in enumerate(texts):
        if text in names or (short and re.fullmatch(rf"-[A-Za-z]*{short}", text)):
            found += texts[position + 1 : position + 2]
        elif (
            short
            and (match := re.fullmatch(rf"-[A-Za-z]*{short}(-|[/\w$.].*)", text))
            and "--" not in text[:2]
        ):
            found.append(match[1])
        else:
            found += [
                text.partition("=")[2]
                for name in names
                if name.startswith("--") and text.startswith(name + "=")
            ]
    return found


def _remote_names(command: shell.Command) -> list[str]:
    urls = [text for text in command.texts[1:] if "/" in text and not text.startswith("-")]
    return [url.partition("?")[0].rstrip("/").rpartition("/")[2] for url in urls]


def script_of(command: shell.Command) -> tuple[str, bool]:
    """(the script file that an interpreter runs or "", does it read code from its input?)."""
    name, arguments = command.name.lower(), command.program[1:]
    if name in ("iex", "invoke-expression"):
        return "", True
    if name not in _INTERPRETERS_WITH_FILES:
        return "", False
    takes_value = (
        {"-o", "-O", "+o", "--rcfile", "--init-file"} if name not in ("python", "python3") else {"-W", "-X"}
    )
    position = 0
    while position < len(arguments):
        text = arguments[position]
        if text in _CODE_OPTIONS and not (
            name in ("sh", "bash", "zsh", "dash", "ksh") and text in ("-e", "-n", "-m", "-p", "-r")
        ):
            return "", False
        if text == "-s" or (
            re.fullmatch(r"-[a-z]*s[a-z]*", text) and name in ("sh", "bash", "zsh", "dash", "ksh")
        ):
            return "", True
        if text in ("-", "/dev/stdin", "--"):
            return (
                ("", True)
                if text != "--"
                else (arguments[position + 1] if position + 1 < len(arguments) else "", True)
            )
        if re.fullmatch(r"-[a-z]*c", text) and name in ("sh", "bash", "zsh", "dash", "ksh"):
            return "", False
        if text in takes_value or (re.fullmatch(r"[-+][a-z]*o", text) and "python" not in name):
            position += 2
            continue
        if not text.startswith(("-", "+")):
            return text, False
        position += 1
    return "", name not in ("source", ".")
