"""Which downloads a command verifies (for GHA-17)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from graders.github_actions import shell
from graders.github_actions.fetched import Fetched, same_file

_SUMS = {
    "sha256sum",
    "sha512sum",
    "sha384sum",
    "sha224sum",
    "shasum",
    "b2sum",
    "sha1sum",
    "md5sum",
    "gsha256sum",
}
_SWALLOWING = {"true", ":", "echo", "printf"}
_LIST = re.compile(r"sums?\b|checksum|\.sha\d*|\.sum|digest|\.md5", re.IGNORECASE)
_TESTS = {"[", "[[", "test"}


@dataclass(slots=True)
class Verified:
    """Lists of sums that were made from the downloads themselves (checking against them proves nothing), and
    variables that hold a computed sum."""

    own_lists: set[str] = field(default_factory=set[str])
    sums: dict[str, str] = field(
        default_factory=dict[str, str]
    )  # variable -> the command that computed a sum into it


def verifies(
    pipeline: shell.Pipeline, following: shell.Pipeline | None, files: list[Fetched], state: Verified
) -> Iterator[Fetched]:
    """The downloads that the pipeline verifies; failures that are swallowed by `|| true` verify nothing."""
    _note_sums(pipeline, state)
    if following is not None and following.joined == "||" and following.commands[0].name in _SWALLOWING:
        return
    for position, command in enumerate(pipeline.commands):
        if not _is_check(command) or any(text in state.own_lists for text in command.texts):
            continue
        fed = [word for each in pipeline.commands[: position + 1] for word in each.everything()]
        if command.name in _SUMS and any(_computes(word) for word in fed):
            continue  # the sum to compare with was made from the download itself
        if command.name in _TESTS and not any(
            _computes(word) or word.variables & set(state.sums) for word in command.words
        ):
            continue
        around = [*pipeline.commands[:position], command]
        mentioned = " ".join(word.text for each in around for word in each.everything())
        mentioned += " ".join(
            text for name, text in state.sums.items() if any(name in w.variables for w in command.words)
        )
        waiting = [file for file in files if not file.verified and not file.unpacked]
        named = [file for file in waiting if not _LIST.search(file.name) and _mentions(mentioned, file.name)]
        if command.name in _SUMS and not named and _names_other_files(mentioned):
            continue
        if command.name in _SUMS and not named:
            yield from _listed(
                command, waiting
            )  # the list is a file that can't be read: it holds what was fetched
        else:
            yield from named


def _names_other_files(mentioned: str) -> bool:
    """A sum with a literal file name behind it, in what the command is fed: the list can be read, and holds another."""
    return re.search(r"\b[0-9a-f]{32,128}\s+\*?[\w./-]+\s*(\\n)?(\s|$)", mentioned) is not None


def _listed(command: shell.Command, waiting: list[Fetched]) -> list[Fetched]:
    """`x.tgz.sha256` is about x.tgz; any other list is taken to hold every download."""
    lists = [text for text in command.texts[1:] if not text.startswith("-")]
    lists += [redirect.target.text for redirect in command.redirects if redirect.operator == "<"]
    about = [bare for text in lists if (bare := re.sub(r"\.(sha\d+(sum)?|md5|sum)\Z", "", text)) != text]
    own = [file for file in waiting if any(same_file(file.name, name) for name in about)]
    return own or waiting


def _note_sums(pipeline: shell.Pipeline, state: Verified) -> None:
    for command in pipeline.commands:
        for name, value in command.assignments:
            if _computes(value):
                state.sums[name] = value.text
        if command.name in _SUMS and not _checks(command):
            for last in pipeline.commands:
                state.own_lists |= {
                    each.target.text for each in last.redirects if each.operator in (">", ">>", ">|")
                }
                state.own_lists |= {
                    text for text in last.texts[1:] if last.name == "tee" and not text.startswith("-")
                }


def _checks(command: shell.Command) -> bool:
    return any(
        text in ("--check", "--strict") or re.fullmatch(r"-[a-z]*c[a-z]*", text) for text in command.texts[1:]
    )


def _is_check(command: shell.Command) -> bool:
    name, words = command.name, command.program
    if name in _SUMS:
        return _checks(command)
    if name == "cosign":
        return words[1:2] == ("verify-blob",) or words[1:2] == ("verify-blob-attestation",)
    if name in ("gpg", "gpg2", "gpgv"):
        return name == "gpgv" or "--verify" in words
    if name == "gh":
        return words[1:3] == ("attestation", "verify") or words[1:3] == ("release", "verify-asset")
    if name == "slsa-verifier":
        return words[1:2] == ("verify-artifact",)
    if name in ("minisign", "signify"):
        return any(re.fullmatch(r"-[A-Za-z]*V[A-Za-z]*", word) for word in words[1:])
    if name == "openssl":
        return "-verify" in words
    return name in _TESTS


def _computes(word: shell.Word) -> bool:
    return any(
        inner.name in _SUMS or inner.program[:2] == ("openssl", "dgst")
        for inner, _ in shell.commands(word.nested)
    )


def _mentions(text: str, name: str) -> bool:
    plain = re.sub(r"\$\{(\w+)\}", r"$\1", text)
    wanted = re.sub(r"\$\{(\w+)\}", r"$\1", name).rpartition("/")[2]
    return bool(wanted) and re.search(rf"(?<![\w.-]){re.escape(wanted)}", plain) is not None
