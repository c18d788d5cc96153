"""Permissions needed against permissions granted, for one token."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from graders.simulate.access.vault.acl import Acl, Decision, merged
from graders.simulate.access.vault.mounts import Level, endpoint
from graders.simulate.access.vault.needs import Needs
from graders.simulate.access.vault.policy import Policy, read_policy
from graders.simulate.access.vault.requests import Request
from graders.simulate.access.vault.universe import universe
from graders.trace import Permission, Permissions

# A surplus of reading what is no secret weighs a quarter of any other in the precision.
_READ_WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Verdict:
    """A request of the case and what became of it."""

    request: Request
    decision: Decision


@dataclass(frozen=True, slots=True)
class Surplus:
    """A permission that is granted and that no call needs."""

    request: Request
    level: Level
    decision: Decision


@dataclass(frozen=True, slots=True)
class Audit:
    """All verdicts for one token. `used` counts the permissions granted that the case has a use for."""

    needs: Needs
    required: tuple[Verdict, ...]
    forbidden: tuple[Verdict, ...]
    used: int
    surplus: tuple[Surplus, ...]

    @property
    def recall(self) -> float:
        """The share of the required calls that are allowed; 1 where nothing is required."""
        allowed = sum(one.decision.allowed for one in self.required)
        return allowed / len(self.required) if self.required else 1.0

    @property
    def precision(self) -> float:
        """The share of the granted permissions that the case has a use for; reading too much weighs a quarter."""
        excess = sum(_READ_WEIGHT if one.level == "read" else 1.0 for one in self.surplus)
        return self.used / (self.used + excess) if self.used or excess else 1.0

    def trace(self) -> Permissions:
        """For reports: what is needed, forbidden and granted beyond."""
        entries = [
            *(_entry(one.request, one.decision, asked="needed") for one in self.required),
            *(_entry(one.request, one.decision, asked="forbidden") for one in self.forbidden),
            *(_entry(one.request, one.decision, asked="excess") for one in self.surplus),
        ]
        numbers = f"recall {self.recall:.2f}, precision {self.precision:.2f}"
        return Permissions(f"what the token of {self.needs.token} may do: {numbers}", tuple(entries))


def _entry(request: Request, decision: Decision, asked: str) -> Permission:
    by = "" if decision.entry is None else f'path "{decision.entry.path}"'
    return Permission(str(request), asked, decision.allowed, by)  # pyright: ignore[reportArgumentType]


@lru_cache(1)
def _default() -> tuple[Policy, Acl]:
    """Vault's own policy `default`, and its ACL alone."""
    file = Path(__file__).with_name("default_policy.hcl")
    policy = read_policy(file.read_text(encoding="utf-8"), "default.hcl")
    return policy, merged((policy,))


def acl_of(policies: tuple[Policy, ...], needs: Needs) -> Acl:
    """The ACL of the case's token."""
    return merged((*policies, _default()[0]) if needs.default else policies, needs.identity)


def excused(request: Request, needs: Needs) -> bool:
    """Whether the case has a use for it, or every token may make it anyway."""
    return needs.excuse(request) or (needs.default and _default()[1].decide(request).allowed)


def audit(acl: Acl, needs: Needs) -> Audit:
    """Try each call of the case and each permission of the universe. Raises `Unsupported`."""
    used = 0
    surplus: list[Surplus] = []
    for request in universe(acl, needs):
        decision = acl.decide(request)
        if not decision.allowed:
            continue
        if needs.excuse(request):
            used += 1
        elif not excused(request, needs):
            level = endpoint(request.path, needs.mounts).level(request.operation)
            surplus.append(Surplus(request, level, decision))
    required = (Verdict(request, acl.decide(request)) for request in needs.required_requests())
    forbidden = (Verdict(request, acl.decide(request)) for request in needs.requests(needs.forbidden))
    return Audit(needs, tuple(required), tuple(forbidden), used, tuple(surplus))
