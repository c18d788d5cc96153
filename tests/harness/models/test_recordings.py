"""Recordings are replayed through the same path as any model."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.models import Recording, Reply, Settings, Unreachable
from harness.models.recordings import find, from_folder, from_run
from tests.harness.models.asking import ask, prompt

# litellm reads pydantic's fields in a way that pydantic has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:Accessing the 'model_:DeprecationWarning")

TEXT = "Here:\n\n```yaml\non: ${{ push }}\n```\n<|im_end|>\r\nlast line without end"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def replay(recording: Recording, *samples: str, turn: int = 0) -> list[Reply]:
    return ask(Settings("replay/x"), [prompt()] * len(samples), recording, samples=samples, turn=turn)


def test_a_folder_answers_by_case_or_by_sample(tmp_path: Path) -> None:
    write(tmp_path / "ci" / "build.md", TEXT)
    write(tmp_path / "ci" / "build@7#2.md", "the second epoch")
    first, second, missing = replay(from_folder(tmp_path), "ci/build@7#1", "ci/build@7#2", "ci/other@7#1")
    assert (first.text, first.status, first.cost, first.prompt_tokens) == (TEXT, "answered", 0.0, None)
    assert second.text == "the second epoch"
    assert missing.status == "unanswered"
    assert missing.error == "the recording replay/x has no answer to turn 0 of ci/other@7#1"
    assert missing.attempts == 1


def test_turns_of_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b.md", "one\n<!-- drydock: next turn -->\ntwo\n")
    recording = from_folder(tmp_path)
    assert [replay(recording, "a/b@1#1", turn=turn)[0].text for turn in (0, 1)] == ["one\n", "two\n"]
    assert replay(recording, "a/b@1#1", turn=2)[0].status == "unanswered"


def test_a_run_answers_with_its_last_whole_rows(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"sample": "a/b@1#1", "turns": [{"text": "old"}]},
        {
            "sample": "a/b@1#1",
            "turns": [{"text": TEXT, "finish_reason": "length", "prompt_tokens": 5, "completion_tokens": 9}],
        },
        {"sample": "a/c@1#1", "turns": [{"text": "", "status": "refused", "finish_reason": "stop"}]},
        {"sample": "a/d@1#1", "turns": [{"text": "", "finish_reason": "content_filter"}]},
        {"sample": "a/e@1#1", "turns": []},
    ]
    torn = '{"sample": "a/b@1#1", "turns": [{"text": "to'
    write(tmp_path / "answers.jsonl", "".join(json.dumps(row) + "\n" for row in rows) + torn)
    replies = replay(from_run(tmp_path), *(f"a/{case}@1#1" for case in "bcdef"))
    assert [reply.status for reply in replies] == [
        "truncated",
        "refused",
        "filtered",
        "unanswered",
        "unanswered",
    ]
    assert (replies[0].text, replies[0].prompt_tokens, replies[0].completion_tokens) == (TEXT, 5, 9)


def test_a_row_that_is_no_row_is_named(tmp_path: Path) -> None:
    write(tmp_path / "answers.jsonl", '{"sample": "a/b@1#1", "turns": []}\n{"half\n{"sample": "a/c@1#1"}\n')
    with pytest.raises(Unreachable, match=r"answers\.jsonl:2 is no answer row"):
        from_run(tmp_path)


def test_two_recordings_are_open_at_once(tmp_path: Path) -> None:
    import asyncio

    from harness.models import Model

    for name in ("one", "two"):
        write(tmp_path / name / "a" / "b.md", name)

    async def both() -> list[str]:
        models = [
            await Model.open(Settings("replay/x"), from_folder(tmp_path / name)) for name in ("one", "two")
        ]
        replies = [await model.ask("a/b@1#1", 0, prompt()) for model in models]
        for model in models:
            await model.close()
        return [reply.text for reply in replies]

    assert asyncio.run(both()) == ["one", "two"]


def test_a_name_finds_its_recording_or_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("mine/a/b.md"), "x")
    write(Path("runs/r1/answers.jsonl"), '{"sample": "a/b@1#1", "turns": [{"text": "run"}]}\n')
    Path("hollow").mkdir()
    known: dict[str, Callable[[], Recording]] = {"reference": lambda: from_folder(Path("mine"))}
    found = [find(name, known).answer("a/b@1#1", 0) for name in ("reference", "mine", "runs/r1")]
    assert [reply.text for reply in found if reply] == ["x", "x", "run"]
    with pytest.raises(
        Unreachable, match="no recording replay/thing: there are replay/reference, replay/runs/r1"
    ):
        find("thing", known)
    with pytest.raises(Unreachable, match="holds no recorded answers"):
        find("hollow", known)
