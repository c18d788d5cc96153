"""IAC-17: does a secret that is made here ever change?"""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Absent, Violation, rule
from graders.terraform.language.values import as_bool
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, Configuration, configurations, entry
from graders.terraform.reading.view import Resource

_MANAGED = ("manage_master_user_password", "manage_master_password")
_MANAGING = ("aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster", "aws_redshift_cluster")


@rule(
    "IAC-17",
    severity="M",
    constraint="secret_hygiene",
    source="checkov CKV2_AWS_57; AWS Secrets Manager: rotation",
    kinds=(KIND,),
)
def rotates_secrets(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is every secret that is created rotated, or left to the service that manages and rotates it?

    Accepted: an aws_secretsmanager_secret_rotation with rules for the secret (by reference, through locals, modules or
    its version); `manage_master_user_password = true`, which creates none of its own. Wrong: a secret without rotation;
    neither a created nor a managed secret.
    """
    found = configurations(bundle)
    managed = (
        as_bool(resource.view.value(name)) is True
        for one in found
        for resource in one.resources(*_MANAGING)
        for name in _MANAGED
    )
    if not any(one.resources("aws_secretsmanager_secret") for one in found) and not any(managed):
        yield Absent(*entry(found), "no secret is created here and none is managed by its service")
    yield from once(v for configuration in found for v in _judge(configuration))


def _judge(configuration: Configuration) -> Iterator[Violation]:
    secrets = configuration.resources("aws_secretsmanager_secret")
    rotations = configuration.resources("aws_secretsmanager_secret_rotation")
    versions = configuration.resources("aws_secretsmanager_secret_version")
    for secret in secrets:
        if not any(_rotates(rotation, secret, versions) for rotation in rotations):
            message = f"{secret.address} is never rotated (aws_secretsmanager_secret_rotation)"
            yield Violation(secret.view.path, secret.view.line, message)


def _rotates(rotation: Resource, secret: Resource, versions: list[Resource]) -> bool:
    rules = rotation.view.block("rotation_rules")
    if rules is None or not (rules.has("automatically_after_days") or rules.has("schedule_expression")):
        return False
    return rotation.refers_to(secret, "secret_id") or any(
        rotation.refers_to(version, "secret_id") and version.refers_to(secret, "secret_id")
        for version in versions
    )


RULES = (rotates_secrets,)
