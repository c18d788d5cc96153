"""GHA-01 blames a `run:` block exactly where bash itself refuses to read it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from graders.github_actions.validity import REFUSED
from graders.tools import shellcheck
from graders.tools.locate import locate
from graders.tools.run_blocks import Script

REFUSED_BY_BASH = [
    "if true; then\n  echo a\n",
    'echo "abc\n',
    "for i in 1 2; do echo $i\n",
    "else if x; then y; fi\n",
    "case x in a) b;; esac)\n",
    "f() { echo a\n",
    "echo $(ls\n",
    "foo() {}\n",
    "while true; do; echo a; done\n",
    "[ a == b ] && || c\n",
    "echo a &; echo b\n",
    "echo 'it's'\n",
    "until x do y; done\n",
]
READ_BY_BASH = [
    "a = b\n",
    "echo $name[0]\n",
    "local x=1\n",
    "rm -rf $@\n",
    "for f in $(ls); do cat $f; done\n",
    "select x in a b; do echo; done\n",
    'echo "$(cat <<EOF\nx\nEOF\n)"\n',
    "if ((1 > 0)) then echo a; fi\n",
    "x=$(case a in a) echo b;; esac)\n",
    "coproc foo { echo; }\n",
]


def bash_reads(script: str, folder: Path) -> bool:
    file = folder / "script.sh"
    file.write_text("#!/bin/bash -e\n" + script)
    return subprocess.run(["bash", "-n", file], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("script", [*REFUSED_BY_BASH, *READ_BY_BASH])
def test_shellcheck_and_bash_agree_on_what_can_be_read(script: str, tmp_path: Path) -> None:
    found = locate("shellcheck")
    (remarks,) = shellcheck.lint_scripts(found, [[Script("a.yml", 1, script, "bash")]])
    assert any(message.code in REFUSED for message in remarks) is not bash_reads(script, tmp_path)
    assert bash_reads(script, tmp_path) is (script in READ_BY_BASH)
