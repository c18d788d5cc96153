"""GHA-13: is production deployed to by one run at a time, and is none killed half-way?"""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.github_actions.environments import texts
from graders.github_actions.instances import KIND
from graders.github_actions.roles import roles
from graders.github_actions.simulated import simulation
from graders.github_actions.subjects import no_job
from graders.rule import Absent, Violation, rule


@rule(
    "GHA-13",
    severity="H",
    constraint="idempotent",
    source="GitHub docs, control workflow concurrency",
    kinds=(KIND,),
    tools=("node",),
    parameters={"deploy_commands": list[str], "marks": list[str] | None},
)
def deploys_one_at_a_time(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Do all runs that deploy to production wait in one concurrency group, in which a newer run cancels none?

    Judged is the evaluated group of every job that deploys to production, over all events. Accepted: a group on the job,
    on the job that calls its workflow, or on the workflow; any name. Wrong: no group; names that differ between a branch,
    a tag or a manual start; cancel-in-progress that is true for such a run; no run that deploys.
    """
    commands, marks = (
        texts(facts.params.get("deploy_commands")),
        texts(facts.params.get("marks")) or ["production"],
    )
    yield from no_job(bundle)
    simulated = simulation(bundle)
    known = roles(bundle, simulated)
    groups: dict[str, Violation] = {}
    told: set[tuple[str, str]] = set()
    found = False
    for run in simulated.clean:
        for step in known.deploying(run, commands, marks):
            found = True
            concurrency = run.jobs[step.job].concurrency
            file, line = step.file, known.line(step)
            if concurrency is None:
                wrong = "none"
                message = f"job `{step.job}` deploys without a concurrency group: two runs can deploy at once"
            elif concurrency.cancels:
                wrong = "cancels"
                message = (
                    f"job `{step.job}`: a newer run kills a running deployment, as in {run.world.words()}"
                )
            else:
                name = concurrency.group.lower()
                others = ", ".join(repr(other) for other in groups)
                groups.setdefault(
                    name,
                    Violation(
                        file,
                        line,
                        f"job `{step.job}` waits in the group {name!r}, but other runs in {others}",
                    ),
                )
                continue
            if (step.job, wrong) not in told:
                told.add((step.job, wrong))
                yield Violation(file, line, message)
    if not found:
        yield Absent("", None, f"no run deploys to {marks[0]} ({', '.join(commands)})")
    yield from list(groups.values())[1:]
