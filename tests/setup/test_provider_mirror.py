from __future__ import annotations

from pathlib import Path

import pytest

from setup import provider_mirror
from setup.places import this_platform
from setup.provider_mirror import find_provider

PROVIDER = "hashicorp/aws/5.100.0"


def plant(mirror: Path, platform: str | None = None) -> Path:
    folder = mirror / "registry.example" / PROVIDER / (platform or this_platform())
    folder.mkdir(parents=True)
    (folder / "terraform-provider-aws_v5.100.0_x5").touch()
    return folder


@pytest.fixture(autouse=True)
def _own_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_mirror, "MIRROR", tmp_path / "own")
    monkeypatch.chdir(tmp_path)


def test_first_hit_wins_in_the_documented_order(tmp_path: Path) -> None:
    home, root = tmp_path / "home", tmp_path / "root"
    config = tmp_path / "cli.tfrc"
    config.write_text(
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path}/configured"\n  }}\n}}'
    )
    environ = {
        "DRYDOCK_TERRAFORM_MIRROR": str(tmp_path / "set"),
        "TF_CLI_CONFIG_FILE": str(config),
        "HOME": str(home),
        "XDG_DATA_DIRS": f"{tmp_path}/a:{tmp_path}/b",
        "TF_PLUGIN_CACHE_DIR": str(tmp_path / "cache"),
    }
    (tmp_path / "in-home").mkdir()
    home.mkdir()
    (home / ".terraformrc").write_text(
        f'provider_installation {{ filesystem_mirror {{ path = "{tmp_path}/in-home" }} }}'
    )
    mirrors = [
        tmp_path / "set",
        tmp_path / "configured",
        tmp_path / "in-home",
        tmp_path / "terraform.d/plugins",
        home / ".terraform.d/plugins",
        home / ".local/share/terraform/plugins",
        tmp_path / "b/terraform/plugins",
        tmp_path / "cache",
        tmp_path / "own",
        root / "opt/mirror",
    ]
    assert find_provider(PROVIDER, environ, root) is None
    for mirror in reversed(mirrors):
        planted = plant(mirror)
        assert find_provider(PROVIDER, environ, root) == planted


def test_a_plugin_for_another_platform_is_none(tmp_path: Path) -> None:
    plant(tmp_path / "set", "plan9_mips")
    environ = {"DRYDOCK_TERRAFORM_MIRROR": str(tmp_path / "set"), "HOME": str(tmp_path)}
    assert find_provider(PROVIDER, environ, tmp_path / "root") is None


def test_an_empty_folder_is_none(tmp_path: Path) -> None:
    (tmp_path / "set" / "registry.example" / PROVIDER / this_platform()).mkdir(parents=True)
    environ = {"DRYDOCK_TERRAFORM_MIRROR": str(tmp_path / "set"), "HOME": str(tmp_path)}
    assert find_provider(PROVIDER, environ, tmp_path / "root") is None


def test_the_search_ends_at_the_fourth_level(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path / "home"), "XDG_DATA_DIRS": str(tmp_path / "none")}
    plant(tmp_path / "root/srv/a/too-deep")
    plant(tmp_path / "root/proc/mirror")
    assert find_provider(PROVIDER, environ, tmp_path / "root") is None
    planted = plant(tmp_path / "root/srv/mirror")
    assert find_provider(PROVIDER, environ, tmp_path / "root") == planted
