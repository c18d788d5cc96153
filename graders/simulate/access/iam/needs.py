"""What a case says of one role: the calls that it makes, that do no harm, that it must not be able to make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graders.simulate.access.iam.patterns import arn_matches, matches
from graders.simulate.access.iam.requests import Request, Values, request_context


@dataclass(frozen=True, slots=True)
class Calls:
    """Some calls at once: each action on each resource (`*`: the action knows none).

    `context` are keys that come with them, a null value a key that does not. In `harmless`, actions and resources may be
    patterns.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    context: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True)
class Needs:
    """The calls of the role with this name in one account. `forbidden` are hidden probes: one that is allowed fails,
    whatever else is right."""

    role: str
    account: str
    region: str
    required: tuple[Calls, ...]
    harmless: tuple[Calls, ...] = ()
    forbidden: tuple[Calls, ...] = ()

    def requests(self, calls: tuple[Calls, ...]) -> Iterator[Request]:
        """Each call as a request of a session of the role."""
        for call in calls:
            for action in call.actions:
                for resource in call.resources:
                    yield self.request(action, resource, call.context)

    def request(self, action: str, resource: str, context: Mapping[str, Any]) -> Request:
        """A request with the global keys that every session has; what the case does not state is unknown."""
        keys = {**_globals(self, resource), **request_context(context)}
        return Request(action, resource, keys, complete=False)

    def context_of(self, action: str) -> Mapping[str, Any]:
        """The context with which the role makes this action, as far as the case says."""
        for call in self.required:
            if action.lower() in (one.lower() for one in call.actions):
                return call.context
        return {}

    def excuse(self, request: Request) -> bool:
        """Whether the case has a use for this permission."""
        return any(_includes(call, request) for call in (*self.required, *self.harmless))


def _includes(call: Calls, request: Request) -> bool:
    if not any(matches(action, request.action, ignore_case=True) for action in call.actions):
        return False
    return any(
        resource == request.resource or arn_matches(resource, request.resource) for resource in call.resources
    )


def _globals(needs: Needs, resource: str) -> dict[str, str | Values | None]:
    """Source: IAM User Guide, "AWS global condition context keys", for a session of an assumed role, over TLS and direct."""
    return {
        "aws:principalaccount": needs.account,
        "aws:principalarn": f"arn:aws:iam::{needs.account}:role/{needs.role}",
        "aws:principaltype": "AssumedRole",
        "aws:requestedregion": needs.region,
        "aws:resourceaccount": (resource.split(":") + [""] * 5)[4] or needs.account,
        "aws:securetransport": "true",
        "aws:viaawsservice": "false",
        "aws:principalisawsservice": "false",
        "aws:calledvia": None,
        "aws:calledviafirst": None,
        "aws:calledvialast": None,
        "aws:username": None,
        "aws:multifactorauthage": None,
    }
