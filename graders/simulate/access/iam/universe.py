"""The permissions over which surplus is counted: (action, resource).

Every action of the table that an Allow statement may name, on each resource of the case that the action knows and on one
that no case names; an action that knows no resources on `*`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graders.simulate.access.iam.catalogue import Action, actions, example, format_of, named_by
from graders.simulate.access.iam.document import Document, Statement
from graders.simulate.access.iam.needs import Needs
from graders.simulate.access.iam.patterns import matches
from graders.simulate.access.iam.requests import Request


def universe(documents: Sequence[Document], needs: Needs) -> Iterator[Request]:
    """Every permission to try. Raises `Unsupported`."""
    reached = {
        action.name: action
        for document in documents
        for statement in document.statements
        if statement.allows
        for action in _reached(statement)
    }
    named = _resources(needs)
    for action in reached.values():
        context = needs.context_of(action.name)
        for resource in _of(action, named, needs):
            yield needs.request(action.name, resource, context)


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


def _of(action: Action, named: dict[str, None], needs: Needs) -> Iterator[str]:
    if not action.formats:
        yield "*"
        return
    service = action.name.partition(":")[0]
    yield from (resource for resource in named if format_of(resource, service) in action.formats)
    for form in action.formats:
        yield example(form, needs.account, needs.region)
