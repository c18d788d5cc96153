"""The simulated cloud's process, inside the sandbox: one JSON request a line in, one JSON answer a line out.

Its argument is the provider's binary; its working folder is where the sockets go.

    {"id", "do": "open", "types": [...]}        {"id", "session", "providers": {ADDRESS: {...}}}; sockets lie in SESSION/
    {"id", "do": "drift", "session", "set": {TYPE: {NAME: VALUE}}}                             {"id"}
    {"id", "do": "noted", "session"}            {"id", "unsettled", "fought": [TYPE...], "gaps": [OPERATION...]}
    {"id", "do": "close", "session"}            {"id"}
    {"id", "do": "restart"}                     {"id"}; kills the provider, for tests

Each may answer `{"id", "error"}` instead. `Addr` of a provider names its socket only, without a folder.
"""

from __future__ import annotations

import functools
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from graders.simulate.terraform.cloud.aws_endpoint import AwsEndpoint
from graders.simulate.terraform.cloud.provider import Provider
from graders.simulate.terraform.cloud.provider_process import ProviderProcess
from graders.simulate.terraform.cloud.serve import Served
from graders.simulate.terraform.cloud.session import Session
from graders.simulate.terraform.cloud.synthetic import NAMES, Synthetic

_REGISTRY = "registry.terraform.io/hashicorp/"


class Cloud:
    """All sessions."""

    def __init__(self, binary: str) -> None:
        self._endpoint = AwsEndpoint()
        self._process = ProviderProcess(binary, _environment(self._endpoint.address))
        self._provider = Provider(self._process)
        self._synthetic = functools.cache(Synthetic)
        self._sessions: dict[str, tuple[Session, list[Served]]] = {}
        self._opened = 0

    def open(self, types: list[str]) -> dict[str, Any]:
        """A session for files and a state with these types."""
        self._opened += 1
        self._endpoint.gaps.clear()
        session, name = Session(frozenset(types)), str(self._opened)
        folder = Path(name)
        folder.mkdir(mode=0o755)
        served = [Served(functools.partial(_asked, self._provider, session), folder / "aws")]
        for small in NAMES:
            if any(type.split("_")[0] == small for type in types):
                answer = functools.partial(_asked_small, self._synthetic(small))
                served.append(Served(answer, folder / small))
        self._sessions[name] = session, served
        providers = {_REGISTRY + one.path.name: one.reattach(Path()) for one in served}
        return {"session": name, "providers": providers}

    def drift(self, session: str, set: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """Something else has set attributes of all objects of these types."""
        self._sessions[session][0].drift = set
        return {}

    def noted(self, session: str) -> dict[str, Any]:
        """Types that did not come to rest, types of objects that two resources write, what AWS was asked for in vain."""
        known = self._sessions[session][0]
        return {
            "unsettled": sorted(known.unsettled),
            "fought": sorted(known.fought),
            "gaps": [*self._endpoint.gaps],
        }

    def close(self, session: str) -> dict[str, Any]:
        """End a session."""
        for one in self._sessions.pop(session)[1]:
            one.close()
        shutil.rmtree(session, ignore_errors=True)
        return {}

    def restart(self) -> dict[str, Any]:
        """Kill the provider as an accident would."""
        self._process.kill()
        return {}


def _asked(provider: Provider, session: Session, method: str, request: bytes, peer: str) -> bytes:
    return provider.handle(method, request, peer, session)


def _asked_small(provider: Synthetic, method: str, request: bytes, peer: str) -> bytes:
    del peer
    return provider.handle(method, request)


def _environment(endpoint: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "TMPDIR": os.environ["TMPDIR"],
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "GOGC": "200",
    }


def main() -> None:
    """Serve requests until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    cloud = Cloud(sys.argv[1])
    for line in sys.stdin:
        request = json.loads(line)
        id, do = request.pop("id"), request.pop("do")
        try:
            answer = getattr(cloud, do)(**request)
        except Exception as error:  # noqa: BLE001 (the caller judges; the process serves on)
            answer = {"error": f"{type(error).__name__}: {error}"[:300]}
        answers.write(json.dumps({"id": id, **answer}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
