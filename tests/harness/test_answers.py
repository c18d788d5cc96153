"""Shapes that real answers have, each with the paths, texts and lines that come out of it."""

from __future__ import annotations

import pytest

from harness.answers import MAX_BLOCKS, MAX_FILE_BYTES, Block, answer_lines, extract

T = "```"
A, B = "a: 1\n", "b: 2\n"


def one(answer: str) -> Block:
    """The only block of an answer."""
    blocks = extract([answer]).blocks
    assert len(blocks) == 1, blocks
    return blocks[0]


def seen(answer: str) -> list[tuple[str | None, str, int]]:
    return [(block.path, block.text, block.line) for block in extract([answer]).blocks]


LABELS = {
    "plain": "deploy/app.yaml",
    "plain with a colon": "deploy/app.yaml:",
    "bold": "**deploy/app.yaml**",
    "bold and colon": "**deploy/app.yaml**:",
    "colon inside bold": "**deploy/app.yaml:**",
    "code": "`deploy/app.yaml`",
    "code and colon": "`deploy/app.yaml`:",
    "bold code": "**`deploy/app.yaml`**",
    "heading": "### deploy/app.yaml",
    "heading with code": "## `deploy/app.yaml`",
    "numbered heading": "### 1. `deploy/app.yaml`",
    "heading with words before": "### 2. Deployment: `deploy/app.yaml`",
    "heading with brackets": "### Deployment (`deploy/app.yaml`)",
    "heading with words behind": "### `deploy/app.yaml` – the deployment",
    "keyword": "File: deploy/app.yaml",
    "keyword and code": "File: `deploy/app.yaml`",
    "bold keyword": "**File:** `deploy/app.yaml`",
    "all bold keyword": "**Filename: deploy/app.yaml**",
    "numbered item": "1. `deploy/app.yaml`",
    "numbered item with words": "2) **Deployment**: `deploy/app.yaml`",
    "bullet": "- `deploy/app.yaml`:",
    "HTML comment": "<!-- deploy/app.yaml -->",
    "HTML comment with keyword": "<!-- file: deploy/app.yaml -->",
    "summary": "<details><summary>deploy/app.yaml</summary>",
    "link": "[deploy/app.yaml](deploy/app.yaml)",
    "emoji": "📄 `deploy/app.yaml`",
    "sentence with a colon": "Save this as `deploy/app.yaml`:",
    "sentence with a bare path": "And here is deploy/app.yaml:",
    "code and description": "`deploy/app.yaml` (the deployment)",
    "sentence that creates it": "Create `deploy/app.yaml` with the following content:",
    "sentence that presents it": "Here is the `deploy/app.yaml` manifest:",
    "sentence that adds it": "Add `deploy/app.yaml`:",
    "sentence that stores it": "Put this in `deploy/app.yaml`:",
    "heading with fragment words before": "### Release from tags (`deploy/app.yaml`)",
    "rule": "=== deploy/app.yaml ===",
    "emphasis": "_deploy/app.yaml_",
    "tag": '<file path="deploy/app.yaml">',
    "keyword and description": "**Path:** `deploy/app.yaml` (the deployment)",
    "line between": "`deploy/app.yaml`:\n\n> Note: adapt the tag",
    "lines between": "Path: `deploy/app.yaml`\nPurpose: the deployment",
    "with dot": "./deploy/app.yaml",
    "doubled slashes": "`deploy//./app.yaml`",
    "backslashes": "`deploy\\app.yaml`",
    "quoted": '"deploy/app.yaml"',
}


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS.keys())
@pytest.mark.parametrize("blanks", [0, 1, 2])
def test_line_before_the_block(label: str, blanks: int) -> None:
    lines = label.count("\n") + 1
    answer = f"Here you are.\n\n{label}\n" + "\n" * blanks + f"{T}yaml\n{A}{B}{T}\nDone.\n"
    assert one(answer) == Block("deploy/app.yaml", "yaml", A + B, 4 + lines + blanks, True)


