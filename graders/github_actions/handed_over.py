"""How a plan gets from the job that makes it to the job that applies it: artifact, cache, or object store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from posixpath import basename, dirname, join, normpath

from graders.bundle import ToolFailed
from graders.github_actions.plan_calls import Call, folder_commands, is_open, same_path
from graders.github_actions.roles import Roles
from graders.simulate.workflows.runs import StepRun

_UPLOAD, _DOWNLOAD, _CACHE = "actions/upload-artifact", "actions/download-artifact", "actions/cache"
# Commands that copy SOURCE to TARGET, one of them in an object store.
_COPIES = (
    ("aws", "s3", "cp"),
    ("aws", "s3", "mv"),
    ("gsutil", "cp"),
    ("gcloud", "storage", "cp"),
    ("mc", "cp"),
)
# Others that move files between machines, whose arguments are not read here.
_UNREAD = {"az", "rclone", "scp", "rsync", "oras", "gh", "sftp", "curl", "s3cmd", "azcopy"}


def handed_over(plan: Call, call: Call, before: Sequence[StepRun], known: Roles) -> str:
    """Why the plan of another job is not the file that apply takes; "" when it is."""
    cached = {
        step.job for step in before if _CACHE in step.uses and step.job in (plan.step.job, call.step.job)
    }
    if len(cached) > 1 and same_path(plan.file, call.file):
        return ""
    if _stored(plan, call, before, known):
        return ""
    sent = [step for step in before if step.job == plan.step.job and _UPLOAD in step.uses]
    got = [step for step in before if step.job == call.step.job and _DOWNLOAD in step.uses]
    if not got:
        _refuse_unread(plan, call, before, known)
        return f"the plan {plan.file} was written by another job and is not handed over"
    if any("run-id" in step.inputs for step in got):
        return "takes the plan of another run"
    if any(_lands(upload, download, plan.file, call.file) for upload in sent for download in got):
        return ""
    names = ", ".join(sorted({_name(step) for step in sent})) or "none"
    return f"no artifact (sent: {names}) puts the plan {plan.file} where apply reads {call.file}"


def _lands(upload: StepRun, download: StepRun, written: str, read: str) -> bool:
    """Does the artifact bring the file that plan wrote to where apply reads it?"""
    inside = _inside(upload, written)
    wanted, named = download.inputs.get("name"), _name(upload)
    if inside is None or (wanted and named and wanted != named):
        return False
    # Without a name every artifact of the run comes, each in a folder of its name.
    apart = "" if wanted is not None or download.inputs.get("merge-multiple") == "true" else named
    return same_path(normpath(join(download.inputs.get("path") or ".", apart, inside)), read)


def _name(upload: StepRun) -> str:
    """The artifact's name; "" for one that only a run could tell (an output of a step)."""
    return upload.inputs.get("name", "artifact")


def _inside(upload: StepRun, file: str) -> str | None:
    """The plan's path within the artifact; None where the artifact does not hold it.

    Source: actions/upload-artifact: of one path its last folder is the root, of several their least common ancestor.
    """
    lines = [line.strip() for line in upload.inputs.get("path", "").split("\n")]
    paths = [normpath(line) for line in lines if line and not line.startswith("!")]
    for path in paths:
        if is_open(path) or is_open(file):
            return basename(file)
        if path == file or path == "." or file.startswith(f"{path}/"):
            if len(paths) > 1:
                return _below_common(paths, file)
            return basename(file) if path == file else file if path == "." else file[len(path) + 1 :]
    return None


def _below_common(paths: Sequence[str], file: str) -> str:
    common = dirname(paths[0])
    while common and not all(path.startswith(f"{common}/") for path in paths):
        common = dirname(common)
    return file[len(common) + 1 :] if common else file


def _stored(plan: Call, call: Call, before: Sequence[StepRun], known: Roles) -> bool:
    """Does the plan's job copy the file to a store, from which the other job fetches it?"""
    sent = [copy for step in before if step.job == plan.step.job for copy in _copies(step, known)]
    got = [copy for step in before if step.job == call.step.job for copy in _copies(step, known)]
    return any(
        same_path(source, plan.file) and _same_object(stored, fetched) and same_path(target, call.file)
        for source, stored in sent
        for fetched, target in got
    )


def _copies(step: StepRun, known: Roles) -> Iterator[tuple[str, str]]:
    """(source, target) of each copy, files from the workspace's root; a target that is a folder gets the object's name."""
    for words, folder in folder_commands(step, known):
        for start in _COPIES:
            if tuple(words[: len(start)]) == start:
                given = [word for word in words[len(start) :] if not word.startswith("-")]
                if len(given) >= 2:
                    source, target = given[:2]
                    if target in (".", "./") or (target.endswith("/") and "://" not in target):
                        target = join(target, basename(source) or "*")
                    yield _local(source, folder), _local(target, folder)


def _local(path: str, folder: str) -> str:
    return path if "://" in path else normpath(join(folder, path))


def _same_object(one: str, other: str) -> bool:
    """Two addresses in a store; one that only a run could tell is any (an output is the usual way to hand it on)."""
    unknown = any(is_open(each) or "://" not in each for each in (one, other))
    return unknown or one == other


def _refuse_unread(plan: Call, call: Call, before: Sequence[StepRun], known: Roles) -> None:
    """Raises `ToolFailed` where the plan may come by a command whose arguments are not read here."""
    for job in (plan.step.job, call.step.job):
        steps = [step for step in before if step.job == job]
        names = {basename(words[0]) for step in steps for words, _ in folder_commands(step, known) if words}
        if not names & _UNREAD:
            return
    raise ToolFailed(f"job {call.step.job} may get its plan by a command that is not understood")
