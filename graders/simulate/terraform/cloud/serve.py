"""Lets terraform reach a provider of ours: a gRPC server for each session, behind unix sockets that a box can see.

A gRPC server names every peer of a unix socket alike, and each alias of a provider is a connection of its own. So it
listens on the loopback, and a relay gives each connection to the socket one to the server.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc

from graders.simulate.terraform.cloud.provider_process import OPTIONS

Handle = Callable[[str, bytes, str], bytes]
"""Answers a method and its request; the last argument names the connection."""
_SERVICE = "/tfplugin5.Provider/"
_THREADS = 16
_CHUNK = 1 << 16


class Served:
    """One provider of one session, at the unix socket `path`."""

    def __init__(self, handle: Handle, path: Path) -> None:
        self.path = path
        self._server = grpc.server(futures.ThreadPoolExecutor(_THREADS), options=OPTIONS)
        self._server.add_generic_rpc_handlers((_Methods(handle),))
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self._relay = _on_loop(asyncio.start_unix_server(_Relay(port).connected, path))
        path.chmod(0o666)  # terraform runs under another user

    def reattach(self, folder: Path) -> dict[str, Any]:
        """Its entry in TF_REATTACH_PROVIDERS where the socket's folder is seen as `folder`.

        Terraform asks each second whether it may signal the process `Pid`, and cancels every call when not. Ours
        is in another namespace; 2 is, in its own box, terraform itself (1 is the box's and not its to signal).
        """
        address = {"Network": "unix", "String": str(folder / self.path.name)}
        return {"Protocol": "grpc", "ProtocolVersion": 5, "Pid": 2, "Test": True, "Addr": address}

    def close(self) -> None:
        """Stop listening."""
        _loop().call_soon_threadsafe(self._relay.close)
        self._server.stop(0)
        self.path.unlink(missing_ok=True)


class _Methods(grpc.GenericRpcHandler):
    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    def service(self, handler_call_details: Any) -> grpc.RpcMethodHandler[Any, Any] | None:
        method: str = handler_call_details.method
        if not method.startswith(_SERVICE):
            return None
        name = method.removeprefix(_SERVICE)

        def answer(request: bytes, context: Any) -> bytes:
            try:
                return self._handle(name, request, context.peer())
            except grpc.RpcError as error:
                context.abort(error.code(), f"{name}: {error.details()}")  # pyright: ignore
            except Exception as error:  # noqa: BLE001 (terraform is told; the driver takes it as our limit)
                context.abort(grpc.StatusCode.INTERNAL, f"NotSimulated {name}: {error!r}")
            raise AssertionError("abort raises")

        return grpc.unary_unary_rpc_method_handler(answer)


class _Relay:
    def __init__(self, port: int) -> None:
        self._port = port

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(_pump(reader, back), _pump(there, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()


_loops: list[asyncio.AbstractEventLoop] = []


def _loop() -> asyncio.AbstractEventLoop:
    if not _loops:
        _loops.append(asyncio.new_event_loop())
        threading.Thread(target=_loops[0].run_forever, daemon=True).start()
    return _loops[0]


def _on_loop(coroutine: Any) -> Any:
    return asyncio.run_coroutine_threadsafe(coroutine, _loop()).result(10)
