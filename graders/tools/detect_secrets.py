"""detect-secrets: literal credentials in any file. Codes are its detectors' names (`AWSKeyDetector`)."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath
from typing import Any

from graders import limits
from graders.artifact import Artifact
from graders.report import Message, Report
from graders.tools.batch import OUTSIDE_LIMITS

NAME = "detect_secrets"
# Every kind there is: a credential may stand anywhere.
KINDS = frozenset(
    {
        *("github_actions", "github_composite_action", "jenkinsfile", "dockerfile", "bash", "python", "go"),
        *("terraform", "tfvars", "kubernetes", "kustomization", "rego", "markdown", "json", "yaml", "text"),
        *("prometheus_rules", "prometheus_config", "alertmanager"),
    }
)

_KEYWORD = "KeywordDetector"
# Not asked: a public address is no credential.
_UNWANTED_DETECTORS = frozenset({"IPPublicDetector"})
# Not asked: a comment by which an answer would excuse its own secret, and file names that excuse everything
# in them.
_UNWANTED_FILTERS = frozenset(
    {
        "detect_secrets.filters.allowlist.is_line_allowlisted",
        "detect_secrets.filters.heuristic.is_lock_file",
        "detect_secrets.filters.heuristic.is_swagger_file",
    }
)
# Keys that say where a secret lies, not what it is (`secretName:`, `DB_PASSWORD_FILE:`). Not `secret_key`,
# which in
# a provider block is the credential itself.
_NAMES_A_PLACE = re.compile(
    r"([Ss]ecret|[Pp]assword|[Pp]asswd|[Tt]oken|[Kk]ey)s?"
    r"(Name|Ref|KeyRef|Key|Id|Arn|File|Path|Url|Store\w*|Provider|Version|Manager|"
    r"_(name|ref|id|arn|file|path|url|store\w*|provider|version|manager))[\"']?\s*[:=]|"
    r"(SECRET|PASSWORD|TOKEN|KEY)S?_(NAME|REF|ID|ARN|FILE|PATH|URL)[\"']?\s*[:=]|"
    r"existing_?[Ss]ecret[\"']?\s*[:=]"
)
# A reference to a value that is kept elsewhere, or a plain switch.
_IS_REFERENCE = re.compile(
    r"[:=]\s*[\"']?(\$\{\{|\$\(|\$\{?[A-Za-z_]|\{\{|(var|local|data|module|each|aws_\w+)\.)|"
    r"[:=]\s*(true|false|null|~)\s*(#.*)?$"
)
# Its YAML reader follows aliases without a limit.
_ALIAS = re.compile(r"(?<=[\s\[,:-])[&*](?=\w)")
# It passes over whole files by their extension (.lock, .svg), and reads these in a way of their own.
_EXTENSIONS = frozenset({".yaml", ".yml", ".tf", ".json", ".sh", ".py", ".md", ".ini", ".toml", ".env"})
_CANARY = "aws_access_key_id = AKIA" + "QWERTYUIOPASDFGH\n"


def run(bundles: Sequence[Sequence[Artifact]]) -> list[Report]:
    """Scan every file. Nothing is verified over the network, and no message holds the secret."""
    reports: list[Report] = []
    for bundle in bundles:
        artifacts = [artifact for artifact in bundle if artifact.kind in KINDS]
        if not artifacts:
            reports.append(Report(NAME, ""))
            continue
        try:
            installed = version("detect-secrets")
            _prove()
            messages = [message for artifact in artifacts for message in _found(artifact)]
            judged = frozenset(artifact.path for artifact in artifacts)
            reports.append(Report(NAME, installed, tuple(messages), judged))
        except PackageNotFoundError:
            reports.append(
                Report(NAME, "", failure="the package detect-secrets is missing; run `make setup`")
            )
        except Exception as error:  # noqa: BLE001 (trouble of the scanner, of whatever type)
            reports.append(Report(NAME, "", failure=f"{type(error).__name__} while scanning"))
    return reports


def _found(artifact: Artifact) -> Iterator[Message]:
    try:
        limits.check(artifact.text)
    except limits.OutsideLimits as broken:
        yield Message(artifact.path, broken.line, OUTSIDE_LIMITS, broken.message)
        return
    extension = PurePosixPath(artifact.path).suffix.lower()
    extension = extension if extension in _EXTENSIONS else ".txt"
    lines = artifact.text.split("\n")
    for line, detector, kind in sorted(_scan(_ALIAS.sub(" ", artifact.text), extension)):
        here = lines[line - 1] if 0 < line <= len(lines) else ""
        if detector == _KEYWORD and (_NAMES_A_PLACE.search(here) or _IS_REFERENCE.search(here)):
            continue
        yield Message(artifact.path, line, detector, f"a literal of the kind {kind!r}")


def _scan(text: str, extension: str) -> set[tuple[int, str, str]]:
    """Line, detector and its name for what it found."""
    from detect_secrets.core.secrets_collection import SecretsCollection
    from detect_secrets.settings import transient_settings

    settings, detectors = _settings()
    with tempfile.TemporaryDirectory(prefix="secrets-") as folder, transient_settings(settings):
        file = Path(folder) / f"file{extension}"
        file.write_text(text, encoding="utf-8", newline="\n")
        secrets: Any = SecretsCollection()
        secrets.scan_file(str(file))
        return {(int(one.line_number), detectors[str(one.type)], str(one.type)) for _, one in secrets}


@cache
def _settings() -> tuple[dict[str, Any], dict[str, str]]:
    """The library's own settings without what is not wanted, and detectors' class names by the names they
    print."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.settings import default_settings

    with default_settings() as default:
        read: dict[str, Any] = default.json()
        classes: dict[str, Any] = {**get_mapping_from_secret_type_to_class()}
    settings = {
        "plugins_used": [one for one in read["plugins_used"] if one["name"] not in _UNWANTED_DETECTORS],
        "filters_used": [one for one in read["filters_used"] if one["path"] not in _UNWANTED_FILTERS],
    }
    return settings, {str(kind): str(found.__name__) for kind, found in classes.items()}


@cache
def _prove() -> None:
    """Raise unless the scanner tells a credential from a harmless line."""
    found = [
        {detector for _, detector, _ in _scan(text, ".txt")} for text in (_CANARY, "region = eu-west-1\n")
    ]
    if found != [{"AWSKeyDetector"}, set()]:
        raise RuntimeError("the scanner does not find a key")