NO_LABELS = {
    "path in the middle": "The file `deploy/app.yaml` holds the deployment.",
    "path in the middle, colon": "As `deploy/app.yaml` shows, this works:",
    "fragment": "In `deploy/app.yaml`, change the line to:",
    "fragment with the path last": "Add this to `deploy/app.yaml`:",
    "fragment under a heading": "### Changes to `deploy/app.yaml`",
    "two paths": "`deploy/app.yaml` and `deploy/b.yaml`:",
    "abbreviation": "e.g. foo.bar",
    "product": "### Node.js",
    "address": "https://example.com/deploy/app.yaml",
    "host": "`ghcr.io/org/app.web`",
    "image": "`org/app:1.2`",
    "folder": "deploy/",
    "API version": "`apps/v1`",
    "variable in the path": "`deploy/${ENV}.yaml`",
    "list of paths": "- `deploy/b.yaml`\n- `deploy/app.yaml`",
    "section of its own": "`deploy/app.yaml`\n\n## Test\n\nRun:",
    "path with a full stop": "deploy/app.yaml.",
    "attribute": '<a href="deploy/app.yaml">here</a> it is:',
    "other language": "Create `deploy/app.tf`:",
}


@pytest.mark.parametrize("line", NO_LABELS.values(), ids=NO_LABELS.keys())
def test_line_that_names_no_file(line: str) -> None:
    block = one(f"{line}\n\n{T}yaml\n{A}{T}\n")
    assert (block.path, block.text) == (None, A)


COMMENTS = {
    "hash": ("yaml", "# deploy/app.yaml\n", "deploy/app.yaml"),
    "hash without a space": ("yaml", "#deploy/app.yaml\n", "deploy/app.yaml"),
    "after three dashes": ("yaml", "---\n# deploy/app.yaml\n", "deploy/app.yaml"),
    "keyword": ("yaml", "# File: deploy/app.yaml\n", "deploy/app.yaml"),
    "keyword and description": ("yaml", "# Path: deploy/app.yaml (the pod)\n", "deploy/app.yaml"),
    "described": ("hcl", "# main.tf - the root module\n", "main.tf"),
    "banner": ("hcl", "# =======\n# main.tf\n# =======\n", "main.tf"),
    "slashes": ("typescript", "// src/index.ts\n", "src/index.ts"),
    "block": ("hcl", "/* modules/vpc/main.tf */\n", "modules/vpc/main.tf"),
    "block over lines": ("hcl", "/**\n * main.tf\n */\n", "main.tf"),
    "HTML": ("html", "<!-- web/index.html -->\n", "web/index.html"),
    "semicolon": ("ini", "; conf/app.ini\n", "conf/app.ini"),
    "dashes": ("sql", "-- db/schema.sql\n", "db/schema.sql"),
    "shebang": ("bash", "#!/usr/bin/env bash\n# scripts/run.sh\n", "scripts/run.sh"),
    "syntax directive": ("dockerfile", "# syntax=docker/dockerfile:1\n# Dockerfile\n", "Dockerfile"),
    "Helm": ("yaml", "{{/* templates/app.yaml */}}\n", "templates/app.yaml"),
    "bare fence": ("", "# Makefile\n", "Makefile"),
}


@pytest.mark.parametrize(("info", "comment", "path"), COMMENTS.values(), ids=COMMENTS.keys())
def test_first_comment(info: str, comment: str, path: str) -> None:
    assert one(f"{T}{info}\n{comment}x\n{T}") == Block(path, info, comment + "x\n", 2, True)


INFOS = {
    "title": 'yaml title="deploy/app.yaml"',
    "colon": "yaml:deploy/app.yaml",
    "space": "yaml deploy/app.yaml",
    "attributes": '{.yaml filename="deploy/app.yaml"}',
    "filename": "yaml filename=deploy/app.yaml",
    "braces": "yaml {file: 'deploy/app.yaml'}",
    "brackets": "YAML (deploy/app.yaml)",
    "path alone": "deploy/app.yaml",
}


