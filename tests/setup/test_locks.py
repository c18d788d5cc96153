from __future__ import annotations

import re

import pytest

from setup.places import ROOT

LOCKS = ["requirements.lock", "checkov.lock", "setup/uv.lock"]


def packages(lock: str) -> dict[str, str]:
    """Text of a lock's entries, by package."""
    entries = re.split(r"^(?=[a-z0-9])", (ROOT / lock).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {entry.split("==")[0]: entry for entry in entries if "==" in entry}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_hash_and_no_address(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")
    assert packages(lock)
    for name, entry in packages(lock).items():
        assert "--hash=sha256:" in entry, name


def test_the_two_environments_stay_apart() -> None:
    assert "checkov" not in packages("requirements.lock")
    assert "litellm" not in packages("checkov.lock")


def test_the_poisoned_releases_of_litellm_stay_out() -> None:
    asked = (ROOT / "requirements.in").read_text(encoding="utf-8")
    assert "litellm!=1.82.7,!=1.82.8" in asked
    version = packages("requirements.lock")["litellm"].split("==")[1].split()[0]
    assert tuple(map(int, version.split("."))) > (1, 82, 8)
