"""A run's directory: nothing is lost, nothing is torn, nobody else writes."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from harness.runs import ANSWERS, Run, RunError, identity

ABOUT = {"samples": ["a/b@1#1"]}


def row(sample: str, **more: object) -> dict[str, object]:
    return {"sample": sample, **more}


def test_rows_come_back_and_the_last_of_a_sample_counts(tmp_path: Path) -> None:
    run = Run(tmp_path / "run")
    with run.writing(ABOUT):
        run.append_answer(row("a/b@1#1", n=1))
        run.append_answer(row("a/c@1#1", n=2))
        run.append_answer(row("a/b@1#1", n=3))
    assert {key: value["n"] for key, value in run.answers().items()} == {"a/b@1#1": 3, "a/c@1#1": 2}
    assert run.about == ABOUT


def test_a_torn_last_line_is_dropped_and_the_next_row_stands_alone(tmp_path: Path) -> None:
    run = Run(tmp_path)
    with run.writing(ABOUT):
        run.append_answer(row("a/b@1#1", n=1))
    with (tmp_path / ANSWERS).open("a") as file:
        file.write('{"sample": "a/c@1#1", "te')
    assert list(run.answers()) == ["a/b@1#1"]
    with run.writing():
        run.append_answer(row("a/d@1#1", n=2))
    assert list(run.answers()) == ["a/b@1#1", "a/d@1#1"]


def test_a_broken_line_in_the_middle_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / ANSWERS).write_text('{"sample": "a"}\nnonsense\n{"sample": "b"}\n')
    with pytest.raises(RunError, match=f"{ANSWERS}:2"):
        Run(tmp_path).answers()


def test_a_folder_that_is_no_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is no run"):
        _ = Run(tmp_path).about


def test_a_lone_surrogate_in_a_reply_does_not_tear_the_row(tmp_path: Path) -> None:
    run = Run(tmp_path)
    with run.writing(ABOUT):
        run.append_answer(row("a/b@1#1", text="x\udc80y"))
    assert run.answers()["a/b@1#1"]["text"] == "x\udc80y"


def test_a_second_process_is_refused_with_the_first_ones_pid(tmp_path: Path) -> None:
    run = Run(tmp_path)
    code = f"from pathlib import Path\nfrom harness.runs import Run\nwith Run(Path({str(tmp_path)!r})).writing():\n    pass\n"
    with run.writing(ABOUT):
        second = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert second.returncode != 0
    assert f"another process (pid {os.getpid()})" in second.stderr


def test_a_killed_writer_loses_no_finished_row_and_leaves_no_lock(tmp_path: Path) -> None:
    code = textwrap.dedent(f"""
        from pathlib import Path
        from harness.runs import Run
        run = Run(Path({str(tmp_path)!r}))
        with run.writing({ABOUT!r}):
            for number in range(10**9):
                run.append_answer({{"sample": f"a/b@1#{{number}}", "text": "x" * 5000}})
                print(number, flush=True)
    """)
    writer = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    said = [writer.stdout.readline() for _ in range(50)]
    os.kill(writer.pid, signal.SIGKILL)
    last = int((writer.stdout.read().split() or said[-1:])[-1])
    writer.wait()
    run = Run(tmp_path)
    with run.writing():
        run.append_answer(row("after"))
    stored = run.answers()
    assert {f"a/b@1#{number}" for number in range(last + 1)} <= set(stored)
    assert "after" in stored
    assert all(json.loads(line) for line in (tmp_path / ANSWERS).read_text().splitlines())


def test_a_full_disk_is_reported_and_what_stood_before_is_kept(tmp_path: Path) -> None:
    run = Run(tmp_path)
    with run.writing(ABOUT):
        run.append_answer(row("a/b@1#1"))
    code = textwrap.dedent(f"""
        import resource, signal
        from pathlib import Path
        from harness.runs import Run, RunError
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
        run = Run(Path({str(tmp_path)!r}))
        try:
            with run.writing():
                run.append_answer({{"sample": "a/c@1#1", "text": "x" * 10000}})
        except RunError as error:
            print(error)
    """)
    full = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "what was written before is kept" in full.stdout
    assert list(run.answers()) == ["a/b@1#1"]


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot be written"), Run(tmp_path / "file" / "run").writing(ABOUT):
        pass


def test_identity_depends_on_every_part_and_not_on_their_order() -> None:
    assert identity({"a": 1, "b": 2}) == identity({"b": 2, "a": 1})
    assert identity({"a": 1, "b": 2}) != identity({"a": 1, "b": 3})