@pytest.mark.parametrize("info", INFOS.values(), ids=INFOS.keys())
def test_info_string(info: str) -> None:
    assert one(f"{T}{info}\n{A}{T}") == Block("deploy/app.yaml", "yaml", A, 2, True)


def test_comment_of_json_is_taken_off() -> None:
    assert seen(f'{T}json\n// policy.json\n{{"a": 1}}\n{T}') == [("policy.json", '{"a": 1}\n', 3)]


def test_other_comments_of_json_stay() -> None:
    text = '{\n  // why\n  "a": 1\n}\n'
    assert seen(f"policy.json\n{T}jsonc\n{text}{T}") == [("policy.json", text, 3)]


def test_label_and_comment() -> None:
    assert seen(f"`app.yaml`\n{T}yaml\n# deploy/app.yaml\n{T}")[0][0] == "deploy/app.yaml"
    assert seen(f"`deploy/app.yaml`\n{T}yaml\n# app.yaml\n{T}")[0][0] == "deploy/app.yaml"
    assert seen(f"### See b.yaml\n{T}yaml\n# deploy/app.yaml\n{T}")[0][0] == "deploy/app.yaml"


def test_heading_then_a_sentence() -> None:
    answer = (
        f"## `main.tf`\n\nThis holds the bucket.\n\n{T}hcl\nx = 1\n{T}\n\nApply it:\n\n{T}bash\nmake\n{T}\n"
    )
    assert seen(answer) == [("main.tf", "x = 1\n", 6), (None, "make\n", 12)]


def test_shell_block_is_never_a_manifest() -> None:
    assert seen(f"**deploy/app.yaml**\n{T}bash\nkubectl apply -f deploy/app.yaml\n{T}")[0][0] is None
    assert seen(f"{T}sh\n# main.tf\nterraform apply\n{T}")[0][0] is None


def test_empty_file_and_empty_block() -> None:
    assert seen(f"pkg/__init__.py\n{T}python\n{T}\n\n{T}\n{T}\n") == [("pkg/__init__.py", "", 3)]


def test_known_names_without_extension() -> None:
    for name in (
        "Dockerfile",
        "Makefile",
        "Jenkinsfile",
        ".github/CODEOWNERS",
        ".gitignore",
        "Dockerfile.dev",
    ):
        assert one(f"{name}\n{T}\nx\n{T}").path == name


# Fences


def test_tildes_inside_backticks_are_text() -> None:
    assert seen(f"a.md\n{T}markdown\n~~~\ncode\n~~~\n{T}\n") == [("a.md", "~~~\ncode\n~~~\n", 3)]


def test_backticks_inside_tildes_are_text() -> None:
    assert seen(f"a.md\n~~~\n{T}sh\nls\n{T}\n~~~\n") == [("a.md", f"{T}sh\nls\n{T}\n", 3)]


def test_longer_fence_keeps_shorter_ones() -> None:
    inner = f"# Runbook\n{T}bash\nmake\n{T}\n"
    assert seen(f"RUNBOOK.md\n````markdown\n{inner}````\n") == [("RUNBOOK.md", inner, 3)]


def test_longer_marker_closes() -> None:
    assert seen(f"{T}yaml\n{A}`````\nprose") == [(None, A, 2)]


def test_marker_with_words_behind_it_does_not_close() -> None:
    assert seen(f"{T}python\nx\n{T} not the end\ny\n{T}") == [(None, f"x\n{T} not the end\ny\n", 2)]


def test_inline_code_of_three_ticks_opens_nothing() -> None:
    assert seen(f"{T}not a fence{T}\n\na.yaml\n{T}yaml\n{A}{T}") == [("a.yaml", A, 5)]


def test_fence_in_a_list_is_dedented() -> None:
    answer = (
        f"1. `a.yaml`\n\n   {T}yaml\n   a:\n     b: 1\n\n   {T}\n2. `b.yaml`\n\n   {T}yaml\n   c: 2\n   {T}\n"
    )
    assert seen(answer) == [("a.yaml", "a:\n  b: 1\n\n", 4), ("b.yaml", "c: 2\n", 11)]


def test_fence_behind_its_list_marker() -> None:
    assert seen(f"- {T}yaml\n  a:\n    b: 1\n  {T}\n") == [(None, "a:\n  b: 1\n", 2)]


def test_content_left_of_its_fence_keeps_its_shape() -> None:
    assert seen(f"   {T}yaml\na:\n  b: 1\n   {T}\n") == [(None, "a:\n  b: 1\n", 2)]


def test_fence_indented_by_tabs() -> None:
    assert seen(f"- x\n\t{T}yaml\n\ta:\n\t  b: 1\n\t{T}\n") == [(None, "a:\n  b: 1\n", 3)]


def test_tabs_of_the_file_stay() -> None:
    assert seen(f"Makefile\n{T}make\nall:\n\techo\n{T}") == [("Makefile", "all:\n\techo\n", 3)]


def test_closing_fence_left_of_the_opening_one() -> None:
    assert seen(f"    {T}yaml\n    a: 1\n{T}\nprose\n") == [(None, A, 2)]


def test_indented_fence_inside_a_file_is_text() -> None:
    text = f"data:\n  README: |\n    {T}\n    x\n    {T}\n"
    assert seen(f"cm.yaml\n{T}yaml\n{text}{T}\n") == [("cm.yaml", text, 3)]


def test_fence_in_a_quote() -> None:
    answer = f"> `a.yaml`\n> {T}yaml\n> a:\n>   b: 1\n>\n> {T}\n\nb.yaml\n{T}yaml\n{B}{T}"
    assert seen(answer) == [("a.yaml", "a:\n  b: 1\n\n", 3), ("b.yaml", B, 10)]


def test_quote_ends_its_fence() -> None:
    assert seen(f"> {T}yaml\n> a: 1\nprose\n\nb.yaml\n{T}\n{B}{T}") == [(None, A, 2), ("b.yaml", B, 7)]


def test_fence_behind_its_label() -> None:
    assert seen(f"Here is `a.yaml`: {T}yaml\n{A}{T}\nDone.") == [("a.yaml", A, 2)]


def test_forgotten_closing_fence() -> None:
    answer = f"a.yaml\n{T}yaml\n{A}\n`b.tf`:\n{T}hcl\nx = 1\n{T}\n"
    assert seen(answer) == [("a.yaml", A + "\n", 3), ("b.tf", "x = 1\n", 7)]


def test_block_cut_off() -> None:
    assert one(f"a.yaml\n{T}yaml\na: 1\nb: ") == Block("a.yaml", "yaml", "a: 1\nb: \n", 3, False)


def test_windows_line_ends_and_byte_order_mark() -> None:
    assert seen(f"\ufeffa.yaml\r\n{T}yaml\r\na: 1\r\nb: 2\r\n{T}\r\n") == [("a.yaml", A + B, 3)]


# Documents and wrappers


def test_document_with_inner_blocks_of_the_same_length() -> None:
    text = f"# Runbook\n\n{T}bash\nmake\n{T}\n\nThen:\n\n{T}bash\nls\n{T}\n"
    answer = f"RUNBOOK.md\n{T}markdown\n{text}{T}\n\na.yaml\n{T}yaml\n{A}{T}\n"
    assert seen(answer) == [("RUNBOOK.md", text, 3), ("a.yaml", A, 18)]


