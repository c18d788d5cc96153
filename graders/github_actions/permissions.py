"""GHA-02, and what a job's token may do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions.instances import KIND, Instance, instances
from graders.github_actions.subjects import jobs, no_job
from graders.github_actions.workflow import Job, Workflow
from graders.rule import Violation, rule

_LEVELS = ("none", "read", "write")
# The scopes that `write-all` has always meant: a block that writes all of them is `write-all` spelt out.
_ALL = {
    "actions", "checks", "contents", "deployments", "id-token", "issues",
    "packages", "pages", "pull-requests", "security-events", "statuses",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a token may do: `scopes` by name, `others` for every scope that is not named."""

    scopes: dict[str, str]
    others: str = "none"

    def level(self, scope: str) -> str:
        """`none`, `read` or `write`."""
        return self.scopes.get(scope, self.others)

    def within(self, cap: Permissions) -> Permissions:
        """Reduced to what `cap` allows as well."""
        names = {*self.scopes, *cap.scopes}
        return Permissions(
            {name: _lower(self.level(name), cap.level(name)) for name in names},
            _lower(self.others, cap.others),
        )


def _lower(one: str, other: str) -> str:
    return min(one, other, key=_LEVELS.index)


def stated(written: Any) -> Permissions | None:
    """The meaning of a `permissions` block, None where it is none that GitHub knows."""
    if written in ("read-all", "write-all"):
        return Permissions({}, str(written).removesuffix("-all"))
    if not isinstance(written, dict):
        return None
    items: list[tuple[Any, Any]] = list(written.items())  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
    if any(level not in _LEVELS for _, level in items):
        return None
    return Permissions({str(scope): str(level) for scope, level in items})


def block_of(workflow: Workflow, job: Job) -> tuple[bool, Any, int]:
    """(is there a block, as written, its line) of the job, else of the workflow."""
    if job.has_permissions:
        return True, job.permissions, job.line_of("permissions")
    return workflow.has_permissions, workflow.permissions, workflow.line_of("permissions")


def effective(instance: Instance) -> Permissions | None:
    """The job's permissions: its block over the workflow's, within the caller's; None where they aren't known.

    Source: GitHub docs, "Reusing workflows": a called workflow inherits the caller's permissions where it states
    none, and can only reduce them.
    """
    given, written, _ = block_of(instance.workflow, instance.job)
    own = stated(written) if given else None
    if instance.caller is None or (given and own is None):
        return own
    cap = effective(instance.caller)
    if cap is None:
        return own
    return own.within(cap) if own else cap


@rule(
    "GHA-02",
    severity="H",
    constraint="least_privilege",
    source="GitHub secure-use reference; zizmor excessive-permissions; Scorecard Token-Permissions",
    kinds=(KIND,),
)
def states_permissions(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Are the effective permissions of each job stated, and none of them write-all?

    Accepted: a block on the job, or on the workflow, `{}` and `read-all` included; a called workflow without a block
    whose callers (all in the answer) state theirs.
    Wrong: a job with neither (a job that calls a workflow is one too), `write-all` anywhere or spelt out scope by
    scope, a block that GitHub doesn't know.
    """
    yield from no_job(bundle)
    yield from _written_wide(bundle)
    seen: set[tuple[str, str]] = set()
    for instance in instances(bundle):
        place = (instance.workflow.path, instance.job.id)
        permissions = effective(instance)
        if place in seen:
            continue
        if permissions is None:
            seen.add(place)
            given, _, line = block_of(instance.workflow, instance.job)
            message = (
                f"the `permissions` of job `{instance.job.id}` are no block that GitHub knows"
                if given
                else f"job `{instance.job.id}` has no `permissions` and neither has its workflow: the default token "
                "may write; state what it needs (`permissions: {}` for nothing)"
            )
            yield Violation(instance.workflow.path, line if given else instance.job.line, message)
        elif permissions.others != "write" and all(permissions.level(scope) == "write" for scope in _ALL):
            seen.add(place)
            yield Violation(
                instance.workflow.path,
                block_of(instance.workflow, instance.job)[2],
                f"job `{instance.job.id}` may write every scope: that is write-all spelt out",
            )


def _written_wide(bundle: Bundle) -> Iterator[Violation]:
    told: set[str] = set()
    for workflow, job in jobs(bundle):
        if workflow.permissions == "write-all" and workflow.path not in told:
            told.add(workflow.path)
            yield Violation(
                workflow.path, workflow.line_of("permissions"), "`permissions: write-all`: name the scopes"
            )
        if job.permissions == "write-all":
            yield Violation(
                workflow.path,
                job.line_of("permissions"),
                f"job `{job.id}` has `permissions: write-all`: name the scopes that it needs",
            )
