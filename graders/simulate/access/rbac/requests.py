"""Requests to the API server, and who sends them."""

from __future__ import annotations

from dataclasses import dataclass

_ACCOUNT = "system:serviceaccount:"


@dataclass(frozen=True, slots=True)
class Request:
    """One call as the authorizer sees it.

    `resource` holds the subresource ("pods/log"). `namespace` None is the cluster scope or all namespaces at once. `name` is
    the object that the URL names; for list and watch the one that `fieldSelector=metadata.name=` selects (the server
    takes it for the name). A create of a whole object has none. `url` stands alone: a path that is no resource.
    Source: apiserver/pkg/endpoints/request/requestinfo.go.
    """

    verb: str
    group: str = ""
    resource: str = ""
    namespace: str | None = None
    name: str | None = None
    url: str | None = None

    def __str__(self) -> str:
        if self.url is not None:
            return f"{self.verb} {self.url}"
        kind = f"{self.resource}.{self.group}" if self.group else self.resource
        where = f"in {self.namespace}" if self.namespace else "in the whole cluster"
        return f"{self.verb} {kind}{f' {self.name}' if self.name else ''} {where}"


@dataclass(frozen=True, slots=True)
class User:
    """Who sends requests: a user name, and the groups that the case gives it beyond those of everyone."""

    name: str
    groups: tuple[str, ...] = ()

    @property
    def all_groups(self) -> frozenset[str]:
        """Everyone who is logged in is in system:authenticated; a ServiceAccount also in those of its kind."""
        groups = {"system:authenticated", *self.groups}
        namespace, account = self.account
        if account:
            groups |= {"system:serviceaccounts", f"system:serviceaccounts:{namespace}"}
        return frozenset(groups)

    @property
    def account(self) -> tuple[str, str]:
        """(namespace, name) of the ServiceAccount, or two empty texts."""
        if not self.name.startswith(_ACCOUNT):
            return "", ""
        namespace, _, account = self.name.removeprefix(_ACCOUNT).partition(":")
        return namespace, account
