"""terraform validate: what is its trouble, what is the answer's, and what is not served here.

Most configurations have no resource, since reading the provider's schema takes two seconds each time.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from graders.artifact import Artifact
from graders.report import Report
from graders.sandbox import Limits
from graders.simulate.terraform import worker
from graders.tools import batch, terraform
from graders.tools.locate import Installation, ToolMissing
from graders.tools.terraform_folders import survey

BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "a"\n}\n'
LOCAL = 'locals {\n  a = 1\n}\noutput "a" {\n  value = local.a\n}\n'


def files(**texts: str) -> list[Artifact]:
    return [Artifact(name.replace("__", "/") + ".tf", "terraform", text) for name, text in texts.items()]


def judge(*artifacts: Artifact) -> Report:
    (report,) = terraform.run([artifacts])
    assert report.failure is None
    assert report.judged == {artifact.path for artifact in artifacts if artifact.kind == "terraform"}
    return report


def found(report: Report) -> list[tuple[str, int | None, str, str]]:
    return [(message.file, message.line, message.code, message.level) for message in report.messages]


def needs(version: str, source: str = "hashicorp/aws", name: str = "aws") -> str:
    return (
        f'terraform {{\n  required_providers {{\n    {name} = {{\n      source = "{source}"\n'
        f'      version = "{version}"\n    }}\n  }}\n}}\n'
    )


@pytest.mark.slow
def test_the_provider_judges_resources() -> None:
    good, bad = terraform.run(
        [files(main=needs("~> 5.0") + BUCKET), files(main=BUCKET.replace("bucket =", "buckett =") + LOCAL)]
    )
    assert good.failure is None
    assert found(good) == []
    assert found(bad) == [("main.tf", 2, "Unsupported argument", "error")]


def test_a_configuration_without_fault() -> None:
    assert found(judge(*files(main=LOCAL))) == []


def test_errors_have_their_file_and_line() -> None:
    report = judge(*files(main=LOCAL, other="output x {\n"), Artifact("a.json", "json", "{}"))
    assert ("other.tf", "Unclosed configuration block") in {
        (file, code) for file, _, code, _ in found(report)
    }
    assert found(judge(*files(infra__prod__main="\n" + LOCAL.replace("local.a", "local.b")))) == [
        ("infra/prod/main.tf", 6, "Reference to undeclared local value", "error")
    ]


def test_a_file_kept_under_another_name_is_configuration() -> None:
    report = judge(Artifact("answer-1", "terraform", LOCAL.replace("local.a", "local.b")))
    assert [(file, line) for file, line, _, _ in found(report)] == [("answer-1", 5)]


def test_each_root_is_judged_and_a_module_only_with_its_caller() -> None:
    call = 'module "m" {\n  source = "../../modules/m"\n  b = 1\n}\n'
    module = 'variable "a" {\n  type = number\n}\n'
    report = judge(
        *files(envs__prod__main=call, envs__dev__main=call.replace("b =", "a ="), modules__m__main=module)
    )
    assert {(file, code) for file, _, code, _ in found(report)} == {
        ("envs/prod/main.tf", "Missing required argument"),
        ("envs/prod/main.tf", "Unsupported argument"),
    }


def test_a_fault_inside_a_module_is_reported_there() -> None:
    report = judge(
        *files(main='module "m" {\n  source = "./m"\n}\n', m__main=LOCAL.replace("local.a", "local.b"))
    )
    assert found(report) == [("m/main.tf", 5, "Reference to undeclared local value", "error")]


def test_a_local_module_that_was_not_delivered_is_the_answers_fault() -> None:
    report = judge(*files(main='\nmodule "m" {\n  source = "./absent"\n}\n'))
    assert found(report) == [("main.tf", 2, "Module not installed", "error")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (needs("~> 6.0"), 5),
        (needs(">= 4.0, < 5.0"), 5),
        (needs("6.2.0", "registry.terraform.io/hashicorp/aws", "amazon"), 5),
        ('terraform {\n  required_providers {\n    aws = "~> 4.0"\n  }\n}\n', 3),
        ('terraform {\n  required_version = ">= 1.12"\n}\n', 2),
        (
            needs("~> 3.0", "hashicorp/random", "random")
            + 'resource "random_id" "a" {\n  byte_length = 4\n}\n',
            1,
        ),
        ('module "v" {\n  source = "terraform-aws-modules/vpc/aws"\n  version = "~> 5.0"\n}\n', 2),
        ('module "v" {\n  source = "git::https://example.com/x.git?ref=v1"\n}\n', 2),
    ],
)
def test_what_is_not_served_is_a_message_and_no_failure(text: str, line: int) -> None:
    report = judge(*files(main=text + LOCAL))
    assert found(report) == [("main.tf", line, "unserved", "error")]


@pytest.mark.slow
def test_another_versions_schema_is_not_held_against_the_answer() -> None:
    report = judge(*files(main=needs("~> 6.0") + BUCKET.replace("bucket =", "region =")))
    assert {code for _, _, code, _ in found(report)} == {"unserved"}


def test_terraforms_own_files_in_an_answer_steer_nothing() -> None:
    modules = '{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"./absent","Dir":"."}]}'
    report = judge(
        *files(main='module "m" {\n  source = "./absent"\n}\n'),
        Artifact(".terraform/modules/modules.json", "json", modules),
        Artifact(".terraformrc", "text", "nonsense {"),
    )
    assert found(report) == [("main.tf", 1, "Module not installed", "error")]


def test_files_that_a_configuration_reads_lie_beside_it() -> None:
    read = 'output "a" {\n  value = file("${path.module}/a.json")\n}\n'
    there, absent = terraform.run([[*files(main=read), Artifact("a.json", "json", "{}")], files(main=read)])
    assert found(there) == []
    assert [code for _, _, code, _ in found(absent)] == ["Invalid function argument"]


def test_files_of_the_machine_cannot_be_read() -> None:
    report = judge(*files(main='output "a" {\n  value = file("/etc/passwd")\n}\n'))
    assert [code for _, _, code, _ in found(report)] == ["Invalid function argument"]


@pytest.mark.parametrize("path", ["main.tf/x.tf", "../x.tf", "a/../../x.tf", "/w/x.tf", "x" * 300 + ".tf"])
def test_a_path_that_cannot_be_is_a_message(path: str) -> None:
    (report,) = terraform.run([[*files(main=LOCAL), Artifact(path, "terraform", LOCAL)]])
    assert report.failure is None
    assert report.judged == {"main.tf"}
    assert found(report) == [(path, 1, "unwritable", "error")]


@pytest.mark.slow
def test_a_provider_that_does_not_start_is_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "terraform-provider-aws_v5.100.0_x5"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    broken = Installation("terraform-provider-aws", tmp_path, "5.100.0")
    worker.dismiss()
    monkeypatch.setattr(worker, "locate", lambda _: broken)  # pyright: ignore
    monkeypatch.setattr(terraform, "locate", lambda _: broken)  # pyright: ignore
    (report,) = terraform.run([files(main=BUCKET)])
    assert report.failure is not None
    assert report.failure.startswith("terraform does not work here: terraform could not use its provider")
    assert report.judged == frozenset()
    worker.dismiss()


def test_a_missing_provider_is_a_failure_of_those_who_need_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> Installation:
        raise ToolMissing(name, "not found", "install it")

    monkeypatch.setattr(terraform, "locate", absent)
    mine, other = terraform.run([files(main=LOCAL), []])
    assert mine.failure is not None
    assert other.failure is None
    monkeypatch.undo()
    monkeypatch.setattr(batch, "locate", absent)
    assert "is missing" in (terraform.run([files(main=LOCAL)])[0].failure or "")


@pytest.mark.parametrize(
    "script",
    [
        "exit 0",
        "echo '{}'",
        'echo \'{"valid": true, "diagnostics": []}\'',
        "kill -SEGV $$",
        "exec sleep 30",
        'echo \'{"valid": false, "diagnostics": [{"severity": "error", "summary": "Failed to load plugin schemas"}]}\'',
    ],
)
def test_a_terraform_that_proves_nothing_is_a_failure(
    script: str,
    fake_tool: Callable[[str], None],
    short_limits: Callable[..., Limits],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake_tool(script)
    monkeypatch.setattr(terraform, "_LIMITS", short_limits())
    (report,) = terraform.run([files(main=LOCAL)])
    assert (report.failure or "").startswith("terraform does not work here: ")
    assert report.judged == frozenset()


def test_an_endless_expression_ends_at_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    # Of CPU time: how long it takes hangs on what else the machine does.
    monkeypatch.setattr(terraform, "_LIMITS", Limits(cpu_seconds=6, seconds=90, memory=4 * 1024**3))
    bomb = "locals {\n  a = [for i in range(1000) : [for j in range(1000) : [for k in range(1000) : i + j + k]]]\n}\n"
    walk = 'output "x" {\n  value = local.a\n}\n'
    evil, good = terraform.run([files(main=bomb + walk), files(main=LOCAL)])
    assert evil.failure is None or "alone, beside a good file" in evil.failure
    assert found(good) == []


def test_the_survey_of_folders() -> None:
    folders = survey(
        files(
            a__main='module "x" {\n  source = "../m"\n}\nmodule "y" {\n  source = "r/y/aws"\n}\n',
            m__main=needs("~> 5.1"),
            b__main="not { hcl",
        )
    )
    assert folders.roots == ["a", "b"]
    assert folders.has_modules
    assert [(call.file, call.line, call.source) for call in folders.remote] == [("a/main.tf", 5, "r/y/aws")]
    assert [(one.file, one.line, one.constraint) for one in folders.requirements] == [
        ("m/main.tf", 5, "~> 5.1")
    ]
    json = Artifact("main.tf.json", "terraform", '{"module": {"x": {"source": "./m"}}}')
    assert survey([json, *files(m__main="")]).roots == [""]
    assert survey(files(a__main='module "x" {\n  source = "./"\n}\n')).roots == ["a"]
