"""What Bash makes of a failing command, asked with the stand-ins; the expected codes are those of Bash's manual."""

from __future__ import annotations

import pytest

from graders.simulate.shell.ending import Script, ending_of

PLAIN = ("bash", "-e")
STRICT = ("bash", "--noprofile", "--norc", "-eo", "pipefail")


@pytest.mark.parametrize(
    ("text", "command", "code"),
    [
        ("make test", PLAIN, 1),
        ("make test || true", PLAIN, 0),
        ("make test | tee log", PLAIN, 0),
        ("make test | tee log", STRICT, 1),
        ("set -o pipefail\nmake test | tee log", PLAIN, 1),
        ("set +e\nmake test\nmake report", PLAIN, 0),
        ("make test\nmake report", ("bash",), 0),
        ("make test && echo good\nmake report", PLAIN, 0),
        ("make test && echo good", PLAIN, 1),
        ("if make test; then echo good; else echo bad; fi", PLAIN, 0),
        ("if ! make test; then exit 3; fi", PLAIN, 3),
        ("code=0\nmake test || code=$?\nmake report\nexit $code", PLAIN, 1),
        ("f() { make test; echo on; }\nf || echo bad", PLAIN, 0),
        ("(make test; echo on)\necho later", PLAIN, 1),
        ("trap 'exit 0' EXIT\nmake test", PLAIN, 0),
        ("make test &\nwait", PLAIN, 0),
        ("make test & wait $!", PLAIN, 1),
        ("echo $(make test)", PLAIN, 0),
        ("found=$(make test)", PLAIN, 1),
        ("local_copy=1 make -j4 test", ("sh", "-e"), 1),
    ],
)
def test_exit(text: str, command: tuple[str, ...], code: int) -> None:
    assert ending_of(Script(text, command, failing=("make test",))).code == code


def test_calls_in_order_and_what_is_written() -> None:
    text = 'make build\nif make test; then v=yes; else v=no; fi\necho "ok=$v" >> "$GITHUB_OUTPUT"\n'
    text += 'printf "log<<END\\na\\nb\\nEND\\n" >> "$GITHUB_ENV"'
    found = ending_of(Script(text, PLAIN, failing=("make test",)))
    assert found.calls == ("make build", "make test")
    assert found.outputs == (("ok", "no"),)
    assert found.env == (("log", "a\nb"),)


def test_scripts_of_the_answer_run_and_absent_ones_are_stand_ins() -> None:
    files = (("scripts/test.sh", "#!/usr/bin/env bash\nset -eu\nmake test\n"),)
    script = Script("./scripts/test.sh\n./scripts/x.sh a", ("bash",), files=files, absent=("scripts/x.sh",))
    assert ending_of(script).calls == ("make test", "scripts/x.sh a")
    failing = Script("./scripts/test.sh", PLAIN, files=files, failing=("make test",))
    assert ending_of(failing).code == 1


def test_an_endless_script_has_no_exit() -> None:
    assert ending_of(Script("while true; do :; done", PLAIN)).code is None


def test_a_missing_file_is_noted() -> None:
    assert ending_of(Script("cat report.json || true", PLAIN)).missed
