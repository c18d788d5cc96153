from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from setup.version import accepted, ask_version, read_version


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ("Terraform v1.11.4\non linux_amd64", "1.11.4"),
        ("promtool, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5+deb12u1)", "2.42.0"),
        ("ShellCheck - shell script analysis tool\nversion: 0.11.0", "0.11.0"),
        ("actionlint.kjanat.dev 1.17.0\nbuilt with go1.27.1", "1.17.0"),
        ("bubblewrap 0.8.0", "0.8.0"),
        ("zizmor 1.32.0", "1.32.0"),
        ("usage: tool [options]", None),
        ("", None),
    ],
)
def test_read_version(output: str, version: str | None) -> None:
    assert read_version(output) == version


@pytest.mark.parametrize(
    ("version", "accept", "expected"),
    [
        ("1.11.4", ">=1.11,<1.12", True),
        ("1.12.0", ">=1.11,<1.12", False),
        ("1.9.9", ">=1.11,<1.12", False),
        ("1.11", ">=1.11.0", True),
        ("2.100.0", ">=2.42,<4", True),
        ("5.100.0", "==5.100.0", True),
        ("5.10.0", "==5.100.0", False),
        ("0.1", "", True),
    ],
)
def test_accepted(version: str, accept: str, expected: bool) -> None:
    assert accepted(version, accept) is expected


def test_a_bound_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="~=1"):
        accepted("1.0", "~=1.0")


def test_a_program_is_asked_without_the_users_environment(
    script: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "9.9.9")
    assert ask_version(script("tool", 'echo "tool $OPENAI_API_KEY 1.2.3"'), []) == "1.2.3"


@pytest.mark.parametrize("lines", ["echo 1.2.3; exit 1", "echo hello"])
def test_a_program_that_fails_or_says_nothing_has_no_version(
    script: Callable[[str, str], Path], lines: str
) -> None:
    assert ask_version(script("tool", lines), []) is None


def test_a_file_that_is_no_program_has_no_version(tmp_path: Path) -> None:
    assert ask_version(tmp_path, []) is None
