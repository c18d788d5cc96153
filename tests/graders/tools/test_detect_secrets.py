"""detect-secrets: what is a literal credential, what only speaks of one, and what an answer cannot excuse."""

from __future__ import annotations

import pytest

from graders.artifact import Artifact
from graders.report import Report
from graders.tools import detect_secrets

# Put together here, so that no scanner of repositories takes this file for a leak.
AWS_KEY = "AKIA" + "QWERTYUIOPASDFGH"
HEX = "9f86d081884c7d65" + "9a2feaa0c55ad015a3bf4f1b"
PRIVATE = "-----BEGIN RSA " + "PRIVATE KEY-----"


def scan(text: str, path: str = "a.yaml") -> Report:
    (report,) = detect_secrets.run([[Artifact(path, "text", text)]])
    assert report.failure is None
    assert report.judged == {path}
    return report


@pytest.mark.parametrize("path", ["a.yaml", "main.tf", "a.sh", "README.md", "noextension", "x/../é.yml"])
@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f'aws_access_key_id = "{AWS_KEY}"', "AWSKeyDetector"),
        (f'api_key = "{HEX}"', "HexHighEntropyString"),
        (PRIVATE, "PrivateKeyDetector"),
        ("url: postgres://app:hunter2hunter2@db/app", "BasicAuthDetector"),
    ],
)
def test_a_credential_is_found_on_its_line_and_not_repeated(path: str, line: str, code: str) -> None:
    report = scan(f"# first\n\n{line}\n", path)
    assert (3, code) in {(message.line, message.code) for message in report.messages}
    for message in report.messages:
        assert AWS_KEY not in message.text
        assert HEX not in message.text
        assert "hunter2" not in message.text


@pytest.mark.parametrize("comment", ["# pragma: allowlist secret", "# pragma: whitelist secret", "// nosec"])
def test_no_comment_excuses_a_credential(comment: str) -> None:
    assert scan(f'key = "{AWS_KEY}" {comment}\n').messages != ()
    assert scan(f'{comment.replace("allowlist", "allowlist nextline")}\nkey = "{AWS_KEY}"\n').messages != ()


@pytest.mark.parametrize("path", ["package-lock.json", "swagger.yaml", "poetry.lock", ".secrets.baseline"])
def test_no_file_name_excuses_a_credential(path: str) -> None:
    assert scan(f'key = "{AWS_KEY}"\n', path).messages != ()


@pytest.mark.parametrize("path", ["a.yaml", "main.tf"])
@pytest.mark.parametrize(
    "line",
    [
        "secretName: api-db",
        'secretKey: "db-password"',
        'secretKeyRef: {name: "api", key: "password"}',
        "existingSecret: my-secret",
        'secret_name = "prod/db/password"',
        'DB_PASSWORD_FILE: "/run/secrets/db"',
        "manage_master_user_password = true",
        "password = var.db_password",
        'password = "${var.db_password}"',
        "token: ${{ secrets.GITHUB_TOKEN }}",
        'password: "$DB_PASSWORD"',
        "uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683",
        "image: a@sha256:9b2a1f6d1f0f1e7d4c3b2a19081726354433221100ffeeddccbbaa9988776655",
        "address: 203.0.113.7",
    ],
)
def test_what_only_speaks_of_a_secret(path: str, line: str) -> None:
    assert scan(line + "\n", path).messages == ()


def test_a_literal_password_beside_them_is_found() -> None:
    assert [message.code for message in scan('password = "hunter2hunter2"\n', "main.tf").messages] == [
        "KeywordDetector"
    ]
    assert [message.code for message in scan("password: hunter2hunter2\n").messages] == ["KeywordDetector"]


def test_hostile_files_end_quickly() -> None:
    bomb = "a: &a [1,1,1,1,1,1,1,1,1]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{name}: &{name} [{','.join([f'*{before}'] * 9)}]\n"
    assert scan(bomb).messages == ()
    assert scan("a: &a\n  - *a\n").messages == ()
    assert [message.code for message in scan("[" * 200_000).messages] == ["outside-limits"]
    assert scan("a: [\n\t}").messages == ()


def test_bundles_stay_apart_and_an_empty_one_is_not_scanned() -> None:
    bad = Artifact("a.tf", "terraform", f'key = "{AWS_KEY}"\n')
    first, none, last = detect_secrets.run([[bad], [], [Artifact("a.tf", "terraform", "x = 1\n")]])
    assert len(first.messages) == 1
    assert none.version == ""
    assert last.messages == ()


def test_a_scanner_that_finds_nothing_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def blind(text: str, extension: str) -> set[tuple[int, str, str]]:
        return set()

    detect_secrets._prove.cache_clear()  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(detect_secrets, "_scan", blind)
    (report,) = detect_secrets.run([[Artifact("a", "text", "x")]])
    assert report.failure is not None
    assert report.judged == frozenset()


def test_a_missing_package_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise detect_secrets.PackageNotFoundError(name)

    monkeypatch.setattr(detect_secrets, "version", absent)
    assert "is missing" in (detect_secrets.run([[Artifact("a", "text", "x")]])[0].failure or "")
