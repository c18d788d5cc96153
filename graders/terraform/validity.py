"""IAC-01: does Terraform itself accept the files?"""

from __future__ import annotations

from collections.abc import Iterator

from graders.bundle import Bundle, ToolFailed
from graders.facts import Facts
from graders.rule import Violation, rule
from graders.terraform.language.syntax import Literal
from graders.terraform.reading.configuration import KIND, files


@rule(
    "IAC-01",
    severity="C",
    constraint="validity",
    source="terraform validate with the provider's own schemas",
    kinds=(KIND,),
    tools=("terraform",),
    gate=True,
)
def is_valid(bundle: Bundle, facts: Facts) -> Iterator[Violation]:
    """Does `terraform validate` accept every module, with nothing but what the contract offers?

    Wrong: an error of Terraform; a provider or version that the contract does not state (the report calls it
    `unserved`); a module from a registry or from git. Warnings and deprecations are right.
    """
    report = bundle.report("terraform")
    for message in report.messages:
        if message.level == "error" or message.code == "unserved":
            yield Violation(message.file, message.line, message.text)
    unread = [artifact.path for artifact in bundle.of(KIND) if artifact.path not in report.judged]
    if unread and not report.messages:
        raise ToolFailed(f"terraform: {unread[0]} was not read")
    for file in files(bundle):
        for block in file.body.of("module"):
            source = block.body.attributes.get("source")
            value = source.expression.value if source and isinstance(source.expression, Literal) else None
            if not isinstance(value, str) or not value.startswith(("./", "../")):
                line = source.line if source else block.line
                yield Violation(
                    file.path, line, f"module {_name(block.labels)} must come from a folder beside it"
                )


def _name(labels: tuple[str, ...]) -> str:
    return labels[0] if labels else "without a name"


RULES = (is_valid,)
