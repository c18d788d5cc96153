"""Time that `harness.answers.extract` takes on 1 MB of hostile Markdown, and on 2 MB: twice the text must not
take much more than twice the time. Run from the repository's root: `python -m benchmarks.answers`."""

from __future__ import annotations

import time
from collections.abc import Callable

from harness.answers import extract

SIZE = 1_000_000


def _repeat(unit: str) -> Callable[[int], str]:
    return lambda size: unit * (size // len(unit))


SHAPES: dict[str, Callable[[int], str]] = {
    "one line of backticks": _repeat("`"),
    "bare fences": _repeat("```\n"),
    "openers": _repeat("```yaml\n"),
    "labelled empty fences": _repeat("`a.yaml`:\n```yaml\n```\n"),
    "refused paths": _repeat("/etc/a.yaml\n```\nx\n```\n"),
    "markdown fences with bare ones": lambda size: "```markdown\n" + "```\nx\n" * (size // 6),
    "markdown fences": _repeat("```markdown\nx\n"),
    "wrapper around fences": lambda size: "````markdown\n" + "```yaml\na: 1\n```\n" * (size // 17),
    "fences of growing length": lambda size: "".join(
        "`" * n + "\n" for n in range(3, int((2 * size) ** 0.5))
    ),
    "tildes inside backticks": lambda size: "```\n" + "~~~\n" * (size // 4),
    "quotes on one line": _repeat(">"),
    "quotes of growing depth": lambda size: "".join(
        ">" * n + " ```\n" for n in range(1, int((2 * size) ** 0.5))
    ),
    "quoted fences": _repeat("> ```\n"),
    "nested lists": lambda size: "".join("- " * n + "```\n" for n in range(1, int(size**0.5))),
    "list markers on one line": _repeat("- "),
    "deep indentation": lambda size: "".join(" " * n + "```\n" for n in range(1, int((2 * size) ** 0.5))),
    "heredoc flood": lambda size: "```bash\n" + "cat > a.md <<EOF\n" * (size // 17),
    "heredoc flood on one line": lambda size: "```bash\n" + "<<EOF " * (size // 6),
    "heredoc words": lambda size: "```sh\n" + "".join(f"cat > a{n}.md <<E{n}\n" for n in range(size // 25)),
    "heredocs without a fence": _repeat("cat > a.yaml <<EOF\n"),
    "documents": lambda size: "```yaml\n" + "# a.yaml\n---\n" * (size // 13),
    "document breaks": lambda size: "```yaml\n" + "---\n" * (size // 4),
    "comments": lambda size: "```yaml\n" + "# " * (size // 2),
    "brackets": _repeat("[a]("),
    "tags": _repeat("<a "),
    "long word": lambda size: "# " + "a/" * (size // 2) + "b.yaml\n```\nx\n```\n",
    "labels without a fence": _repeat("a.yaml\n"),
    "HCL without a fence": _repeat('resource "a" "b" {\n'),
    "HCL and prose without a fence": _repeat('resource "a" "b" {\n}\nAnd then some prose.\n'),
    "YAML without a fence": lambda size: "kind: A\n" + "a: 1\n" * (size // 5),
    "carriage returns": _repeat("\r"),
    "blank lines": lambda size: "\n" * (size - 10) + "```\nx\n```",
    "NUL": _repeat("\0"),
}


def seconds(text: str) -> float:
    """The best of two runs."""
    best = float("inf")
    for _ in range(2):
        begin = time.perf_counter()
        extract([text])
        best = min(best, time.perf_counter() - begin)
    return best


def main() -> None:
    worst = 0.0
    for name, shape in SHAPES.items():
        half, full = seconds(shape(SIZE)), seconds(shape(2 * SIZE))
        worst = max(worst, half)
        print(f"{name:34} 1 MB {half:6.3f} s   2 MB {full:6.3f} s   ratio {full / max(half, 1e-3):4.1f}")
    print(f"{'worst':34} 1 MB {worst:6.3f} s")


if __name__ == "__main__":
    main()
