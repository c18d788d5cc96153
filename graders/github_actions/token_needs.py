"""What a job's steps need of its token: scopes with levels, from the table of actions and commands (`token_scopes.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from posixpath import normpath
from typing import Any

from graders.github_actions import shell, token_calls
from graders.github_actions.environments import runs, with_values
from graders.github_actions.instances import Instance
from graders.github_actions.registries import registry_needs
from graders.github_actions.subjects import is_posix_shell, step_commands
from graders.github_actions.token_calls import Need, UnknownUse, is_own_token
from graders.github_actions.workflow import Step, scalars, text_of

_TOKEN_VARIABLES = ("gh_token", "github_token")
_STARTERS = frozenset({"bash", "sh", "source", ".", "python", "python3", "node", "exec", "sudo"})


@dataclass(frozen=True, slots=True)
class _Row:
    names: tuple[str, ...]
    command: bool
    needs: tuple[str, ...]
    may: tuple[str, ...]
    given: Mapping[str, str]
    absent: tuple[str, ...]
    token: tuple[str, ...]


@dataclass(slots=True)
class Use:
    """What a job makes of its token. `needs` are scopes that it must have, `may` those that are no surplus; `unknown` are
    users of the token of which the table says nothing, `identity` scripts that may ask for an identity token."""

    needs: list[Need] = field(default_factory=list[Need])
    may: list[Need] = field(default_factory=list[Need])
    unknown: list[str] = field(default_factory=list[str])
    identity: list[str] = field(default_factory=list[str])


@lru_cache(1)
def _rows() -> tuple[_Row, ...]:
    text = Path(__file__).with_name("token_scopes.toml").read_text(encoding="utf-8")
    return tuple(map(_row, tomllib.loads(text)["use"]))


def _row(raw: Mapping[str, Any]) -> _Row:
    commands = tuple(raw.get("commands", ()))
    actions = (*raw.get("actions", ()), *([raw["action"]] if "action" in raw else []))
    return _Row(
        tuple(name.lower() for name in actions) if actions else commands,
        not actions,
        tuple(raw.get("needs", ())),
        tuple(raw.get("may", ())),
        raw.get("given", {}),
        tuple(raw.get("absent", ())),
        tuple(raw.get("token", ())),
    )


def used(
    instance: Instance,
    scripts: Mapping[str, str],
    files: Mapping[str, str],
    named: Mapping[str, Sequence[str]],
) -> Use:
    """What the steps of a job use. `scripts` are the shell scripts of the answer by path, `files` all that it delivers,
    `named` the needs that a case states for commands of its own."""
    use = Use()
    for step in instance.steps:
        if step.uses:
            _action(instance, step, use, files)
        if step.run:
            _commands(instance, step, use, scripts, named)
    needs, may = registry_needs(instance)
    use.needs += needs
    use.may += may
    return use


def _action(instance: Instance, step: Step, use: Use, files: Mapping[str, str]) -> None:
    rows = [row for row in _rows() if not row.command and step.action in row.names]
    if not rows and not step.uses.startswith("docker://"):
        use.unknown.append(step.uses)
    for row in rows:
        if not _applies(row, instance, step):
            continue
        others = [text_of(step.input(name.lower())) for name in row.token]
        own = not any(value and not is_own_token(value) for value in others)
        needs = [Need.of(text, step.uses_line, f"`{step.uses.split('@')[0]}`") for text in row.needs]
        (use.needs if own else use.may).extend(needs)
        use.may += [Need.of(text, step.uses_line, "") for text in row.may]
        break
    if step.action == "actions/github-script":
        _collect(use, lambda: token_calls.octokit(text_of(step.input("script")), step.uses_line, files))


def _applies(row: _Row, instance: Instance, step: Step) -> bool:
    """Of several rows of an action the first counts that fits its inputs."""
    given = all(
        re.search(pattern, instance.resolve(step.input(name.lower()) or "", step))
        for name, pattern in row.given.items()
    )
    return given and not any(text_of(step.input(name.lower())) for name in row.absent)


def _collect(use: Use, read: Callable[[], list[Need] | None], of_another: bool = False) -> bool:
    """Take what a call needs; False for one that is no call of GitHub's API."""
    try:
        needs = read()
    except UnknownUse as unknown:
        use.unknown.append(str(unknown))
        return True
    _add(use, needs or [], of_another)
    return needs is not None


def _add(use: Use, needs: list[Need], of_another: bool) -> None:
    """What is public can be read with any token, so reading another repository is no need, and no surplus either."""
    for need in needs:
        reads = all(level == "read" for _, level in need.scopes)
        (use.may if of_another and reads else use.needs).append(need)


