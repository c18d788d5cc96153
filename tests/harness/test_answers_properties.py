"""What holds for every answer: no exception, paths confined, lines mapped, size bounded, files read back."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.answers import MAX_BLOCKS, Block, answer_lines, extract
from harness.answers.paths import MAX_PATH_BYTES

ROOT = Path(__file__).parents[2]
FRAGMENTS = [
    *(
        "```",
        "````",
        "~~~",
        "```yaml",
        "```markdown",
        "````markdown",
        "```bash",
        "```json",
        "```diff",
        "~~~~hcl",
    ),
    *(
        '```yaml title="a/b.yaml"',
        "```sh x.sh",
        "``` ```",
        "```a.tf",
        "here: ```yaml",
        "> ",
        ">",
        "> > ",
        "- ",
        "1. ",
    ),
    *(
        "    ",
        "\t",
        "  ",
        "`a.yaml`:",
        "**k8s/b.yaml**",
        "### c.tf",
        "File: d.json",
        "<!-- e.md -->",
        "../f.yaml",
    ),
    *(
        "/etc/g.yaml",
        "C:\\h.yaml",
        "a\\b.yaml",
        "~/i.yaml",
        "# a.yaml",
        "// j.json",
        "/* k.tf */",
        "---",
        "EOF",
    ),
    *(
        "cat > l.yaml <<'EOF'",
        "cat <<EOF > m.md",
        "tee n.yaml <<-EOF",
        "kubectl apply -f - <<EOF",
        "a: 1",
        "  b: 2",
    ),
    *(
        'resource "a" "b" {',
        "}",
        "{",
        "\ufeff",
        "\0",
        "\x0b",
        "\u2028",
        "\ud800",
        "[o.md](o.md)",
        "<b>",
        "a/../b.yaml",
    ),
    *("kind: Pod", "apiVersion: v1", "Dockerfile", ".git/config", "Create `p.yaml`:", "x" * 300 + ".yaml"),
]
lines = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=8)), max_size=4).map("".join)
ends = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
answers = st.lists(st.tuples(lines, ends), max_size=40).map(
    lambda rows: "".join(line + end for line, end in rows)
)


def assert_sound(turns: list[str]) -> None:
    """The properties that hold for any answer at all."""
    extraction = extract(turns)
    assert extraction == extract(turns)
    assert len(extraction.blocks) + len(extraction.refused_paths) <= MAX_BLOCKS
    size = sum(len(turn) for turn in turns)
    assert sum(len(block.text) for block in extraction.blocks) <= 2 * size + MAX_BLOCKS
    paths = [block.path for block in extraction.blocks if block.path is not None]
    assert len(paths) == len(set(paths))
    folders = {str(folder) for path in paths for folder in PurePosixPath(path).parents}
    assert folders.isdisjoint(paths)
    for path in paths:
        parts = path.split("/")
        assert path.isprintable()
        assert not path.startswith(("/", "~", "-"))
        assert not {"", ".", "..", ".git"}.intersection(parts)
        assert not {"\\", ":", "\0", " "}.intersection(path)
        assert len(path.encode()) <= MAX_PATH_BYTES
    for block in extraction.blocks:
        assert block.text.encode().decode() == block.text
        assert "\r" not in block.text
        assert block.text == "" or block.text.endswith("\n")
        assert_lines_mapped(turns[block.turn], block)


def assert_lines_mapped(answer: str, block: Block) -> None:
    """Each line of the block is in the line of the answer that `line` says."""
    origin = answer_lines(answer.encode(errors="replace").decode())
    for place, line in enumerate(block.text.split("\n")[:-1]):
        there = origin[block.line - 1 + place]
        assert there.endswith(line) or there.replace("\\", "").endswith(line.replace("\\", ""))


@given(st.lists(answers, max_size=3))
@settings(max_examples=400, deadline=None)
def test_any_answer(turns: list[str]) -> None:
    assert_sound(turns)


@given(st.lists(st.text(), max_size=2))
@settings(max_examples=100, deadline=None)
def test_any_text(turns: list[str]) -> None:
    assert_sound(turns)


def contract_form(blocks: tuple[Block, ...]) -> str:
    """Blocks as the delivery contract asks for them, each fence longer than any inside."""
    parts: list[str] = []
    for block in blocks:
        fence = "`" * 3
        while fence in block.text:
            fence += "`"
        parts.append(f"File: `{block.path}`\n\n{fence}\n{block.text}{fence}\n")
    return "\n".join(parts)


@given(answers)
@settings(max_examples=300, deadline=None)
def test_files_read_back_the_same(answer: str) -> None:
    files = tuple(
        block
        for block in extract([answer]).blocks
        if block.path is not None and not block.path.endswith(".json")
    )
    again = extract([contract_form(files)]).blocks
    assert [(block.path, block.text) for block in again] == [(block.path, block.text) for block in files]


CODE = st.lists(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n`~\ufeff#/<;{-"), max_size=30),
    min_size=1,
    max_size=12,
)


@given(st.lists(CODE, min_size=1, max_size=5), st.integers(0, 6), st.sampled_from(["```", "~~~", "`````"]))
@settings(max_examples=200, deadline=None)
def test_contract_is_read_to_the_letter(files: list[list[str]], indent: int, fence: str) -> None:
    """Any files in the form that the contract asks for come out with their text and their lines."""
    answer = "Here are the files.\n"
    expected: list[tuple[str | None, str, int]] = []
    blanks = " " * indent
    for number, code in enumerate(files):
        path = f"dir/file{number}.txt"
        answer += f"\n`{path}`\n\n{blanks}{fence}text\n"
        expected.append((path, "".join(f"{line}\n" for line in code), answer.count("\n") + 1))
        answer += "".join(f"{blanks}{line}\n" for line in code) + f"{blanks}{fence}\n"
    assert [(block.path, block.text, block.line) for block in extract([answer]).blocks] == expected
    for block in extract([answer]).blocks:
        assert_lines_mapped(answer, block)


def test_hostile_text_takes_linear_time() -> None:
    """No shape of the benchmark takes much more than ten times as long for ten times the text."""
    from benchmarks.answers import SHAPES

    for name, shape in SHAPES.items():
        times: list[float] = []
        for size in (20_000, 200_000):
            text = shape(size)
            best = float("inf")
            for _ in range(3):
                begin = time.process_time()
                extract([text])
                best = min(best, time.process_time() - begin)
            times.append(best)
        assert times[1] < 40 * times[0] + 0.05, (name, times)


@pytest.mark.slow
def test_fuzzer_finds_nothing() -> None:
    if importlib.util.find_spec("atheris") is None:
        return
    command = [
        sys.executable,
        "tests/fuzz/fuzz_answers.py",
        "-runs=3000",
        "-seed=1",
        "-max_len=300",
        "-len_control=0",
    ]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": "."}, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "DONE" in done.stderr
