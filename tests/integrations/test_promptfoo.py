"""The exported folder, called as promptfoo calls it; promptfoo itself runs by `make promptfoo` alone."""

from __future__ import annotations

import atexit
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from harness.cli.export import command
from harness.plan import PlanError
from integrations.promptfoo import assertion, provider
from integrations.promptfoo.export import export
from integrations.samples import Asked

SAMPLE = "observability/batch-job@1#1"
MODELS = ["replay/reference", "replay/careless"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    out = tmp_path_factory.mktemp("promptfoo")
    arguments = ["promptfoo", "--case", "observability/batch-job", "--out", str(out)]
    done = CliRunner().invoke(
        command, [*arguments, *(word for model in MODELS for word in ("--model", model))]
    )
    assert done.exit_code == 0, done.output
    yield out
    atexit.unregister(provider._end)  # pyright: ignore[reportPrivateUsage] - it ends the whole process
    for samples in provider._open.values():  # pyright: ignore[reportPrivateUsage]
        samples.close()
    provider._open.clear()  # pyright: ignore[reportPrivateUsage]


def config(folder: Path) -> dict[str, Any]:
    return yaml.safe_load((folder / "promptfooconfig.yaml").read_text())


def module(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_only_the_id_of_a_sample_stands_where_promptfoo_renders_templates(folder: Path) -> None:
    written = config(folder)
    assert [test["vars"] for test in written["tests"]] == [{"sample": SAMPLE}]
    assert [each["label"] for each in written["providers"]] == MODELS
    assert written["env"]["PROMPTFOO_DISABLE_TELEMETRY"] == "1"
    assert "{{" not in json.dumps({**written, "prompts": []})


@pytest.mark.slow
def test_the_folder_grades_as_drydock_does(folder: Path) -> None:
    asks, shows = module(folder / "provider.py"), module(folder / "grade.py")
    results: dict[str, dict[str, Any]] = {}
    for each in config(folder)["providers"]:
        response = asks.call_api("", {"config": each["config"]}, {"vars": {"sample": SAMPLE}})
        assert "error" not in response
        results[each["label"]] = shows.get_assert(response["output"], {"metadata": response["metadata"]})
    assert results["replay/reference"]["pass"] is True
    assert results["replay/reference"]["named_scores"]["score"] == 1.0
    careless = results["replay/careless"]
    assert careless["pass"] is False
    assert "ALR-05" in careless["reason"]
    assert set(careless["named_scores"]) >= {"score", "quiet_alerts", "runbook"}


@pytest.mark.slow
def test_what_says_nothing_of_the_model_is_an_error(folder: Path) -> None:
    settings = config(folder)["providers"][0]["config"]
    assert "none of the samples" in provider.call_api(folder, settings, {"sample": "no/such@1#1"})["error"]
    stale = {**settings, "identity": "00000000", "model": "replay/mixed-50"}
    assert "write it again" in provider.call_api(folder, stale, {"sample": SAMPLE})["error"]


def test_a_grade_that_could_not_be_reached_is_no_pass() -> None:
    for metadata in ({}, {"drydock": {"grade": None}}, {"drydock": {"grade": {"graded": False}}}):
        with pytest.raises(ValueError, match="no grade"):
            assertion.get_assert({"metadata": metadata})


@pytest.mark.parametrize("model", ["openai/{{ env.HOME }}", "file://etc/passwd", "openai/{% raw %}"])
def test_a_name_that_promptfoo_would_render_is_refused(model: str, tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="promptfoo would take"):
        export(Asked("", only=("observability/batch-job",)), [model], tmp_path)


def test_a_run_as_parquet(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        command, ["parquet", str(tmp_path / "none"), "--out", str(tmp_path / "x.parquet")]
    )
    assert done.exit_code == 5
    assert "is no run" in done.output
