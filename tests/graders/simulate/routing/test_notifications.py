"""Routing, inhibition, muting and grouping: worked examples, and the tree against amtool's own."""

from __future__ import annotations

import random
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from graders.alertmanager.configuration import Configuration, parse
from graders.artifact import Artifact
from graders.simulate.routing.notifications import NOON, notices
from graders.tools.locate import locate

EXAMPLES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("worked_examples.yaml").read_text())[
    "cases"
]


def configuration(tree: dict[str, Any]) -> Configuration:
    return parse(Artifact("alertmanager.yml", "alertmanager", yaml.safe_dump(tree)))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_a_worked_example(example: dict[str, Any]) -> None:
    at = datetime.fromisoformat(example["now"]) if "now" in example else NOON
    told = notices(configuration(example["config"]), example["alerts"], at)
    assert [f"{notice.receiver}:{notice.state}" for notice in told] == example["expect"]
    groups = {(notice.receiver, notice.group) for notice in told if notice.state == "notify"}
    assert len(groups) == example.get("groups", len(groups))


OPERATORS = ["=", "!=", "=~", "!~"]
VALUES = {
    "severity": ["page", "ticket", "pag.*", "ticket|page", ""],
    "team": ["a", "b", "a|c", ".+"],
    "env": ["prod", "dev"],
}


def random_tree(dice: random.Random, depth: int = 0) -> dict[str, Any]:
    node: dict[str, Any] = {}
    if depth == 0 or dice.random() < 0.7:
        node["receiver"] = f"r{dice.randrange(6)}"
    if depth:
        names = dice.sample(sorted(VALUES), dice.randint(0, 2))
        node["matchers"] = [f'{name}{dice.choice(OPERATORS)}"{dice.choice(VALUES[name])}"' for name in names]
        node["continue"] = dice.random() < 0.4
    if depth < 3:
        node["routes"] = [random_tree(dice, depth + 1) for _ in range(dice.randint(0, 3))]
    return node


@pytest.mark.parametrize("seed", range(20))
def test_the_tree_agrees_with_amtool(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    tree = {"route": random_tree(dice), "receivers": [{"name": f"r{number}"} for number in range(6)]}
    file = tmp_path / "alertmanager.yml"
    file.write_text(yaml.safe_dump(tree))
    for _ in range(4):
        names = dice.sample(sorted(VALUES), dice.randint(0, 3))
        alert = {name: dice.choice(["page", "ticket", "a", "b", "c", "prod"]) for name in names}
        labels = [f"{name}={value}" for name, value in alert.items()]
        command = [locate("amtool").path, "config", "routes", "test", "--config.file", file, *labels]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        ours = [notice.receiver for notice in notices(configuration(tree), [alert])]
        assert said.split(",") == ours, (tree, alert)
