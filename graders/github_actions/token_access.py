"""GHA-03: each job's token has the scopes that its steps need, and no other that writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import normpath

from graders.bundle import Bundle, ToolFailed
from graders.facts import Facts
from graders.github_actions.instances import KIND, Instance, instances
from graders.github_actions.permissions import Permissions, block_of, effective
from graders.github_actions.subjects import no_job
from graders.github_actions.token_calls import Need
from graders.github_actions.token_needs import Use, used
from graders.rule import Violation, rule, traced
from graders.trace import Permission
from graders.trace import Permissions as Trace

_LEVELS = ("none", "read", "write")
# What every job may read: the code that its workflow stands in.
_ALWAYS = ("contents", "metadata")


@dataclass(slots=True)
class _Job:
    instances: list[Instance]
    uses: list[Use]
    granted: Permissions | None


@rule(
    "GHA-03",
    version=3,
    severity="H",
    constraint="least_privilege",
    source="GitHub secure-use reference, use of the GITHUB_TOKEN; OWASP CICD-SEC-5; zizmor excessive-permissions",
    kinds=(KIND,),
    parameters={"scopes": dict[str, list[str]] | None, "public": bool | None},
)
def has_the_scopes_it_needs(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Has each job's token the scopes that its steps need, and no more?

    Needed: what the table says of its actions and commands, of calls by `gh api` and Octokit, of pushes to GitHub's
    registry; `scopes` are those of a case's own commands (`{"./scripts/notify.sh": ["issues:write"]}`); a `public`
    repository's code needs no scope to be read. Granted: the job's block over the workflow's, within the caller's.
    Accepted: one of several scopes that do; `contents: read` anywhere; reading for which another job of the workflow has
    a use. Wrong: a needed scope that is missing or too low; a scope that writes and that no step uses; reading that no job
    uses; no block at all. What a job has too much is not judged where its token goes to something that no table knows
    (`grader_error` where everything else is right).
    """
    yield from no_job(bundle)
    named: Mapping[str, Sequence[str]] = facts.params.get("scopes") or {}
    jobs = _jobs(bundle, named)
    undecided: list[str] = []
    clean = True
    for (path, id), job in jobs.items():
        shared = [
            need
            for (other, _), each in jobs.items()
            if other == path
            for use in each.uses
            for need in (*use.needs, *use.may)
        ]
        found = list(dict.fromkeys(_judged(path, id, job, shared, undecided)))
        if facts.params.get("public"):
            found = [one for one in found if "needs `contents: read`" not in one.message]
        clean = clean and not found
        yield from traced(found, lambda id=id, job=job: _trace(id, job))
    if clean and undecided:
        raise ToolFailed("; ".join(undecided))


def _jobs(bundle: Bundle, named: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], _Job]:
    """The jobs with steps by (path, id): one block of permissions serves all legs and callers."""
    scripts = {normpath(artifact.path): artifact.text for artifact in bundle.of("bash")}
    files = {normpath(artifact.path): artifact.text for artifact in bundle.artifacts}
    jobs: dict[tuple[str, str], _Job] = {}
    for instance in instances(bundle):
        if not instance.job.steps:
            continue
        key = (instance.workflow.path, instance.job.id)
        job = jobs.setdefault(key, _Job([], [], effective(instance)))
        job.instances.append(instance)
        job.uses.append(used(instance, scripts, files, named))
    return jobs


def _judged(path: str, id: str, job: _Job, shared: list[Need], undecided: list[str]) -> Iterator[Violation]:
    first = job.instances[0]
    given, _, line = block_of(first.workflow, first.job)
    line = line if given else first.job.line
    if job.granted is None:
        yield Violation(
            path, line, f"job `{id}` has no `permissions`: its token has whatever the repository gives"
        )
        return
    for instance, use in zip(job.instances, job.uses, strict=True):
        granted = effective(instance) or job.granted
        for need in use.needs:
            if not any(_reaches(granted.level(scope), level) for scope, level in need.scopes):
                had = ", ".join(f"`{scope}: {granted.level(scope)}`" for scope, _ in need.scopes)
                yield Violation(path, need.line, f"job `{id}`: {need.by} needs {need}; the token has {had}")
    for scope, level in _surplus(job, shared):
        unknown = [name for use in job.uses for name in use.unknown]
        if scope == "id-token":
            unknown += [name for use in job.uses for name in use.identity]
        if unknown:
            undecided.append(f"job `{id}`: whether {unknown[0]} uses `{scope}: {level}` is not known")
        else:
            yield Violation(path, line, f"job `{id}` has `{scope}: {level}`, which no step of it uses")


def _surplus(job: _Job, shared: list[Need]) -> Iterator[tuple[str, str]]:
    """Scopes above what any step uses; reading counts only where no job of the workflow uses the scope."""
    granted = job.granted
    assert granted is not None
    if granted.others != "none":
        yield "all other scopes", granted.others
    own = _most([need for use in job.uses for need in (*use.needs, *use.may)])
    all_ = _most(shared)
    for scope, level in granted.scopes.items():
        unused = own.get(scope) != "write" if level == "write" else scope not in (*_ALWAYS, *all_)
        if level != "none" and unused:
            yield scope, level


def _most(needs: list[Need]) -> dict[str, str]:
    most: dict[str, str] = {}
    for need in needs:
        for scope, level in need.scopes:
            most[scope] = max(most.get(scope, "none"), level, key=_LEVELS.index)
    return most


def _reaches(level: str, wanted: str) -> bool:
    return _LEVELS.index(level) >= _LEVELS.index(wanted)


def _trace(id: str, job: _Job) -> Trace:
    granted = job.granted or Permissions({})
    needs = dict.fromkeys((str(need).replace("`", ""), need) for use in job.uses for need in use.needs)
    entries = [
        Permission(
            text, "needed", any(_reaches(granted.level(s), v) for s, v in need.scopes), need.by.strip("`")
        )
        for text, need in needs
    ]
    surplus = _surplus(job, []) if job.granted else ()
    entries += [Permission(f"{scope}: {level}", "excess", True) for scope, level in surplus]
    return Trace(f"what the token of job {id} may do", tuple(entries))
