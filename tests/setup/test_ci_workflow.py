"""The workflow of this repository passes the tools that judge a model's workflows."""

from __future__ import annotations

import json
import subprocess

from graders.tools.locate import locate
from setup.places import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"


def test_actionlint_finds_nothing() -> None:
    actionlint = locate("actionlint").path
    ran = subprocess.run([actionlint, WORKFLOW], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, "")


def test_zizmor_finds_nothing() -> None:
    zizmor = [
        locate("zizmor").path,
        "--offline",
        "--no-config",
        "--no-progress",
        "--format",
        "json",
        WORKFLOW,
    ]
    ran = subprocess.run(zizmor, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == []
