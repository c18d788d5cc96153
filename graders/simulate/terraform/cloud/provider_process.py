"""The real provider: one process that checks and plans for every answer, and never reaches AWS."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from dataclasses import dataclass
from typing import Any

import grpc

OPTIONS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_SECONDS = 60.0
_ANNOUNCED = re.compile(r"TF_REATTACH_PROVIDERS='(.*)'")


@dataclass(frozen=True, slots=True)
class Configured:
    """A Configure request, and a key that is equal for equal requests."""

    key: str
    request: bytes


class ProviderProcess:
    """It holds one configuration (region, default tags) at a time, which takes 2 to 3 ms to change: calls under the same
    one run at once, others wait until these are done."""

    def __init__(self, binary: str, environment: dict[str, str]) -> None:
        self._command = [binary, "-debug"]
        self._environment = environment
        self._calls = threading.Condition()
        self._running = 0
        self._start()

    def call(self, method: str, request: bytes, configured: Configured | None = None) -> bytes:
        """The provider's response. A process that died is replaced and asked once more; raises grpc.RpcError when it dies
        again."""
        for attempt in (1, 2):
            process = self._enter(configured)
            try:
                return self._ask(method, request)
            except grpc.RpcError as error:
                if attempt == 2 or not _died(error):
                    raise
                _wait(process)
            finally:
                self._leave()
        raise AssertionError("not reached")

    def configure(self, configured: Configured) -> bytes:
        """The response to a Configure request; it may hold diagnostics, and is then not in force."""
        with self._calls:
            while self._running:
                self._calls.wait(_SECONDS)
            self._revive()
            self._current = None
            try:
                response = self._ask("Configure", configured.request)
            except grpc.RpcError as error:
                if not _died(error):
                    raise
                _wait(self._process)
                self._revive()
                response = self._ask("Configure", configured.request)
            if not response:
                self._current = configured.key
            return response

    def kill(self) -> None:
        """End the process as an accident would."""
        self._process.kill()

    def _enter(self, configured: Configured | None) -> subprocess.Popen[str]:
        with self._calls:
            while configured is not None and self._running and self._current != configured.key:
                self._calls.wait(_SECONDS)
            self._revive()
            if configured is not None and self._current != configured.key:
                self._ask("Configure", configured.request)
                self._current = configured.key
            self._running += 1
            return self._process

    def _leave(self) -> None:
        with self._calls:
            self._running -= 1
            self._calls.notify_all()

    def _ask(self, method: str, request: bytes) -> bytes:
        stub = self._stubs.get(method)
        if stub is None:
            stub = self._channel.unary_unary(f"/tfplugin5.Provider/{method}", _same, _same)
            self._stubs[method] = stub
        return stub(request, timeout=_SECONDS)

    def _revive(self) -> None:
        if self._process.poll() is not None:
            self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(
            self._command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=self._environment,
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            announced = _ANNOUNCED.search(line)
            if announced is not None:
                ((self.address, document),) = json.loads(announced[1]).items()
                break
        else:
            raise RuntimeError("the provider did not start")
        threading.Thread(target=_drain, args=(self._process.stdout,), daemon=True).start()
        self._channel = grpc.insecure_channel(f"unix:{document['Addr']['String']}", OPTIONS)
        self._stubs: dict[str, Any] = {}
        self._current: str | None = None


def _same(message: bytes) -> bytes:
    return message


def _died(error: grpc.RpcError) -> bool:
    return error.code() == grpc.StatusCode.UNAVAILABLE


def _wait(process: subprocess.Popen[str]) -> None:
    try:
        process.wait(2)
    except subprocess.TimeoutExpired:
        process.kill()


def _drain(output: Any) -> None:
    for _ in output:
        pass
