"""The roles that every cluster has: view, edit, admin and cluster-admin, and the parts that they aggregate.

Facts of Kubernetes 1.31's default policy (plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go), kept in
builtin_roles.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from graders.simulate.access.rbac.rules import PolicyRule, policy_rule

_Row = tuple[tuple[None, str], tuple[PolicyRule, ...], dict[str, str], tuple[Any, ...] | None]
_LABEL = "rbac.authorization.k8s.io/aggregate-to-"


@lru_cache(1)
def builtin_roles() -> tuple[_Row, ...]:
    """(key, rules, labels, selectors of the aggregation) of each."""
    table = tomllib.loads(Path(__file__).with_name("builtin_roles.toml").read_text(encoding="utf-8"))
    return tuple(_rows(table["role"]))


def _rows(roles: dict[str, Any]) -> Iterator[_Row]:
    for name, role in roles.items():
        rules = [
            *({"apiGroups": [group], "resources": resources, "verbs": role["verbs"]} for group, resources in
              role.get("resources", {}).items()),
            *role.get("rules", []),
        ]  # fmt: skip
        yield (
            (None, name),
            tuple(policy_rule(item, f"ClusterRole/{name}", "", 1) for item in rules),
            {f"{_LABEL}{target}": "true" for target in role.get("part_of", [])},
            _selectors(role["aggregates"]) if "aggregates" in role else None,
        )


def _selectors(targets: list[str]) -> tuple[Any, ...]:
    return tuple({"matchLabels": {f"{_LABEL}{target}": "true"}} for target in targets)
