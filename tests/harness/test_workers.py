"""Workers that die take nothing with them but the answer that killed them."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from graders.examine import Examination
from harness.corpus import Variant, draw, load_corpus
from harness.grading import examination
from harness.workers import dask_graders, local_graders
from tests.harness.corpus_folder import write_corpus

pytestmark = pytest.mark.slow


class Bomb:
    """A block that ends the process which unpickles it, as a parser in C might end it."""

    path, info, text, line, closed, turn = "x.yml", "", "", 1, True, 0

    def __reduce__(self) -> tuple[Any, ...]:
        return (os._exit, (11,))


@pytest.fixture
def variant(tmp_path: Path) -> Variant:
    return draw(load_corpus([write_corpus(tmp_path)]).cases[0], 1)


def reference(variant: Variant) -> Examination:
    return examination(variant.text_of(variant.case.accepted[0]), variant.assignment)


def outcomes(found: Any) -> set[str]:
    return {finding.outcome for finding in found.findings}


def test_an_answer_that_kills_its_worker_is_a_grader_error_and_the_others_are_graded(
    variant: Variant,
) -> None:
    bomb = Examination((Bomb(),), (), variant.assignment)
    graders = local_graders(1)
    try:
        first, dead, last = graders.grade([reference(variant), bomb, reference(variant)])
        assert outcomes(first) == outcomes(last) == {"pass"}
        assert outcomes(dead) == {"grader_error"}
        assert {finding.error for finding in dead.findings} == {"the grader's process died on this answer"}
        assert outcomes(graders.grade([reference(variant)])[0]) == {"pass"}, "no new worker came"
    finally:
        graders.close()


def test_a_dask_cluster_grades_as_this_machine_does(variant: Variant) -> None:
    local_cluster: Any = import_module("distributed").LocalCluster
    with local_cluster(n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster:
        graders = dask_graders(cluster.scheduler_address)
        try:
            assert outcomes(graders.grade([reference(variant)])[0]) == {"pass"}
        finally:
            graders.close()
