"""Fake programs in the place of real tools."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from graders.sandbox import Limits
from graders.tools import batch
from graders.tools.locate import Installation, ToolMissing

FakeTool = Callable[[str], None]


@pytest.fixture
def fake_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeTool:
    """Puts a shell script in the place of whatever tool is asked for."""

    def put(script: str) -> None:
        program = tmp_path / "tool" / "bin" / "fake"
        program.parent.mkdir(parents=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

        def located(name: str) -> Installation:
            return Installation(name, program, "0.0.0")

        monkeypatch.setattr(batch, "locate", located)

    return put


@pytest.fixture
def no_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Installation:
        raise ToolMissing(name, "not found", "install it")

    monkeypatch.setattr(batch, "locate", absent)


@pytest.fixture
def short_limits() -> Callable[..., Limits]:
    """Stands in for `Limits` in a tool's module, so that a hanging fake is soon over."""

    def limits(**_: object) -> Limits:
        return Limits(seconds=0.7)

    return limits
