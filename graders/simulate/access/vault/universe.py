"""The requests over which permissions are counted.

Paths: those of the case, look-alikes of them (`orders-undeclared`, one level deeper, a sibling), an example of every path
of the policies, one for each endpoint of each engine and of the system. Each with the operations that it serves.
"""

from __future__ import annotations

from collections.abc import Iterator

from graders.simulate.access.vault.acl import Acl
from graders.simulate.access.vault.mounts import UNDECLARED, endpoint, engine_paths, system_paths
from graders.simulate.access.vault.needs import Needs
from graders.simulate.access.vault.patterns import example
from graders.simulate.access.vault.requests import Request


def universe(acl: Acl, needs: Needs) -> Iterator[Request]:
    """Every request to try, each once."""
    for path in dict.fromkeys(_paths(acl, needs)):
        for operation in endpoint(path, needs.mounts).operations:
            if operation == "list":
                yield Request(operation, f"{path.removesuffix('/')}/")
            elif not path.endswith("/"):
                yield Request(operation, path)


def _paths(acl: Acl, needs: Needs) -> Iterator[str]:
    for request in needs.requests(needs.required, needs.harmless, needs.forbidden):
        path = request.path.removesuffix("/")
        yield path
        yield f"{path}-{UNDECLARED}"
        yield f"{path}/{UNDECLARED}"
        yield f"{path.rpartition('/')[0]}/{UNDECLARED}"
        yield f"{path.rpartition('/')[0]}/"
    yield from needs.exists
    for pattern in acl.entries:
        yield example(pattern, UNDECLARED)
        yield pattern.removesuffix("*").replace("+", UNDECLARED)
        if pattern.endswith("*"):
            yield example(pattern, f"{UNDECLARED}/{UNDECLARED}")
    for mount in needs.mounts:
        yield from engine_paths(mount)
    yield from system_paths()
    yield f"{UNDECLARED}/{UNDECLARED}"
