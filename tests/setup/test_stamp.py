from __future__ import annotations

from pathlib import Path

import pytest

from setup.stamp import fingerprint, is_done, record


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "a.lock"
    file.write_text("one")
    return file


def test_done_until_an_input_changes(tmp_path: Path, lock: Path) -> None:
    stamp = tmp_path / "stamps" / "a.json"
    before = fingerprint(tmp_path, [lock])
    assert not is_done(stamp, before)
    record(stamp, before, [lock])
    assert is_done(stamp, fingerprint(tmp_path, [lock]))
    lock.write_text("two")
    assert not is_done(stamp, fingerprint(tmp_path, [lock]))


def test_not_done_when_what_it_brought_is_gone(tmp_path: Path, lock: Path) -> None:
    program = tmp_path / "program"
    program.touch()
    record(tmp_path / "a.json", "same", [program])
    assert is_done(tmp_path / "a.json", "same")
    program.unlink()
    assert not is_done(tmp_path / "a.json", "same")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"fingerprint": "same"}', '"same"'])
def test_a_broken_stamp_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert not is_done(tmp_path / "a.json", "same")


def test_words_place_and_sources_count(tmp_path: Path, lock: Path) -> None:
    prints = {
        fingerprint(tmp_path, [lock]),
        fingerprint(tmp_path, [lock], ["word"]),
        fingerprint(lock, [lock]),
    }
    (tmp_path / "setup").mkdir()
    (tmp_path / "setup" / "new.py").touch()
    prints.add(fingerprint(tmp_path, [lock]))
    assert len(prints) == 4
