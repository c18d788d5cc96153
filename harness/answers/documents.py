"""Several files in one YAML block: documents that each begin with a path of their own."""

from __future__ import annotations

from collections.abc import Sequence

from harness.answers.labels import comment_path
from harness.answers.paths import PathName


def split_documents(lines: Sequence[str]) -> list[tuple[int, PathName, Sequence[str]]]:
    """(index of the first line, path, lines) of each file, or nothing.

    Split is only where there are at least two documents, every one begins with a path comment and no two
    paths are the same; else the block is one file. The `---` between two files belongs to neither.
    """
    files: list[tuple[int, PathName, Sequence[str]]] = []
    start = 0
    breaks = [index for index, line in enumerate(lines) if line.rstrip() == "---"]
    for end in [*breaks, len(lines)]:
        document = lines[start:end]
        content = [line for line in document if line.strip()]
        if not content:
            start = end + 1
            continue
        if start == 0 and end < len(lines) and all(line.startswith("#") for line in content):
            continue  # comments, then `---`: both open the first document
        found = comment_path(document)
        if found is None:
            return []
        files.append((start, found[1], document))
        start = end + 1
    paths = {name.text for _, name, _ in files}
    return files if len(files) > 1 and len(paths) == len(files) else []
