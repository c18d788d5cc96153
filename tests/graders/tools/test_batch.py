"""Batches: what a tool that fails, or fails on one bundle only, does to the reports of all."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from graders.artifact import Artifact
from graders.sandbox import Completed, SandboxMissing
from graders.tools import batch
from graders.tools.batch import Bundles, Unproven, Verdict, proven, run_in_batches
from graders.tools.locate import Installation, ToolMissing

BASH = frozenset({"bash"})


def bundle(*texts: str) -> list[Artifact]:
    return [Artifact(f"{number}.sh", "bash", text) for number, text in enumerate(texts)]


class Judge:
    """Judges everything but a text that says `poison`; counts its calls."""

    def __init__(self, broken: bool = False) -> None:
        self.calls: list[int] = []
        self.shown: list[str] = []
        self.broken = broken

    def __call__(self, found: Installation, bundles: Bundles) -> list[Verdict]:
        self.calls.append(len(bundles))
        self.shown += [artifact.path for one in bundles for artifact in one]
        if self.broken or any("poison" in artifact.text for one in bundles for artifact in one):
            raise Unproven("exit code 139")
        return [Verdict(judged={artifact.path for artifact in one}) for one in bundles]


@pytest.fixture(autouse=True)
def located(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()

    def here(name: str) -> Installation:
        return Installation(name, folder, "1.2")

    monkeypatch.setattr(batch, "locate", here)


def test_one_call_serves_all_bundles_in_their_order() -> None:
    judge = Judge()
    reports = run_in_batches("t", BASH, [bundle("a"), [], bundle("b", "c")], judge)
    assert judge.calls == [2]
    assert [report.judged for report in reports] == [{"0.sh"}, set(), {"0.sh", "1.sh"}]
    assert [report.version for report in reports] == ["1.2", "", "1.2"]


def test_nothing_to_read_runs_nothing() -> None:
    judge = Judge()
    others = [[Artifact("a.md", "markdown", "x")], [Artifact("a.sh", "bash", "x", whole=False)], []]
    reports = run_in_batches("t", BASH, others, judge)
    assert judge.calls == []
    assert all(report.failure is None and not report.judged for report in reports)


def test_fragments_are_shown_to_tools_that_ask_for_them() -> None:
    judge = Judge()
    run_in_batches("t", BASH, [[Artifact("a.sh", "bash", "x", whole=False)]], judge, fragments=True)
    assert judge.shown == ["a.sh"]


def test_what_lies_beside_is_shown_only_with_something_to_judge() -> None:
    judge = Judge()
    note = Artifact("a.md", "markdown", "x")
    run_in_batches("t", BASH, [[note], [note, *bundle("a")]], judge, beside=frozenset({"markdown"}))
    assert judge.shown == ["a.md", "0.sh"]


@pytest.mark.parametrize("size", [1, 2, 3, 8, 13])
@pytest.mark.parametrize("bad", [0, -1])
def test_one_bad_bundle_leaves_the_others_alone(size: int, bad: int) -> None:
    bundles = [bundle("fine") for _ in range(size)]
    bundles[bad] = bundle("poison")
    reports = run_in_batches("t", BASH, bundles, Judge())
    failed = [index for index, report in enumerate(reports) if report.failure]
    assert failed == [bad % size]
    assert reports[bad].failure == "exit code 139 (alone, beside a good file that passes)"
    assert all(report.judged == {"0.sh"} for report in reports if not report.failure)


def test_a_tool_that_fails_on_its_canaries_is_not_asked_again() -> None:
    judge = Judge(broken=True)
    reports = run_in_batches("t", BASH, [bundle("a") for _ in range(64)], judge)
    assert judge.calls == [64, 0]
    assert {report.failure for report in reports} == {"t does not work here: exit code 139"}


def test_a_failure_that_does_not_come_back_costs_nothing() -> None:
    class Once(Judge):
        def __call__(self, found: Installation, bundles: Bundles) -> list[Verdict]:
            self.broken = not self.calls
            return super().__call__(found, bundles)

    assert run_in_batches("t", BASH, [bundle("a")], Once())[0].failure is None


def test_a_file_outside_the_limits_is_not_shown_and_fails_by_its_message() -> None:
    judge = Judge()
    (report,) = run_in_batches("t", BASH, [bundle("(" * 20_000, "fine")], judge)
    assert judge.shown == ["1.sh"]
    assert report.judged == {"1.sh"}
    assert [(message.file, message.line, message.code) for message in report.messages] == [
        ("0.sh", 1, "outside-limits")
    ]


@pytest.mark.parametrize(
    "error", [SandboxMissing("forbidden"), OSError("full"), KeyError("kind"), ValueError("x")]
)
def test_trouble_of_any_type_is_a_failure_and_never_raised(error: Exception) -> None:
    def judge(found: Installation, bundles: Bundles) -> list[Verdict]:
        raise error

    (report,) = run_in_batches("t", BASH, [bundle("a")], judge)
    assert report.failure is not None
    assert report.judged == frozenset()


def test_a_missing_tool_fails_the_bundles_that_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Installation:
        raise ToolMissing(name, "not found", "install it")

    monkeypatch.setattr(batch, "locate", absent)
    judge = Judge()
    reports = run_in_batches("t", BASH, [bundle("a"), []], judge)
    assert judge.calls == []
    assert reports[0].failure == "t is missing: t: not found; install it"
    assert reports[1].failure is None


@pytest.mark.parametrize("at_a_time", [1, 3])
def test_bundles_apart_are_judged_one_by_one(at_a_time: int) -> None:
    judge = Judge()
    bundles = [bundle("a"), bundle("poison"), bundle("b")]
    reports = run_in_batches("t", BASH, bundles, judge, apart=at_a_time)
    assert max(judge.calls) == 1
    assert [bool(report.failure) for report in reports] == [False, True, False]


def test_bundles_apart_run_at_the_same_time() -> None:
    together = threading.Barrier(4)

    def judge(found: Installation, bundles: Bundles) -> list[Verdict]:
        together.wait(timeout=30)  # broken, and so the bundle's failure, unless all four are here
        return [Verdict() for _ in bundles]

    reports = run_in_batches("t", BASH, [bundle("a")] * 4, judge, apart=4)
    assert [report.failure for report in reports] == [None] * 4


@pytest.mark.parametrize(
    ("done", "reason"),
    [
        (Completed(-9, "", "", timed_out=True), "timed out"),
        (Completed(139, "", "", timed_out=False), "exit code 139: it said nothing"),
        (Completed(3, "", "a\nfatal\n", timed_out=False), "exit code 3: fatal"),
    ],
)
def test_an_end_that_proves_nothing(done: Completed, reason: str) -> None:
    with pytest.raises(Unproven, match=reason):
        proven(done, (0, 1))


def test_a_bundle_may_be_any_sequence() -> None:
    bundles: Sequence[Sequence[Artifact]] = (tuple(bundle("a")),)
    assert run_in_batches("t", BASH, bundles, Judge())[0].judged == {"0.sh"}
