"""One terraform command on the files of an answer, in a box whose only way out is the simulated cloud."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders import sandbox
from graders.sandbox import WORK, Limits
from graders.tools.batch import Unproven
from graders.tools.locate import Installation

EXECUTED = "executed.log"
# A Go program reserves more addresses than it uses.
_LIMITS = Limits(seconds=60, memory=4 * 1024**3, cpu_seconds=60)
_BASH = Path("/bin/bash")
# What local-exec would have run is written down, and succeeds; what the shell does by itself is done.
_RECORD = f'() {{ printf "%s\\n" "$*" >> {WORK}/{EXECUTED}; return 0; }}'


@dataclass(frozen=True, slots=True)
class Result:
    """`code` is terraform's, None after a timeout; `events` are its lines of JSON."""

    code: int | None
    events: tuple[dict[str, Any], ...]
    stderr: str

    def diagnostics(self) -> Iterator[dict[str, Any]]:
        """The diagnostics as terraform writes them, whichever command it was."""
        for event in self.events:
            if "diagnostic" in event:
                yield event["diagnostic"]
            yield from event.get("diagnostics", ())


class Terraform:
    """Runs commands in `work`, where the answer lies below `answer/`."""

    def __init__(self, found: Installation, work: Path, sockets: Path, providers: dict[str, Any]) -> None:
        self._found = found
        self._sockets = sockets
        self.work = work
        if not _BASH.exists():
            raise Unproven("there is no bash, which stands in for what local-exec runs")
        self._environment = {
            "CHECKPOINT_DISABLE": "1",
            "TF_CLI_CONFIG_FILE": "/dev/null",
            "TF_DATA_DIR": f"{WORK}/data",
            "TF_IN_AUTOMATION": "1",
            "TF_REATTACH_PROVIDERS": json.dumps(providers),
            "AWS_EC2_METADATA_DISABLED": "true",
            # It lives for a tenth of a second: collecting garbage below this limit cost a third of its time.
            "GOGC": "off",
            "GOMEMLIMIT": "1GiB",
            "PATH": "/nowhere",
            "BASH_FUNC_command_not_found_handle%%": _RECORD,
        }

    def run(self, folder: str, *command: str) -> Result:
        """Run a command in a folder of the answer."""
        done = sandbox.run(
            [str(self._found.path), f"-chdir={WORK}/answer/{folder}", *command],
            work=self.work,
            read_only=[self._found.path, self._sockets],
            placed={"/bin/sh": _BASH},
            env=self._environment,
            limits=_LIMITS,
        )
        events = tuple(_json_lines(done.stdout))
        return Result(None if done.timed_out else done.code, events, done.stderr)

    def show(self, folder: str, file: str) -> dict[str, Any]:
        """`terraform show -json` of a plan file below `work`. Raises `Unproven` when there is none."""
        result = self.run(folder, "show", "-json", f"{WORK}/{file}")
        if result.code != 0 or len(result.events) != 1:
            raise Unproven(f"terraform show: {result.stderr.strip()[-300:] or result.code}")
        return result.events[0]

    def executed(self) -> tuple[str, ...]:
        """The command lines that local-exec would have run so far."""
        log = self.work / EXECUTED
        if log.is_symlink() or not log.is_file():
            return ()
        return tuple(log.read_text(errors="replace")[:100_000].splitlines())


def _json_lines(text: str) -> Iterator[dict[str, Any]]:
    try:
        yield json.loads(text)  # show and validate print one document
        return
    except ValueError:
        pass
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue
