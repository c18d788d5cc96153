"""GHA-04 and GHA-05: actions pinned to commits, and the version comments behind the pins."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import normpath

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions.inlining import is_local
from graders.github_actions.instances import ACTION_KIND, KIND
from graders.github_actions.subjects import jobs, no_job, written_steps
from graders.github_actions.workflow import text_of
from graders.rule import Violation, rule

_COMMIT = re.compile(r"[0-9a-fA-F]{40}\Z")
# What stands where nobody looked a commit up: zeros, or digits that count up.
_INVENTED = re.compile(r"0{40}|(?:0?123456789(?:0?abcdef|0)?)+[0-9a-f]{0,10}")
_DIGEST = re.compile(r"@sha256:[0-9a-fA-F]{64}\Z")
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
# A number alone is a version only where the comment begins with it, has a `v` or dots: "Node 20" is none.
_VERSION = re.compile(
    r"(?:(?:^|[\s=@:(/#])v|^|[\s=@:(/#](?=\d+\.\d))(\d+(?:\.\d+)*(?:-[0-9A-Za-z.-]+)?)(?=$|[\s,;)])"
)


@dataclass(frozen=True, slots=True)
class Use:
    """One `uses:` of a step or of a job."""

    file: str
    line: int
    text: str
    comment: str

    @property
    def name(self) -> str:
        """`owner/repository` in lower case (GitHub ignores case)."""
        return "/".join(self.text.partition("@")[0].strip().lower().split("/")[:2])

    @property
    def owner(self) -> str:
        return self.name.partition("/")[0]

    @property
    def ref(self) -> str:
        return self.text.partition("@")[2].strip()


def uses(bundle: Bundle) -> list[Use]:
    """Every `uses:` of the answer: steps, called workflows, composite actions."""
    found = [
        Use(file, step.uses_line, step.uses, step.comment)
        for file, step in written_steps(bundle)
        if step.uses
    ]
    found += [
        Use(workflow.path, job.uses_line, job.uses, job.comment) for workflow, job in jobs(bundle) if job.uses
    ]
    return found


@rule(
    "GHA-04",
    severity="H",
    constraint="reproducible",
    source="GitHub secure-use reference; zizmor unpinned-uses; Scorecard Pinned-Dependencies",
    kinds=(KIND, ACTION_KIND),
    parameters={"trusted_owners": list[str] | None},
)
def pins_actions(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is every remote action and reusable workflow pinned to a full commit id?

    Accepted: `owner/name[/path]@` and 40 hex digits; `./` and `$/` of the same repository; `docker://` with
    `@sha256:`; owners that the case trusts. Wrong: tags, branches, short ids, no ref, `docker://image:tag`, an id that
    counts up or is all zeros; a local action that a checkout of another repository's tag or branch put there.
    """
    yield from no_job(bundle)
    trusted = facts.params.get("trusted_owners")
    owners = {str(owner).lower() for owner in trusted} if isinstance(trusted, list | tuple) else set[str]()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    yield from _fetched_actions(bundle, owners)
    for use in uses(bundle):
        if is_local(use.text):
            continue
        if use.text.lower().startswith("docker://"):
            if not _DIGEST.search(use.text.strip()):
                yield Violation(
                    use.file, use.line, f"`{use.text}` is not pinned: a tag moves, add its @sha256 digest"
                )
        elif use.owner not in owners and _INVENTED.fullmatch(use.ref.lower()):
            yield Violation(use.file, use.line, f"`{use.text}` names no commit: the id is made up")
        elif use.owner not in owners and not _COMMIT.match(use.ref):
            yield Violation(
                use.file,
                use.line,
                f"`{use.text}` is not pinned: a tag or branch moves, give the full commit id",
            )


def _fetched_actions(bundle: Bundle, owners: set[str]) -> Iterator[Violation]:
    for workflow, job in jobs(bundle):
        for step in job.steps:
            repository = text_of(step.input("repository")).lower()
            folder = normpath(text_of(step.input("path")) or ".")
            if step.action != "actions/checkout" or not repository or "github.repository" in repository:
                continue
            if repository.partition("/")[0] in owners or _COMMIT.match(text_of(step.input("ref"))):
                continue
            for user in job.steps:
                if user.uses.startswith("./") and f"{normpath(user.uses)}/".startswith(f"{folder}/"):
                    yield Violation(
                        workflow.path,
                        user.uses_line,
                        f"`{user.uses}` comes from `{repository}`, whose checkout is not pinned to a commit",
                    )


@rule(
    "GHA-05",
    severity="L",
    constraint="consistency",
    source="zizmor ref-version-mismatch",
    kinds=(KIND, ACTION_KIND),
)
def comments_agree(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Do the version comments behind commit ids agree wherever the same action is used?

    Accepted: no comment, the same comment, `v4` beside `v4.2.2` for one commit, comments that name no version.
    Wrong: one commit called by two versions, or one version at two commits of the same action.
    """
    yield from no_job(bundle)
    by_commit: dict[tuple[str, str], Use] = {}
    by_version: dict[tuple[str, str], Use] = {}
    for use in uses(bundle):
        version = _version(use.comment)
        if not version or not _COMMIT.match(use.ref):
            continue
        commit = use.ref.lower()
        first = by_commit.setdefault((use.name, commit), use)
        if not _same(version, _version(first.comment)):
            yield Violation(
                use.file,
                use.line,
                f"{use.name}@{commit[:7]} is called {version} here and {_version(first.comment)} in "
                f"{first.file}:{first.line}",
            )
        other = by_version.setdefault((use.name, version), use)
        if other.ref.lower() != commit:
            yield Violation(
                use.file,
                use.line,
                f"{use.name} {version} is commit {commit[:7]} here and {other.ref[:7]} in {other.file}:{other.line}",
            )


def _version(comment: str) -> str:
    match = _VERSION.search(_DATE.sub("", comment))
    return match[1] if match else ""


def _same(one: str, other: str) -> bool:
    return one == other or one.startswith(other + ".") or other.startswith(one + ".")
