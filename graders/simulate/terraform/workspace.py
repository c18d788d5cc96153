"""The Terraform workspace in which an answer is applied: that of production, as its files call it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.terraform.language import syntax
from graders.terraform.reading.configuration import PRODUCTION, files

# `terraform workspace select -or-create production`, `workspace new "prod"` and TF_WORKSPACE: production in scripts,
# workflows and runbooks.
_CHOSEN = re.compile(
    r"""\bworkspace\s+(?:select|new)\s+(?:-[\w=-]+\s+)*["']?([\w-]+)|\bTF_WORKSPACE["']?\s*[:=]\s*["']?([\w-]+)"""
)


DEFAULT = "default"


def workspace(bundle: Bundle) -> str | None:
    """Its name; None where nothing asks for the workspace, `DEFAULT` where nothing names that of production.

    Looked for in the commands that choose one, then in keys of maps and in texts that are compared, in names of files, and
    in any other text of the configuration.
    """
    expressions = [one for file in files(bundle) for one in _expressions(file.body)]
    if not any(is_workspace(one) for one in expressions):
        return None
    named = [name for name in _chosen(bundle.artifacts) if PRODUCTION.search(name.lower())]
    stems = (posixpath.basename(artifact.path).partition(".")[0] for artifact in bundle.artifacts)
    for texts in (_keys(expressions), stems, _texts(expressions)):
        named.extend(name for name in texts if PRODUCTION.fullmatch(name.lower()))
    return next(iter(named), DEFAULT)


def is_workspace(expression: syntax.Expression) -> bool:
    """Is it `terraform.workspace`?"""
    match expression:
        case syntax.GetAttr(source=syntax.Variable(name="terraform"), name="workspace"):
            return True
        case _:
            return False


def _chosen(artifacts: Sequence[Artifact]) -> Iterator[str]:
    for artifact in artifacts:
        for found in _CHOSEN.finditer(artifact.text):
            yield found[1] or found[2]


def _expressions(body: syntax.Body) -> Iterator[syntax.Expression]:
    for attribute in syntax.all_attributes(body):
        yield from syntax.walk(attribute.expression)


def _keys(expressions: Sequence[syntax.Expression]) -> Iterator[str]:
    """Keys of maps, and texts that are compared."""
    for expression in expressions:
        match expression:
            case syntax.Object(items=items):
                yield from _texts([key for key, _ in items])
            case syntax.Binary(left=left, right=right):
                yield from _texts([left, right])
            case _:
                pass


def _texts(expressions: Sequence[syntax.Expression]) -> Iterator[str]:
    for expression in expressions:
        match expression:
            case syntax.Literal(value=str() as text):
                yield text
            case _:
                pass
