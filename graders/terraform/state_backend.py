"""IAC-03: can the state be lost, read by others, or written by two at once?"""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.terraform.language.values import Unknown, as_bool
from graders.terraform.once import once
from graders.terraform.reading.backend_settings import Backend, backends
from graders.terraform.reading.configuration import KIND, Configuration, configurations

# These lock and encrypt by themselves.
_SAFE = frozenset({"gcs", "azurerm", "remote", "cloud"})


@rule(
    "IAC-03",
    severity="H",
    constraint="reproducible",
    source="Terraform documentation: backend s3 (use_lockfile, dynamodb_table, encrypt)",
    kinds=(KIND,),
    parameters={"state_bucket": str | None},
)
def keeps_state_remotely(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does every root keep its state in a remote backend that locks and encrypts?

    Accepted: s3 with bucket, key, `encrypt = true` and `use_lockfile = true` or `dynamodb_table`; gcs, azurerm, remote,
    `cloud`; settings left out of the block that a delivered tfbackend file or a `-backend-config=NAME=VALUE` in a
    delivered file gives; a root without backend that only makes the bucket of another root's backend.
    Wrong: no backend, `local`, a setting missing or not known, another bucket than `state_bucket`.
    """
    wanted = facts.params.get("state_bucket")
    found = configurations(bundle)
    named = [b.settings.get("bucket") for one in found for b in backends(bundle, one) if b.type == "s3"]
    buckets = {name for name in [*named, wanted] if isinstance(name, str)}
    yield from once(
        violation
        for one in found
        if not _makes_bucket(bundle, one, buckets, len({other.root.folder.path for other in found}))
        for backend in backends(bundle, one)
        for violation in _judge(backend, one, wanted if isinstance(wanted, str) else None)
    )


def _makes_bucket(bundle: Bundle, configuration: Configuration, buckets: set[str], roots: int) -> bool:
    local = all(backend.type in ("", "local") for backend in backends(bundle, configuration))
    made = (bucket.view.value("bucket") for bucket in configuration.resources("aws_s3_bucket"))
    return roots > 1 and local and any(isinstance(name, str) and name in buckets for name in made)


def _judge(backend: Backend, configuration: Configuration, wanted: str | None) -> Iterator[Violation]:
    place = (backend.path, backend.line)
    where = configuration.root.folder.path or "the root"
    if backend.type in ("", "local"):
        yield Violation(*place, f"{where} keeps its state on the machine that runs it; use a remote backend")
        return
    if backend.type != "s3":
        if backend.type not in _SAFE:
            yield Violation(*place, f"backend {backend.type} is not known to lock and encrypt the state")
        if wanted and backend.settings.get("bucket") != wanted:
            yield Violation(*place, f"the state must be in the bucket {wanted}")
        return
    settings = backend.settings
    for name in ("bucket", "key"):
        if settings.get(name) in (None, "") or isinstance(settings.get(name), Unknown):
            yield Violation(*place, f"backend s3 has no {name} that the files give")
    if wanted and settings.get("bucket") not in (None, "", wanted):
        yield Violation(*place, f"the state must be in the bucket {wanted}")
    if as_bool(settings.get("encrypt")) is not True:
        yield Violation(*place, "backend s3 must encrypt the state (encrypt = true)")
    table = settings.get("dynamodb_table")
    if as_bool(settings.get("use_lockfile")) is not True and (not isinstance(table, str) or not table):
        yield Violation(*place, "backend s3 must lock the state (use_lockfile = true or dynamodb_table)")


RULES = (keeps_state_remotely,)
