"""GitHub Actions workflows: recognise them, parse them, and the rules about them."""

from __future__ import annotations

import re

from graders.artifact import Artifact
from graders.github_actions import (
    checkouts,
    cloud_login,
    deploy_concurrency,
    deprecated,
    downloads,
    environments,
    forks,
    gates,
    image_promotion,
    injection,
    permissions,
    pinning,
    reachable,
    reviewed_plan,
    rollback_path,
    secret_blobs,
    secrets,
    timeouts,
    token_access,
    validity,
)
from graders.github_actions.instances import KIND
from graders.github_actions.workflow import Workflow, parse_workflow
from graders.rule import Rule

__all__ = ["KIND", "RULES", "is_whole", "parse", "recognises"]


_PLACE = re.compile(r"(^|/)\.github/workflows/[^/]+\.ya?ml\Z")
_ON = re.compile(r"""^(on|"on"|'on')\s*:""", re.MULTILINE)
_JOBS = re.compile(r"""^(jobs|"jobs"|'jobs')\s*:""", re.MULTILINE)
_FLOW_ON = re.compile(r"""[{,\s]["']?on["']?\s*:""")
_FLOW_JOBS = re.compile(r"""[{,\s]["']?jobs["']?\s*:""")
_PART = re.compile(r"^\s*(- +)?(runs-on\s*:|uses\s*:\s*[\"']?[\w.-]+/[\w./-]+@)", re.MULTILINE)
_ACTION = re.compile(r"^runs\s*:", re.MULTILINE)


def recognises(path: str | None, info: str, text: str) -> bool:
    """A workflow by its place, else YAML with `on` and `jobs`, else a part of one (jobs or steps)."""
    if path and _PLACE.search(path):
        return True
    if path and not path.endswith((".yml", ".yaml")):
        return False
    if info.split() and info.split()[0].lower() not in ("yaml", "yml") and not path:
        return False
    if is_whole(text):
        return True
    return _PART.search(text) is not None and _ACTION.search(text) is None


def is_whole(text: str) -> bool:
    """Has the text both `on` and `jobs` at its top? Jobs or steps alone are a fragment."""
    if _ON.search(text) and _JOBS.search(text):
        return True
    first = next(
        (line for line in text.split("\n") if line.strip() and not line.lstrip().startswith(("#", "---"))), ""
    )
    return (
        first.lstrip().startswith("{")
        and _FLOW_ON.search(text) is not None
        and _FLOW_JOBS.search(text) is not None
    )


def parse(artifact: Artifact) -> Workflow:
    """The workflow with its lines; raises `Unparsable`."""
    return parse_workflow(artifact)


RULES: tuple[Rule, ...] = (
    validity.can_run,
    permissions.states_permissions,
    token_access.has_the_scopes_it_needs,
    pinning.pins_actions,
    pinning.comments_agree,
    secrets.scopes_secrets,
    cloud_login.logs_in_without_keys,
    environments.deploys_through_environment,
    timeouts.limits_time,
    checkouts.drops_credentials,
    image_promotion.promotes_one_digest,
    downloads.verifies_downloads,
    deprecated.no_workflow_commands,
    secret_blobs.no_structured_secrets,
    gates.stops_at_a_failed_gate,
    deploy_concurrency.deploys_one_at_a_time,
    reachable.runs_what_is_needed,
    rollback_path.has_a_way_back,
    reviewed_plan.applies_the_reviewed_plan,
    injection.runs_no_untrusted_text,
    forks.runs_no_strangers_code,
    forks.keeps_secrets_from_forks,
)
