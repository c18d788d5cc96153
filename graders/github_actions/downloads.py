"""GHA-17: nothing from the network is run before it was verified."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions import shell
from graders.github_actions.evaluation import never
from graders.github_actions.fetched import (
    STREAM,
    Fetched,
    bin_folder,
    fetched_by,
    is_fetcher,
    same_file,
    script_of,
)
from graders.github_actions.instances import ACTION_KIND, KIND, actions
from graders.github_actions.subjects import is_posix_shell, jobs, no_job
from graders.github_actions.verification import Verified, verifies
from graders.github_actions.workflow import Step
from graders.rule import Violation, rule

_INTERPRETERS = {
    "sh", "bash", "zsh", "dash", "ksh", "python", "python3", "perl", "ruby", "node", "php", "iex",
    "invoke-expression", "source", ".", "eval",
}  # fmt: skip
_MAX_FILES = 200  # downloads of one job that are followed; no honest job has as many
_UNPACKERS = {"tar", "bsdtar", "unzip", "7z", "gunzip", "unxz", "bunzip2", "zstd", "gzip", "xz"}
_PACKAGE_INSTALLERS = {
    "dpkg",
    "rpm",
    "apt",
    "apt-get",
    "yum",
    "dnf",
    "apk",
    "snap",
    "pip",
    "pip3",
    "npm",
    "brew",
    "gem",
}
_PRINTING = {"echo", "printf", ":", "true"}
_FETCHING_CODE = re.compile(r"\b(exec|eval)\(.*(urlopen|requests\.get|urllib|fetch\()", re.DOTALL)
_MOVERS = {"mv", "cp", "install", "ln"}
_POWERSHELL = re.compile(r"\b(iex|Invoke-Expression)\b", re.IGNORECASE)
_POWERSHELL_FETCH = re.compile(
    r"\b(irm|iwr|Invoke-WebRequest|Invoke-RestMethod|DownloadString|curl|wget)\b", re.IGNORECASE
)


@rule(
    "GHA-17",
    severity="H",
    constraint="reproducible",
    source="OWASP CICD-SEC-3, CICD-SEC-9; zizmor unpinned-tools",
    kinds=(KIND, ACTION_KIND),
)
def verifies_downloads(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is every download verified before it is run, unpacked and run, or installed?

    Accepted: sha256sum -c (shasum, b2sum, a comparison in `[ ]`), cosign verify-blob, gpg --verify, gh attestation
    verify, slsa-verifier in the same job before the use; downloads that are only read; package managers' own sources.
    Wrong: `curl … | sh`, `bash <(curl …)`, `sh -c "$(curl …)"`, `eval`, `irm … | iex`; a file that is run, made
    executable, put into a bin folder or installed before it was verified; a sum that was made from the download
    itself; a check whose failure is swallowed (`|| true`); a stream that is unpacked into a bin folder.
    """
    yield from no_job(bundle)
    for workflow, job in jobs(bundle):
        yield from _Job(workflow.path).judge(job.steps)
    for action in actions(bundle):
        yield from _Job(action.path).judge(action.steps)