def test_document_with_bare_inner_blocks_of_the_same_length() -> None:
    text = f"# Runbook\n\n{T}\nmake\n{T}\n\nThen:\n\n{T}\nls\n{T}\n"
    answer = f"RUNBOOK.md\n{T}markdown\n{text}{T}\n\na.yaml\n{T}yaml\n{A}{T}\n"
    assert seen(answer) == [("RUNBOOK.md", text, 3), ("a.yaml", A, 18)]


def test_document_then_bare_block() -> None:
    answer = f"RUNBOOK.md\n{T}markdown\n# Runbook\n{T}\n\nOutput:\n\n{T}\nok\n{T}\n"
    assert seen(answer) == [("RUNBOOK.md", "# Runbook\n", 3), (None, "ok\n", 9)]


@pytest.mark.parametrize("close", ["````\n", ""])
def test_whole_answer_in_one_fence(close: str) -> None:
    answer = (
        f"Sure!\n\n````markdown\n# Plan\n\n`a.yaml`\n{T}yaml\n{A}{T}\n\n`b.yaml`\n{T}yaml\n{B}{T}\n{close}"
    )
    assert seen(answer) == [("a.yaml", A, 8), ("b.yaml", B, 13)]
    assert all(block.closed for block in extract([answer]).blocks)


def test_whole_answer_in_a_fence_of_the_same_length() -> None:
    answer = f"{T}markdown\n`a.yaml`\n{T}yaml\n{A}{T}\n\n`b.yaml`\n{T}yaml\n{B}{T}\n{T}\n"
    assert seen(answer) == [("a.yaml", A, 4), ("b.yaml", B, 9)]


def test_wrapper_is_opened_once() -> None:
    answer = f"`````markdown\na.md\n````markdown\nb.yaml\n{T}yaml\n{A}{T}\n````\n`````\n"
    assert seen(answer) == [("a.md", f"b.yaml\n{T}yaml\n{A}{T}\n", 4)]


def test_several_documents_with_paths_of_their_own() -> None:
    answer = f"{T}yaml\n# a.yaml\n{A}---\n# k8s/b.yaml\n{B}{T}\n"
    assert seen(answer) == [("a.yaml", "# a.yaml\n" + A, 2), ("k8s/b.yaml", "# k8s/b.yaml\n" + B, 5)]


def test_several_documents_that_begin_with_dashes() -> None:
    answer = f"{T}yaml\n---\n# a.yaml\n{A}---\n# b.yaml\n{B}---\n{T}\n"
    assert seen(answer) == [("a.yaml", "# a.yaml\n" + A, 3), ("b.yaml", "# b.yaml\n" + B, 6)]


def test_documents_of_one_file_stay_together() -> None:
    text = f"# a.yaml\n{A}---\n{B}"
    assert seen(f"{T}yaml\n{text}{T}\n") == [("a.yaml", text, 2)]
    text = f"# a.yaml\n{A}---\n# b.yaml\n{B}"
    assert seen(f"all.yaml\n{T}yaml\n{text}{T}\n") == [("all.yaml", text, 3)]


# Heredocs


@pytest.mark.parametrize(
    "command",
    [
        "cat > k8s/a.yaml <<'EOF'",
        "cat >k8s/a.yaml << EOF",
        "cat <<EOF > k8s/a.yaml",
        'cat <<"EOF" >"k8s/a.yaml"',
        "tee k8s/a.yaml <<EOF",
        "sudo tee k8s/a.yaml > /dev/null <<'EOF'",
        "cat <<EOF | tee k8s/a.yaml",
        "$ mkdir -p k8s && cat > ./k8s/a.yaml <<EOF",
    ],
)
def test_heredoc(command: str) -> None:
    shell = f"mkdir -p k8s\n{command}\n{A}{B}EOF\nls\n"
    assert seen(f"Run:\n{T}bash\n{shell}{T}\n") == [(None, shell, 3), ("k8s/a.yaml", A + B, 5)]


