from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from setup.download import download
from setup.problem import SetupProblem

from .conftest import Vendor

CONTENT = b"a program" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def test_right_checksum_leaves_the_file(vendor: Vendor, tmp_path: Path) -> None:
    vendor.files["/tool.zip"] = CONTENT
    download(f"{vendor.address}/tool.zip", SHA256, tmp_path / "new" / "tool.zip")
    assert (tmp_path / "new" / "tool.zip").read_bytes() == CONTENT


def test_wrong_checksum_names_both_and_leaves_what_was_there(vendor: Vendor, tmp_path: Path) -> None:
    vendor.files["/tool.zip"] = b"something else"
    target = tmp_path / "tool.zip"
    target.write_bytes(b"an earlier release")
    with pytest.raises(SetupProblem) as caught:
        download(f"{vendor.address}/tool.zip", SHA256, target)
    assert SHA256 in str(caught.value)
    assert hashlib.sha256(b"something else").hexdigest() in str(caught.value)
    assert target.read_bytes() == b"an earlier release"
    assert list(tmp_path.iterdir()) == [target]


def test_missing_file_is_named_with_its_status(vendor: Vendor, tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match=r"/gone\.zip answered 404"):
        download(f"{vendor.address}/gone.zip", SHA256, tmp_path / "tool.zip")
    assert list(tmp_path.iterdir()) == []


def test_truncated_file_is_refused(vendor: Vendor, tmp_path: Path) -> None:
    vendor.files["/tool.zip"] = CONTENT
    vendor.truncated.add("/tool.zip")
    with pytest.raises(SetupProblem, match="broke off after 4500 of 9000 bytes"):
        download(f"{vendor.address}/tool.zip", SHA256, tmp_path / "tool.zip")
    assert list(tmp_path.iterdir()) == []


def test_nobody_answers(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match=r"can't be downloaded: .*refused"):
        download("http://127.0.0.1:9/tool.zip", SHA256, tmp_path / "tool.zip")


def test_only_web_addresses(tmp_path: Path) -> None:
    with pytest.raises(SetupProblem, match="no web address"):
        download(f"file://{tmp_path}/tool.zip", SHA256, tmp_path / "tool.zip")