class _Job:
    """What one job has fetched so far."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.files: list[Fetched] = []
        self.streams: set[str] = set()  # variables that hold what was fetched
        self.verified = Verified()
        self.script: list[str] = []
        self.errors_off = False

    def judge(self, steps: Sequence[Step]) -> Iterator[Violation]:
        for step in steps:
            if not step.run or never(step.condition):
                continue
            # A template of one's own (`bash {0}`) has no `-e` unless it says so.
            own_template = "{0}" in step.shell and not re.search(r"(?<!\S)-[a-z]*e", step.shell)
            self.script, self.errors_off = step.run.split("\n"), own_template
            checked_before = {id(file) for file in self.files if file.checked}
            if not is_posix_shell(step):
                for offset, line in enumerate(step.run.split("\n")):
                    if (
                        _POWERSHELL.search(line)
                        and _POWERSHELL_FETCH.search(line)
                        and not line.lstrip().startswith("#")
                    ):
                        yield Violation(
                            self.path, step.run_line + offset, "runs what it fetches without verifying it"
                        )
                continue
            yield from self._block(shell.parse(step.run), step.run_line - 1)
            for file in self.files:
                if step.continues and file.checked and id(file) not in checked_before:
                    file.verified = file.checked = False  # the next steps run whatever the check found

    def _block(self, pipelines: tuple[shell.Pipeline, ...], above: int) -> Iterator[Violation]:
        for position, pipeline in enumerate(pipelines):
            following = pipelines[position + 1] if position + 1 < len(pipelines) else None
            for command in pipeline.commands:
                for word in command.everything():
                    yield from self._block(word.nested, above)
                yield from self._block(command.group, above)
            self._note_errexit(pipeline)
            if not self._fails_unnoticed(pipelines, position):
                for file in verifies(pipeline, following, self.files, self.verified):
                    file.verified = file.checked = True
            for index, command in enumerate(pipeline.commands):
                for message in self._command(command, pipeline.commands[:index]):
                    yield Violation(self.path, above + command.line, message)

    def _note_errexit(self, pipeline: shell.Pipeline) -> None:
        command = pipeline.commands[0]
        if command.name == "set":
            for option in command.texts[1:]:
                if option == "errexit" or re.fullmatch(r"[-+][a-z]*e[a-z]*", option):
                    self.errors_off = "+" in "".join(command.texts[1:3])

    def _fails_unnoticed(self, pipelines: tuple[shell.Pipeline, ...], position: int) -> bool:
        """Does the script go on after a failed check?

        It does after `set +e`, in the background, behind a `false &&`, in an `if` that neither ends the script nor
        holds the use, and before an `&&` that only prints (`set -e` doesn't look at the left side of `&&`).
        """
        pipeline = pipelines[position]
        following = pipelines[position + 1] if position + 1 < len(pipelines) else None
        joined = following.joined if following is not None else ""
        if joined == "&" or (pipeline.joined == "&&" and pipelines[position - 1].commands[0].name == "false"):
            return True
        line = pipeline.commands[0].line - 1
        written = self.script[line].lstrip() if line < len(self.script) else ""
        if written.startswith(("if ", "elif ", "while ", "until ")):
            return not self._branch_matters(line)
        if joined == "&&" and following is not None:
            rest = pipelines[position + 1 :]
            chain = next((i for i, each in enumerate(rest) if each.joined not in ("&&", "||")), len(rest))
            prints = all(command.name in _PRINTING for each in rest[:chain] for command in each.commands)
            return prints and chain < len(rest)
        return self.errors_off and joined != "||"

    def _branch_matters(self, line: int) -> bool:
        """Is there, up to the `fi`, something else than messages?"""
        end = next(
            (
                at
                for at in range(line, len(self.script))
                if re.search(r"(^|[\s;])(fi|done)\b", self.script[at])
            ),
            len(self.script) - 1,
        )
        inside = "\n".join(self.script[line : end + 1]).partition("then")[2]
        parts = [part.split() for part in re.split(r"[\n;]|\|\||&&", inside)]
        return any(
            part and part[0] not in {*_PRINTING, "fi", "else", "then", "done", "do", "#"} for part in parts
        )

    def _command(self, command: shell.Command, before: Sequence[shell.Command]) -> Iterator[str]:
        for name, value in command.assignments:
            if _fetches(value.nested):
                self.streams.add(name)
        streaming = any(self._streams(each) for each in before)
        if self._interprets(command, streaming):
            yield "runs a script straight from the network: fetch it, verify its checksum or signature, then run it"
            return
        for name in fetched_by(command, streaming):
            self.files = [file for file in self.files if file.unpacked or not same_file(file.name, name)]
            self.files = [*self.files[-_MAX_FILES:], Fetched(name, command.line)]
        if command.name in _UNPACKERS:
            yield from self._unpack(command, streaming)
        else:
            yield from self._use(command)

    def _streams(self, command: shell.Command) -> bool:
        if is_fetcher(command) or _fetches(command.group):
            return True
        return command.name in ("echo", "printf", "cat") and any(
            word.variables & self.streams for word in command.words
        )

    def _interprets(self, command: shell.Command, streaming: bool) -> bool:
        name = command.name.lower()
        if name == "xargs":
            return streaming and bool({"sh", "bash", "zsh", "dash"} & set(command.program[1:]))
        if name not in _INTERPRETERS:
            return False
        if any(_FETCHING_CODE.search(word.text) for word in command.everything()):
            return True
        code_follows = name in ("eval", "iex", "invoke-expression")
        for word in command.words[1:]:
            from_network = _fetches(word.nested) or bool(word.variables & self.streams and code_follows)
            if from_network and (word.process or code_follows):
                return True
            if code_follows:
                continue
            if (_fetches(word.nested) or word.variables & self.streams) and _previous(command, word) in (
                "-c",
                "-e",
                "-ec",
                "-lc",
            ):
                return True
        script, reads_code = script_of(command)
        if script or not reads_code:
            return False
        here = any(
            redirect.operator == "<<<"
            and (_fetches(redirect.target.nested) or redirect.target.variables & self.streams)
            for redirect in command.redirects
        )
        return here or streaming

    def _unverified(self, text: str) -> Fetched | None:
        return next((file for file in self.files if not file.verified and same_file(file.name, text)), None)

    def _unpack(self, command: shell.Command, streaming: bool) -> Iterator[str]:
        texts = command.program[1:]
        target = next(
            (texts[i + 1] for i, text in enumerate(texts[:-1]) if text in ("-C", "--directory", "-d")), ""
        ) or next((text.partition("=")[2] for text in texts if text.startswith("--directory=")), "")
        source = Fetched(STREAM, command.line) if streaming else None
        archives = [file for text in texts if (file := self._unverified(text))]
        for redirect in command.redirects:
            archives += (
                [file]
                if redirect.operator == "<" and (file := self._unverified(redirect.target.text))
                else []
            )
        source = source or (archives[0] if archives else None)
        if source is None or (command.name == "tar" and not _extracts(texts)):
            return
        if bin_folder(target):
            yield f"unpacks {source.name} into {target} before it was verified"
            return
        members = {
            text
            for text in texts
            if not text.startswith("-") and text != target and not self._unverified(text)
        }
        members -= {texts[0]} if texts and command.name == "tar" and not texts[0].startswith("-") else set()
        self.files.append(
            Fetched(source.name, command.line, folder=target, members=frozenset(members), unpacked=True)
        )

    def _use(self, command: shell.Command) -> Iterator[str]:
        if not command.program:
            return
        first, arguments = command.program[0], command.program[1:]
        script, _ = script_of(command)
        ran = script or (first if "/" in first else "")
        for file in self.files:
            if file.verified:
                continue
            if (
                ran
                and file.is_named(ran)
                and not (file.name == STREAM and not file.folder and not file.members)
            ):
                yield f"runs {ran} before the download was verified (checksum or signature)"
                file.verified = True  # one violation for one download
            elif _installs(first, arguments, file) or _adds_to_path(command, file):
                yield f"installs {file.name} before it was verified (checksum or signature)"
                file.verified = True
        if first in ("mv", "cp") and len(arguments) >= 2:
            moved = self._unverified(arguments[-2])
            if moved and not moved.unpacked:
                self.files.append(Fetched(_joined(arguments[-1], moved.name), command.line))


def _joined(target: str, name: str) -> str:
    return target + name.rpartition("/")[2] if target.endswith("/") else target


def _previous(command: shell.Command, word: shell.Word) -> str:
    position = next((i for i, each in enumerate(command.words) if each is word), 0)
    return command.words[position - 1].text if position else ""


def _fetches(pipelines: tuple[shell.Pipeline, ...]) -> bool:
    """Does a substitution print what a fetcher gives, not something that another program made of it?"""
    if not pipelines:
        return False
    last = pipelines[-1].commands
    passed_on = {"gunzip", "base64", "cat", "tee", "zcat", "tr", "sed"}
    return (is_fetcher(last[0]) or _fetches(last[0].group)) and all(
        each.name in passed_on for each in last[1:]
    )


def _extracts(texts: tuple[str, ...]) -> bool:
    first = texts[0] if texts else ""
    return (
        "--extract" in texts
        or any(re.fullmatch(r"-[A-Za-z]*x[A-Za-z]*", text) for text in texts)
        or ("x" in first and not first.startswith("-") and "." not in first)
    )


def _installs(first: str, arguments: tuple[str, ...], file: Fetched) -> bool:
    named = [text for text in arguments if not text.startswith("-")]
    if first == "chmod":
        mode = arguments[0] if arguments else ""
        executable = "x" in mode or bool(re.fullmatch(r"0?[0-7]?[1357][0-7]{2}|0?7[0-7]{2}", mode))
        return executable and any(file.is_named(text) for text in arguments[1:])
    if first in _MOVERS and named:
        sources = named[:-1] or named
        target = next((arguments[i + 1] for i, text in enumerate(arguments[:-1]) if text == "-t"), named[-1])
        return (first == "install" or bin_folder(target)) and (
            any(file.is_named(text) for text in sources) or (file.unpacked and bin_folder(target))
        )
    if first in _PACKAGE_INSTALLERS:
        return any(file.is_named(text) for text in named)
    if first == "java":
        return "-jar" in arguments and any(file.is_named(text) for text in named)
    return False


def _adds_to_path(command: shell.Command, file: Fetched) -> bool:
    """`echo "$PWD/tool" >> "$GITHUB_PATH"` for a folder that an archive was unpacked into."""
    if not file.unpacked or not any("GITHUB_PATH" in redirect.target.text for redirect in command.redirects):
        return False
    return any(file.folder in word.text for word in command.words[1:])
