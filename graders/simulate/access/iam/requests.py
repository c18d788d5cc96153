"""One request as IAM sees it: who, what, on what, and the context keys that come with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# The key is there, or not, and nobody knows.
UNDECIDED: Literal["undecided"] = "undecided"

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: `kind` as in a policy (AWS, Service, Federated) and its name: an ARN, a service's host, or a provider's ARN.
    An assumed-role session also is its role."""

    kind: Literal["AWS", "Service", "Federated"]
    name: str


@dataclass(frozen=True, slots=True)
class Request:
    """`context` has its keys in lower case; a value of several is a tuple, None says that the key is absent.

    `complete`: a key that is not in `context` is absent. Otherwise nobody knows of it, except that keys of one service
    (`iam:PassedToService`) come with that service's requests only.
    """

    action: str
    resource: str = "*"
    context: Mapping[str, str | Values | None] = field(default_factory=dict[str, "str | Values | None"])
    principal: Principal | None = None
    complete: bool = True

    def values(self, key: str) -> Values | Literal["undecided"] | None:
        """The key's values, None when the request has none."""
        key = key.lower()
        if key in self.context:
            value = self.context[key]
            return (value,) if isinstance(value, str) else value
        if self.complete or self._is_of_another_service(key):
            return None
        return UNDECIDED

    def _is_of_another_service(self, key: str) -> bool:
        prefix, colon, _ = key.partition(":")
        return bool(colon) and prefix != "aws" and "." not in prefix and prefix != self.service

    @property
    def service(self) -> str:
        return self.action.partition(":")[0].lower()

    def __str__(self) -> str:
        return self.action if self.resource == "*" else f"{self.action} on {self.resource}"


def request_context(given: Mapping[str, object]) -> dict[str, str | Values | None]:
    """A context as requests have it, from plain data: keys in any case, lists, numbers and booleans."""

    def text(value: object) -> str:
        return str(value).lower() if isinstance(value, bool) else str(value)

    return {
        key.lower(): None
        if value is None
        else tuple(text(one) for one in value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        if isinstance(value, list | tuple)
        else text(value)
        for key, value in given.items()
    }
