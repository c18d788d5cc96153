"""One rule of a role: which requests it covers.

Source: plugin/pkg/auth/authorizer/rbac and pkg/apis/rbac/v1/evaluation_helpers.go of Kubernetes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graders.kubernetes.shapes import sequence, text
from graders.simulate.access.rbac.requests import Request

ALL = "*"


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """`role`, `file` and `line` say where it stands. Empty `names` are all objects."""

    verbs: frozenset[str]
    groups: frozenset[str]
    resources: frozenset[str]
    names: frozenset[str]
    urls: frozenset[str]
    role: str
    file: str
    line: int

    def covers(self, request: Request) -> bool:
        """Whether the rule allows the request, in whatever namespace it is bound."""
        if ALL not in self.verbs and request.verb not in self.verbs:
            return False
        if request.url is not None:
            return any(_url_matches(pattern, request.url) for pattern in self.urls)
        return self.concerns(request.group, request.resource) and (
            not self.names or request.name in self.names
        )

    def concerns(self, group: str, resource: str) -> bool:
        """Whether the rule speaks of this resource. "pods" is not "pods/log"; "*" is both, "*/log" that part of all,
        and "pods/*" nothing."""
        if ALL not in self.groups and group not in self.groups:
            return False
        part = resource.partition("/")[2]
        return bool(self.resources & {ALL, resource}) or (bool(part) and f"*/{part}" in self.resources)


def policy_rule(item: Mapping[str, Any], role: str, file: str, line: int) -> PolicyRule:
    """A rule out of a manifest; what is no list of texts there grants nothing."""

    def words(key: str) -> frozenset[str]:
        return frozenset(text(word) for word in sequence(item.get(key)) if isinstance(word, str))

    return PolicyRule(
        words("verbs"),
        words("apiGroups"),
        words("resources"),
        words("resourceNames"),
        words("nonResourceURLs"),
        role,
        file,
        line,
    )


def _url_matches(pattern: str, url: str) -> bool:
    """Exact, or a prefix before a last "*": "/healthz/*" is not "/healthz"."""
    return pattern == url or (pattern.endswith(ALL) and url.startswith(pattern[:-1]))
