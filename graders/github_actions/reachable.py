"""GHA-23: does everything that the case needs ever run?"""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts, texts
from graders.github_actions.instances import KIND
from graders.github_actions.roles import roles
from graders.github_actions.simulated import simulation
from graders.github_actions.subjects import no_job
from graders.rule import Absent, Violation, rule


@rule(
    "GHA-23",
    version=2,
    severity="H",
    constraint="intent",
    source="GitHub docs, workflow syntax (on, needs, if), events",
    kinds=(KIND,),
    tools=("node",),
    parameters={"needed": dict[str, list[str]]},
)
def runs_what_is_needed(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is there, for each thing that must happen, an event whose clean run does it?

    Accepted: any event, any job, called workflows, composite actions and scripts of the answer. Wrong: a condition that
    never holds, a job below one that is always skipped, a filter that lets no event through, a command that no step runs;
    a job that waits for jobs that don't exist.
    """
    yield from no_job(bundle)
    simulated = simulation(bundle)
    known = roles(bundle, simulated)
    good = [run for run in simulated.clean if run.world.conclusion == "success"]
    for name, commands in dict(facts.params.get("needed") or {}).items():
        if not any(known.speaking(run, texts(commands)) for run in good):
            yield Absent("", None, f"no event makes {name} run ({', '.join(texts(commands))})")
    starting = {run.world.workflow for run in simulated.clean}
    for path, workflow in simulated.workflows.items():
        if path not in starting and set(workflow.triggers) - {"workflow_call"} and workflow.jobs:
            yield Violation(path, workflow.line_of("on"), "no event that was tried starts this workflow")
    told: set[str] = set()
    for run in simulated.clean:
        for job in run.jobs.values():
            if job.result == "never" and job.path not in told:
                told.add(job.path)
                yield Violation(
                    job.file, None, f"job `{job.path}` can never run: what it needs doesn't exist or needs it"
                )