def _commands(
    instance: Instance,
    step: Step,
    use: Use,
    scripts: Mapping[str, str],
    named: Mapping[str, Sequence[str]],
) -> None:
    own = _own_token(instance, step)
    if "ACTIONS_ID_TOKEN_REQUEST" in step.run:
        use.needs.append(Need.of("id-token:write", step.run_line, "the request for an identity token"))
    if not is_posix_shell(step):
        if own or is_own_token(step.run):
            use.unknown.append(f"the script in line {step.run_line}")
        return
    known = False
    starts: list[str] = []
    assigned: dict[str, str] = {}
    for command in _spoken(step, scripts, starts):
        text = " ".join(command.program)
        assigned |= {name: word.text for name, word in command.assignments}
        found = _known(command, named)
        for row in found:
            if own is False and text.startswith("gh "):
                continue
            needs = [Need.of(one, step.run_line, f"`{' '.join(row.names[:1])}`") for one in row.needs]
            _add(use, needs, token_calls.is_of_another(command.texts))
            use.may += [Need.of(one, step.run_line, "") for one in row.may]
        known = known or bool(found)
        if text.startswith("gh api"):
            known = True
            if own is not False:
                # Only a path can begin with a variable: what is sent may hold slashes, too.
                words = [with_values(text, assigned) if text[:1] == "$" else text for text in command.texts]
                another = token_calls.is_of_another(words)
                _collect(use, partial(token_calls.api, words, step.run_line), another)
        if command.program[:2] == ("git", "push") or re.match(r"git (-\S+ \S+ )*push\b", text):
            known = True
            (use.needs if _pushes_as_itself(instance) else use.may).append(
                Need.of("contents:write", step.run_line, "`git push`")
            )
        if text.startswith("curl ") and _sends_own_token(command, step):
            calls = partial(token_calls.curl, command.texts, step.run_line)
            known = _collect(use, calls, token_calls.is_of_another(command.texts)) or known
        known = known or text.startswith(
            ("docker login", "helm registry login", "cosign login", "crane auth login")
        )
        if _keyless(command):
            use.needs.append(Need.of("id-token:write", step.run_line, "keyless `cosign`"))
    if not known and (any(is_own_token(text) for text in scalars(step.env)) or is_own_token(step.run)):
        use.unknown.append(f"the script in line {step.run_line}")
    use.identity += starts


def _known(command: shell.Command, named: Mapping[str, Sequence[str]]) -> list[_Row]:
    text = " ".join(command.texts)
    own = [
        _Row((name,), True, tuple(needs), (), {}, (), ()) for name, needs in named.items() if runs(text, name)
    ]
    table = [row for row in _rows() if row.command and any(_is(command, name) for name in row.names)]
    return own or table


def _is(command: shell.Command, name: str) -> bool:
    """Whether the command is this one: its first words, behind options of its program; an option of the name anywhere."""
    words = list(command.program)
    while len(words) > 1 and words[1].startswith("-"):
        del words[1 : 2 if "=" in words[1] or words[1] == name.split()[-1] else 3]
    wanted = [word for word in name.split() if not word.startswith("-")]
    options = [word for word in name.split() if word.startswith("-")]
    return words[: len(wanted)] == wanted and all(option in command.texts for option in options)


def _spoken(step: Step, scripts: Mapping[str, str], starts: list[str]) -> Iterator[shell.Command]:
    """The commands of a step and of the answer's scripts that it starts; into `starts` the scripts that the answer lacks."""
    for command in step_commands(step):
        yield command
        words = list(command.texts)
        while words and (words[0] in _STARTERS or (words[0].startswith("-") and len(words) > 1)):
            words.pop(0)
        if not words or ("/" not in words[0] and not words[0].endswith((".sh", ".py", ".js", ".mjs"))):
            continue
        path = normpath(
            f"{step.directory}/{words[0]}" if step.directory and words[0].startswith("./") else words[0]
        )
        if path in scripts:
            yield from (inner for inner, _ in shell.commands(shell.parse(scripts[path])))
        elif command.texts[0] == words[0] or command.texts[0] in _STARTERS:
            starts.append(path)


def _sends_own_token(command: shell.Command, step: Step) -> bool:
    """Whether a header of curl holds the job's token, by itself or by a variable of the step."""
    names = [name for name, value in step.env.items() if is_own_token(text_of(value))]
    text = " ".join(command.texts)
    return is_own_token(text) or any(re.search(rf"\$\{{?{re.escape(name)}\b", text) for name in names)


def _own_token(instance: Instance, step: Step) -> bool | None:
    """Whether gh in this step works with the job's token: None where no variable says so."""
    for scope in (step.env, instance.job.env, instance.workflow.env):
        for name in _TOKEN_VARIABLES:
            value = next((text_of(value) for key, value in scope.items() if key.lower() == name), "")
            if value:
                return is_own_token(value)
    return None


def _pushes_as_itself(instance: Instance) -> bool:
    """False where the checkout got another token or key, or keeps none and the remote gets one in the script."""
    for step in instance.steps:
        if step.action == "actions/checkout":
            other = [text_of(step.input(name)) for name in ("token", "ssh-key")]
            if any(value and not is_own_token(value) for value in other):
                return False
    return True


def _keyless(command: shell.Command) -> bool:
    words = command.texts
    return words[:1] == ("cosign",) and words[1:2] in (("sign",), ("attest",), ("sign-blob",)) and not any(
        word.startswith(("--key", "-key", "--identity-token", "--sk")) for word in words
    )  # fmt: skip
