"""The address that the provider takes for AWS: it asks a few things even while planning.

What is not known here is refused and noted as a gap, so that a run that fails for it is not held against the answer.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# By operation: what AWS says to a state machine that is well-formed.
_ANSWERS: dict[str, dict[str, Any]] = {"ValidateStateMachineDefinition": {"result": "OK", "diagnostics": []}}


class AwsEndpoint:
    """`address` is an HTTP address on the loopback; `gaps` are the operations that were asked for in vain."""

    def __init__(self) -> None:
        self.gaps: list[str] = []
        gaps = self.gaps

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                del format, args

            def respond(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                target = self.headers.get("X-Amz-Target", "").split(".")[-1]
                operation = target or f"{self.command} {self.path} {body[:60].decode('latin1')}".strip()
                answer = _ANSWERS.get(operation)
                if answer is None:
                    gaps.append(operation)
                self._send(answer or {"__type": "NotSimulated", "message": operation}, answer is not None)

            def _send(self, answer: dict[str, Any], known: bool) -> None:
                data = json.dumps(answer).encode()
                self.send_response(200 if known else 400)
                self.send_header("Content-Type", "application/x-amz-json-1.1")
                if not known:
                    self.send_header("x-amzn-ErrorType", "NotSimulated")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = respond  # names of http.server

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{server.server_port}"