def test_heredoc_with_tabs_and_escapes() -> None:
    shell = "cat > ci.yaml <<-EOF\n\ta: \\${{ b }}\n\tEOF\n"
    assert seen(f"{T}sh\n{shell}{T}")[1] == ("ci.yaml", "a: ${{ b }}\n", 3)


def test_heredoc_taken_literally() -> None:
    assert seen(f"{T}sh\ncat > a.sh <<'EOF'\necho \\$x\nEOF\n{T}")[1] == ("a.sh", "echo \\$x\n", 3)


def test_heredoc_that_appends_or_goes_elsewhere() -> None:
    for command in ("cat >> a.yaml <<EOF", "tee -a a.yaml <<EOF", "psql <<EOF", "cat <<EOF"):
        assert len(extract([f"{T}sh\n{command}\n{A}EOF\n{T}"]).blocks) == 1


def test_manifest_that_is_applied() -> None:
    blocks = extract([f"{T}bash\nkubectl apply -f - <<EOF\n{A}EOF\n{T}"]).blocks
    assert blocks[1] == Block(None, "yaml", A, 3, True)


def test_heredoc_of_a_document_with_fences() -> None:
    text = f"# Runbook\n{T}\nls\n{T}\n"
    answer = f"{T}bash\ncat > RUNBOOK.md <<'EOF'\n{text}EOF\n{T}\n"
    assert seen(answer)[1] == ("RUNBOOK.md", text, 3)


def test_heredoc_of_a_script_that_is_a_file_itself() -> None:
    shell = f"cat > a.yaml <<EOF\n{A}EOF\n"
    assert seen(f"scripts/setup.sh\n{T}bash\n{shell}{T}") == [("scripts/setup.sh", shell, 3)]


def test_heredoc_cut_off() -> None:
    blocks = extract([f"{T}bash\ncat > a.yaml <<EOF\n{A}"]).blocks
    assert [(block.path, block.closed) for block in blocks] == [(None, False), ("a.yaml", False)]


# Answers without a fence


def test_hcl_in_prose() -> None:
    hcl = 'resource "a" "b" {\n  x = {\n    y = 1\n  }\n}\n\nvariable "z" {}\n'
    assert seen(f"Use this:\n\n{hcl}\nThen apply it.\n") == [(None, hcl, 3)]


def test_labels_without_fences() -> None:
    answer = f"main.tf:\n\nx = 1\n\ny = 2\n\nThis is the root module of it.\n\nk8s/a.yaml:\n{A}{B}"
    assert seen(answer) == [("main.tf", "x = 1\n\ny = 2\n", 3), ("k8s/a.yaml", A + B, 10)]


def test_whole_answer_is_a_manifest() -> None:
    text = "# a.yaml\napiVersion: v1\nkind: Pod\nspec:\n  a: 1\n"
    assert seen(text) == [("a.yaml", text, 1)]
    assert seen('{\n  "a": 1\n}\n') == [(None, '{\n  "a": 1\n}\n', 1)]


def test_shell_without_fences() -> None:
    assert seen(f"cat > a.yaml <<EOF\n{A}EOF\n") == [("a.yaml", A, 2)]


@pytest.mark.parametrize(
    "prose",
    [
        "",
        "I can't help with that.",
        "Note: first a\nSummary: then b",
        "See main.tf\n\nIt is good.",
        "- a\n- b",
    ],
)
def test_prose_is_no_file(prose: str) -> None:
    assert extract([prose]).blocks == ()


# Paths and limits


