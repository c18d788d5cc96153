"""IAC-08: can one wrong apply take the data with it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graders.bundle import Bundle
from graders.facts import Facts
from graders.rule import Absent, Violation, rule
from graders.terraform.language.values import as_bool, as_list
from graders.terraform.once import once
from graders.terraform.reading.configuration import KIND, entry, production
from graders.terraform.reading.view import Resource
from graders.terraform.tables import table


@rule(
    "IAC-08",
    severity="H",
    constraint="rollback_dr",
    source="Terraform lifecycle documentation; checkov CKV_AWS_293",
    kinds=(KIND,),
    parameters={"types": list[str] | None},
)
def protects_data(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Is every resource that holds data protected by Terraform and by its provider, with a last snapshot?

    Accepted: `prevent_destroy = true`, and where the type has them: deletion protection on, `skip_final_snapshot` not
    true with a `final_snapshot_identifier`, `force_destroy` not true. Values through variables, locals and modules
    are resolved; of several environments only production is asked. Read replicas are left out: their source
    has the data. Wrong: any of them missing or off, a value that the files don't decide, no such resource at all.
    """
    yield from once(_judge(bundle, facts))


def _judge(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    known = table("stateful")
    types = [type for type in as_list(facts.params.get("types")) if isinstance(type, str)] or list(known)
    asked = production(bundle)
    found = [
        one
        for configuration in asked
        for one in configuration.resources(*types)
        if one.view.value("replicate_source_db") is None
    ]
    if not found:
        yield Absent(*entry(asked), f"nothing here holds data ({', '.join(types)})")
    for resource in found:
        yield from _protected(resource, known.get(resource.type, {}))


def _protected(resource: Resource, about: dict[str, Any]) -> Iterator[Violation]:
    view, address = resource.view, resource.address
    if as_bool(view.at("lifecycle", "prevent_destroy")) is not True:
        yield Violation(view.path, view.line, f"{address} needs lifecycle {{ prevent_destroy = true }}")
    if name := about.get("protection"):
        value, wanted = view.value(name), about.get("protected")
        if (value != wanted) if wanted else as_bool(value) is not True:
            yield Violation(view.path, view.line_of(name), f"{address} needs {name} = {wanted or 'true'}")
    if about.get("snapshot"):
        skip = view.value("skip_final_snapshot")
        if skip is not None and as_bool(skip) is not False:
            line = view.line_of("skip_final_snapshot")
            yield Violation(view.path, line, f"{address} must not skip its final snapshot")
        elif view.value("final_snapshot_identifier") in (None, ""):
            yield Violation(view.path, view.line, f"{address} has no final_snapshot_identifier")
    if (
        (name := about.get("force"))
        and view.value(name) is not None
        and as_bool(view.value(name)) is not False
    ):
        yield Violation(
            view.path, view.line_of(name), f"{address} must not have {name} (it deletes the content)"
        )
    if (name := about.get("on")) and as_bool(view.value(name)) is not True:
        yield Violation(view.path, view.line_of(name), f"{address} needs {name} = true")


RULES = (protects_data,)
