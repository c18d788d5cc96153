"""Permissions needed against permissions granted, for one role."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from graders.simulate.access.iam.catalogue import Level, actions
from graders.simulate.access.iam.document import Document
from graders.simulate.access.iam.evaluate import Decision, permitted
from graders.simulate.access.iam.needs import Needs
from graders.simulate.access.iam.requests import Request
from graders.simulate.access.iam.universe import uncounted, universe
from graders.trace import Permission, Permissions

# A surplus of reading weighs a quarter of any other in the precision.
_READ_WEIGHT = 0.25
_MILD: frozenset[Level] = frozenset({"list", "read"})
# Reading that hands out a secret. Source: API references of Secrets Manager and of Systems Manager.
_SECRETS = frozenset(
    {
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "ssm:GetParameters",
        "ssm:GetParametersByPath",
        "ssm:GetParameterHistory",
    }
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A request and what became of it."""

    request: Request
    decision: Decision


@dataclass(frozen=True, slots=True)
class Surplus:
    """A permission that is granted and that no call needs. `is_new`: on a resource that no call needs either."""

    request: Request
    level: Level
    decision: Decision
    is_new: bool

    @property
    def is_serious(self) -> bool:
        """Whether it changes anything or hands out another secret, and so fails by itself."""
        return self.level not in _MILD or (self.is_new and self.request.action in _SECRETS)


@dataclass(frozen=True, slots=True)
class Audit:
    """All verdicts for one role. `used` counts the permissions granted that the case has a use for; `undecided` are requests
    that hang on what neither the files nor the case say, `uncounted` actions of services that the table does not hold."""

    needs: Needs
    required: tuple[Verdict, ...]
    forbidden: tuple[Verdict, ...]
    used: int
    surplus: tuple[Surplus, ...]
    undecided: tuple[Verdict, ...]
    uncounted: tuple[str, ...]

    @property
    def recall(self) -> float:
        """The share of the required calls that are allowed; 1 where nothing is required."""
        allowed = sum(one.decision.allowed is True for one in self.required)
        return allowed / len(self.required) if self.required else 1.0

    @property
    def possible(self) -> int:
        """How many of the required calls nothing here rules out."""
        return sum(one.decision.allowed is not False for one in self.required)

    @property
    def precision(self) -> float:
        """The share of the granted permissions that the case has a use for; reading too much weighs a quarter."""
        excess = sum(1.0 if one.is_serious else _READ_WEIGHT for one in self.surplus)
        return self.used / (self.used + excess) if self.used or excess else 1.0

    def trace(self) -> Permissions:
        """For reports: what is needed, forbidden and granted beyond."""
        entries = [
            *(_entry(one, "needed") for one in self.required),
            *(_entry(one, "forbidden") for one in self.forbidden),
            *(
                Permission(f"{one.request} ({one.level})", "excess", True, one.decision.origin)
                for one in self.surplus
            ),
        ]
        numbers = f"recall {self.recall:.2f}, precision {self.precision:.2f}"
        title = f"what {self.needs.role} may do in {self.needs.account}: {numbers}"
        return Permissions(title, tuple(entries))


def _entry(one: Verdict, asked: Literal["needed", "forbidden"]) -> Permission:
    return Permission(str(one.request), asked, one.decision.allowed is True, one.decision.origin)


def audit(identity: Sequence[Document], boundary: Document | None, needs: Needs) -> Audit:
    """Try each call of the case and each permission of the universe. Raises `Unsupported`."""

    def verdict(request: Request) -> Verdict:
        return Verdict(request, permitted(request, identity, boundary))

    required = tuple(verdict(request) for request in needs.requests(needs.required))
    forbidden = tuple(verdict(request) for request in needs.requests(needs.forbidden))
    tried = [verdict(request) for request in _distinct(universe(identity, needs))]
    granted = [one for one in tried if one.decision.allowed is True]
    surplus = [one for one in granted if not needs.excuse(one.request)]
    used = {resource for call in needs.required for resource in call.resources}
    return Audit(
        needs,
        required,
        forbidden,
        len(granted) - len(surplus),
        tuple(
            Surplus(
                one.request,
                actions()[one.request.action.lower()].level,
                one.decision,
                is_new=one.request.resource not in used,
            )
            for one in surplus
        ),
        tuple(
            one
            for one in (*required, *forbidden, *(one for one in tried if not needs.excuse(one.request)))
            if one.decision.allowed is None
        ),
        tuple(uncounted(identity)),
    )


def _distinct(requests: Iterable[Request]) -> list[Request]:
    found: dict[tuple[str, str], Request] = {}
    for request in requests:
        found.setdefault((request.action, request.resource), request)
    return list(found.values())
