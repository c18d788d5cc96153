from __future__ import annotations

import re
from pathlib import Path

from setup.tool import known_tools, read_tools

PLACES = {"python", "scripts", "checkov", "debian", "vendor", "path", "mirror"}
HEX = re.compile(r"[0-9a-f]{64}")


def test_every_tool_says_what_it_grades_and_what_to_do_without_it() -> None:
    for tool in known_tools().values():
        assert tool.grades, tool.name
        assert tool.remedy, tool.name
        assert tool.find, tool.name
        assert set(tool.find) <= PLACES, tool.name


def test_every_place_to_bring_from_has_its_source() -> None:
    for tool in known_tools().values():
        assert ("debian" in tool.find) == (tool.debian is not None), tool.name
        assert ("vendor" in tool.find) == (tool.release is not None), tool.name


def test_every_checksum_is_one() -> None:
    for tool in known_tools().values():
        if tool.debian:
            assert all(HEX.fullmatch(sha256) for sha256 in tool.debian.sha256.values()), tool.name
        if tool.release:
            for platform, archive in tool.release.archives.items():
                assert HEX.fullmatch(archive.sha256), (tool.name, platform)
                assert archive.url.startswith("https://"), (tool.name, platform)
                assert tool.release.version in archive.url, (tool.name, platform)


def test_reading(tmp_path: Path) -> None:
    file = tmp_path / "tools.toml"
    file.write_text('[a]\ngrades = ["x"]\nfind = ["path"]\nfile = "a"\nremedy = "install a"\n')
    tool = read_tools(file)["a"]
    assert (tool.name, tool.accept, tool.debian, tool.release) == ("a", "", None, None)
