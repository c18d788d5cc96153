"""Permissions needed against permissions granted, for one user."""

from __future__ import annotations

from dataclasses import dataclass

from graders.simulate.access.rbac.authorize import Grant, decide, grants
from graders.simulate.access.rbac.needs import Needs
from graders.simulate.access.rbac.policy import Policy
from graders.simulate.access.rbac.requests import Request
from graders.simulate.access.rbac.universe import Level, level_of, universe
from graders.trace import Permission, Permissions

# A surplus of reading weighs a quarter of any other in the precision.
_READ_WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Verdict:
    """A request and the grant that allows it; None where it is denied."""

    request: Request
    by: Grant | None


@dataclass(frozen=True, slots=True)
class Surplus:
    """A permission that is granted and that no call needs."""

    request: Request
    level: Level
    by: Grant


@dataclass(frozen=True, slots=True)
class Audit:
    """All verdicts for one user. `used` counts the permissions granted that the case has a use for."""

    needs: Needs
    held: tuple[Grant, ...]
    required: tuple[Verdict, ...]
    forbidden: tuple[Verdict, ...]
    used: int
    surplus: tuple[Surplus, ...]

    @property
    def recall(self) -> float:
        """The share of the required calls that are allowed; 1 where nothing is required."""
        allowed = sum(one.by is not None for one in self.required)
        return allowed / len(self.required) if self.required else 1.0

    @property
    def precision(self) -> float:
        """The share of the granted permissions that the case has a use for; reading too much weighs a quarter."""
        excess = sum(_READ_WEIGHT if one.level == "read" else 1.0 for one in self.surplus)
        return self.used / (self.used + excess) if self.used or excess else 1.0

    def trace(self) -> Permissions:
        """For reports: what is needed, forbidden and granted beyond."""
        entries = [
            *(
                Permission(str(one.request), "needed", one.by is not None, _origin(one.by))
                for one in self.required
            ),
            *(
                Permission(str(one.request), "forbidden", one.by is not None, _origin(one.by))
                for one in self.forbidden
            ),
            *(Permission(str(one.request), "excess", True, _origin(one.by)) for one in self.surplus),
        ]
        numbers = f"recall {self.recall:.2f}, precision {self.precision:.2f}"
        return Permissions(f"what {self.needs.user} may do: {numbers}", tuple(entries))


def _origin(grant: Grant | None) -> str:
    return "" if grant is None else f"{grant.rule.role} through {grant.binding}"


def audit(policy: Policy, needs: Needs) -> Audit:
    """Try each call of the case and each permission of the universe. Raises `Unsupported`."""
    held = grants(policy, needs.who)
    used = 0
    surplus: list[Surplus] = []
    for request in dict.fromkeys(universe(held, needs)):
        by = decide(held, request)
        if by is None:
            continue
        if needs.excuse(request):
            used += 1
        else:
            surplus.append(Surplus(request, level_of(request), by))
    return Audit(
        needs,
        held,
        tuple(_verdicts(needs, "required", held)),
        tuple(_verdicts(needs, "forbidden", held)),
        used,
        tuple(surplus),
    )


def _verdicts(needs: Needs, which: str, held: tuple[Grant, ...]) -> list[Verdict]:
    calls = needs.required if which == "required" else needs.forbidden
    requests = [request for call in calls for request in call.requests(needs.namespace)]
    return [Verdict(request, decide(held, request)) for request in requests]