@pytest.mark.parametrize(
    "path",
    [
        "/etc/app.yaml",
        "../app.yaml",
        "a/../b.yaml",
        "~/app.yaml",
        "~root/app.yaml",
        "C:\\a\\app.yaml",
        "c:/a/app.yaml",
        "\\\\host\\app.yaml",
        "a\\b/app.yaml",
        "a\0.yaml",
        ".git/hooks/x.sh",
        "-o.yaml",
        "./~/a.yaml",
        "a/" * 150 + "b.yaml",
        "a" * 230 + ".yaml",
    ],
)
def test_refused_path(path: str) -> None:
    for answer in (f"File: `{path}`\n{T}\nx\n{T}", f"{T}\n# {path}\nx\n{T}", f"{T}yaml title={path}\nx\n{T}"):
        extraction = extract([answer])
        assert extraction.blocks == ()
        assert [refused for _, refused in extraction.refused_paths] == [path]
    assert extract([f"File: `{path}`\n{T}\nx\n{T}"]).refused_paths == ((3, path),)


def test_refused_heredoc() -> None:
    extraction = extract([f"{T}bash\ncat > /etc/passwd <<EOF\nx\nEOF\n{T}"])
    assert extraction.refused_paths == ((3, "/etc/passwd"),)
    assert [block.path for block in extraction.blocks] == [None]


def test_case_makes_another_path() -> None:
    assert [path for path, _, _ in seen(f"A.yaml\n{T}\nx\n{T}\na.yaml\n{T}\ny\n{T}")] == ["A.yaml", "a.yaml"]


def test_same_path_twice() -> None:
    assert seen(f"a.yaml\n{T}\n{A}{T}\na.yaml\n{T}\n{B}{T}") == [("a.yaml", B, 7)]
    assert seen(f"a.yaml\n{T}\n{A}{T}\na.yaml\n{T}\n{B}") == [("a.yaml", A, 3)]


def test_patch_is_never_a_file() -> None:
    blocks = extract([f"a.yaml\n{T}\n{A}{T}\na.yaml\n{T}diff\n-a\n+b\n{T}"]).blocks
    assert [(block.path, block.info) for block in blocks] == [("a.yaml", ""), (None, "diff")]


def test_later_turn_replaces() -> None:
    turns = [f"a.yaml\n{T}\n{A}{T}\nb.yaml\n{T}\n{B}{T}", f"Corrected:\n\na.yaml\n{T}\n{B}{T}"]
    blocks = extract(turns).blocks
    assert [(block.path, block.text, block.line, block.turn) for block in blocks] == [
        ("b.yaml", B, 7, 0),
        ("a.yaml", B, 5, 1),
    ]


def test_file_that_is_also_a_folder() -> None:
    extraction = extract([f"Makefile\n{T}\nx\n{T}\nMakefile/a.yaml\n{T}\n{A}{T}"])
    assert [block.path for block in extraction.blocks] == ["Makefile/a.yaml"]
    assert [problem.limit for problem in extraction.problems] == ["file and folder"]


def test_limits() -> None:
    large = extract([f"a.yaml\n{T}\n{'x' * MAX_FILE_BYTES}\n{T}\nb.yaml\n{T}\n{B}{T}"])
    assert [block.path for block in large.blocks] == ["b.yaml"]
    assert [(problem.limit, problem.line) for problem in large.problems] == [("file size", 3)]
    many = extract([f"{T}\nx\n{T}\n" * (MAX_BLOCKS + 50)])
    assert len(many.blocks) == MAX_BLOCKS
    assert [(problem.limit, problem.line) for problem in many.problems] == [("blocks", 3 * MAX_BLOCKS + 2)]
    huge = extract([f"a.yaml\n{T}\n{A}{T}\n", "y\n" * 1_000_000, f"b.yaml\n{T}\n{B}{T}"])
    assert [block.path for block in huge.blocks] == ["a.yaml"]
    assert [(problem.limit, problem.turn) for problem in huge.problems] == [("answer size", 1)]


def test_lone_surrogate_can_be_written() -> None:
    assert one(f"a.yaml\n{T}\nx: \ud800\n{T}").text.encode() == b"x: ?\n"


def test_answer_lines() -> None:
    assert answer_lines("\ufeffa\r\nb\rc\u2028d\x0be\n") == ["a", "b", "c\u2028d\x0be", ""]
