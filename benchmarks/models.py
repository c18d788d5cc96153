"""What the harness adds to model calls: N prompts against the loopback server, 50 at once, 0.25 s each.

    .venv/bin/python benchmarks/models.py [--prompts 1000] [--at-once 50] [--latency 0.25] [--chunk 6000]

The server runs in a process of its own; the client in another, so that its wall time is from a cold start
(imports included) and its memory is its own. Ideal: prompts * latency / at-once. Bar: 12 s for the defaults,
where each answer comes in one piece, as it did when the bar was set. A smaller `--chunk` (characters) shows
what streaming costs: about 0.1 ms of CPU for each chunk, nearly all of it in the OpenAI client.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ANSWER = "```yaml\n" + "- name: build the image and push it\n" * 165 + "```\n"  # about 6 kB, 1,500 tokens


def client(url: str, prompts: int, at_once: int) -> dict[str, float]:
    """Asks all prompts; seconds of the calls alone, CPU seconds and peak MiB of this process."""
    from harness.models import Model, Settings

    async def work() -> float:
        model = await Model.open(Settings("openai/mock", api_base=url, concurrency=at_once))
        began = time.monotonic()
        replies = await asyncio.gather(
            *(model.ask(f"a/b@{n}#1", 0, [{"role": "user", "content": f"case {n}"}]) for n in range(prompts))
        )
        seconds = time.monotonic() - began
        await model.close()
        lost = sum(reply.status != "answered" for reply in replies)
        if lost:
            raise SystemExit(f"{lost} of {prompts} prompts were not answered")
        return seconds

    cpu_before = time.process_time()
    calls = asyncio.run(work())
    cpu = time.process_time() - cpu_before
    return {"calls": calls, "cpu": cpu, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def serve(latency: float, chunk: int) -> None:
    """Runs the loopback server until its input is closed; prints its address."""
    from tests.servers.openai_server import Faults, OpenAIServer

    with OpenAIServer(Faults(latency=latency, chunk=chunk), ANSWER) as server:
        print(server.url, flush=True)
        sys.stdin.read()


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures model calls against the loopback server.")
    parser.add_argument("--prompts", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--latency", type=float, default=0.25, help="seconds")
    parser.add_argument("--chunk", type=int, default=6000, help="characters in each streamed chunk")
    parser.add_argument("--role", choices=["serve", "client"], help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role == "serve":
        serve(options.latency, options.chunk)
        return
    if options.role == "client":
        print(json.dumps(client(options.url, options.prompts, options.at_once)))
        return
    measure(options.prompts, options.at_once, options.latency, options.chunk)


def measure(prompts: int, at_once: int, latency: float, chunk: int) -> None:
    """Starts both processes and prints one line."""
    this = [sys.executable, __file__]
    common = ["--latency", str(latency), "--prompts", str(prompts), "--at-once", str(at_once)]
    common += ["--chunk", str(chunk)]
    server = subprocess.Popen(
        [*this, "--role", "serve", *common], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdin
    assert server.stdout
    try:
        url = server.stdout.readline().strip()
        began = time.monotonic()
        done = subprocess.run(
            [*this, "--role", "client", "--url", url, *common], check=True, stdout=subprocess.PIPE, text=True
        )
        wall = time.monotonic() - began
    finally:
        server.stdin.close()
        server.wait(10)
    seen = json.loads(done.stdout)
    print(
        f"{prompts} prompts, {at_once} at once, {latency:g} s each, answers of {len(ANSWER)} characters "
        f"in chunks of {chunk} (ideal {prompts * latency / at_once:.1f} s): "
        f"wall {wall:.1f} s, calls {seen['calls']:.1f} s ({prompts / seen['calls']:.0f}/s), "
        f"CPU {1000 * seen['cpu'] / prompts:.1f} ms a sample, peak {seen['mib']:.0f} MiB"
    )


if __name__ == "__main__":
    main()
