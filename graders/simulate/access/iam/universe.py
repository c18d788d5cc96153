"""The permissions over which surplus is counted: (action, resource).

Every action of the table that an Allow statement may name, on each resource of the case that the action knows, on one
that no case names, and on an example of each that the statements name beside those of the case; an action that knows no
resources on `*`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graders.simulate.access.iam.catalogue import Action, actions, example, format_of, in_table, named_by
from graders.simulate.access.iam.document import Document, Statement
from graders.simulate.access.iam.needs import Needs
from graders.simulate.access.iam.patterns import UNKNOWN, arn_matches, matches
from graders.simulate.access.iam.requests import Request


def universe(documents: Sequence[Document], needs: Needs) -> Iterator[Request]:
    """Every permission to try."""
    reached = {
        action.name: action
        for document in documents
        for statement in document.statements
        if statement.allows
        for action in _reached(statement)
    }
    named = {**_resources(needs), **_beside(documents, needs)}
    for action in reached.values():
        context = needs.context_of(action.name)
        for resource in _of(action, named, needs):
            yield needs.request(action.name, resource, context)


def uncounted(documents: Sequence[Document]) -> Iterator[str]:
    """The actions of Allow statements whose service the table does not hold."""
    for document in documents:
        for statement in document.statements:
            if statement.allows and not statement.not_actions:
                yield from (pattern for pattern in statement.actions if not in_table(pattern))


def _reached(statement: Statement) -> Iterator[Action]:
    if not statement.not_actions:
        for pattern in statement.actions:
            yield from named_by(pattern)
        return
    for action in actions().values():
        if not any(matches(pattern, action.name, ignore_case=True) for pattern in statement.actions):
            yield action


def _resources(needs: Needs) -> dict[str, None]:
    calls = (*needs.required, *needs.harmless)
    return {
        resource: None
        for call in calls
        for resource in call.resources
        if resource != "*" and not set(resource) & {"*", "?"}
    }


def _beside(documents: Sequence[Document], needs: Needs) -> dict[str, None]:
    """An ARN for each pattern of an Allow statement that fits no resource of the case."""
    of_case = _resources(needs)
    patterns = {
        pattern
        for document in documents
        for statement in document.statements
        if statement.allows and not statement.not_resources
        for pattern in statement.resources
        if pattern != "*" and UNKNOWN not in pattern and "${" not in pattern
    }
    return {
        pattern.replace("*", "undeclared").replace("?", "u"): None
        for pattern in sorted(patterns)
        if not any(arn_matches(pattern, resource) for resource in of_case)
    }


def _of(action: Action, named: dict[str, None], needs: Needs) -> Iterator[str]:
    if not action.formats:
        yield "*"
        return
    service = action.name.partition(":")[0]
    yield from (resource for resource in named if format_of(resource, service) in action.formats)
    for form in action.formats:
        yield example(form, needs.account, needs.region)
