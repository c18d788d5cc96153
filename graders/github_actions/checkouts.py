"""GHA-15: no token left on disk by a checkout."""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions.evaluation import value_of
from graders.github_actions.instances import ACTION_KIND, KIND, Instance, actions, instances
from graders.github_actions.subjects import no_job, step_commands
from graders.github_actions.workflow import Step, text_of
from graders.rule import Violation, rule

# Actions that push with the credentials that actions/checkout left behind (their own documentation says so).
_PUSHING_ACTIONS = {
    "stefanzweifel/git-auto-commit-action",
    "peter-evans/create-pull-request",
    "endbug/add-and-commit",
    "ad-m/github-push-action",
    "jamesives/github-pages-deploy-action",
    "peaceiris/actions-gh-pages",
    "changesets/action",
    "cycjimmy/semantic-release-action",
    "devops-infra/action-commit-push",
    "helm/chart-releaser-action",
    "python-semantic-release/python-semantic-release",
}
_PUSHING_PROGRAMS = {"semantic-release", "lerna", "release-it"}


@rule(
    "GHA-15",
    severity="M",
    constraint="secret_hygiene",
    source="zizmor artipacked",
    kinds=(KIND, ACTION_KIND),
)
def drops_credentials(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does each checkout set persist-credentials: false, unless its job pushes?

    Accepted: `false` (or "false", no, off, or an expression that resolves to it); a job that pushes: `git push`, or an
    action known to push with the checkout's token. Wrong: left out, true, unknown; a push in another job, in a comment or
    in printed text.
    """
    yield from no_job(bundle)
    told: set[tuple[str, int]] = set()
    for instance in instances(bundle):
        if any(_pushes(step) for step in instance.steps):
            continue
        for step in instance.steps:
            if _keeps_credentials(step, instance) and (instance.workflow.path, step.uses_line) not in told:
                told.add((instance.workflow.path, step.uses_line))
                yield Violation(
                    instance.workflow.path,
                    step.uses_line,
                    f"job `{instance.job.id}` checks out without `persist-credentials: false`: the token stays on disk",
                )
    for action in actions(bundle):
        if not any(_pushes(step) for step in action.steps):
            for step in action.steps:
                if _keeps_credentials(step, None):
                    yield Violation(
                        action.path,
                        step.uses_line,
                        "the action checks out without `persist-credentials: false`: the token stays on disk",
                    )


def _keeps_credentials(step: Step, instance: Instance | None) -> bool:
    if step.action != "actions/checkout":
        return False
    written = step.input("persist-credentials")
    value = value_of(written, instance.lookup(step)) if instance else written
    # The action keeps them for "true" and where nothing is given; `no` and `off` are texts for GitHub's YAML.
    return text_of(value).strip().lower() not in ("false", "no", "off")


def _pushes(step: Step) -> bool:
    if step.action in _PUSHING_ACTIONS:
        return True
    for command in step_commands(step):
        program = command.program
        tries = {"--dry-run", "-n"} & set(program)
        if program[:1] == ("git",) and _git_subcommand(program) == "push" and not tries:
            return True
        if program and (
            program[0] in _PUSHING_PROGRAMS or (program[0] == "npx" and set(program) & _PUSHING_PROGRAMS)
        ):
            return True
    return False


def _git_subcommand(program: tuple[str, ...]) -> str:
    words = list(program[1:])
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option in ("-C", "-c", "--git-dir", "--work-tree") and words:
            words.pop(0)
    return words[0] if words else ""
