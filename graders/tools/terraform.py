"""terraform validate, offline, with the AWS provider that is installed. Codes are its own summaries;
`unserved` marks what asks for a Terraform, a provider or a module that is not there (a stated limit of the
contract)."""

from __future__ import annotations

import json
import posixpath
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from graders import sandbox
from graders.artifact import Artifact
from graders.report import Message, Report
from graders.sandbox import Completed, Limits
from graders.simulate.terraform import worker
from graders.simulate.terraform.sources import read
from graders.tools import version_constraint
from graders.tools.answer_files import BESIDE, KINDS, place, write
from graders.tools.batch import Bundles, Unproven, Verdict, proven, run_in_batches
from graders.tools.locate import Installation, ToolMissing, locate
from graders.tools.terraform_folders import Folders, survey
from graders.yaml_lines import Unparsable

NAME = "terraform"
PROVIDER = "terraform-provider-aws"
UNSERVED = "unserved"

_AT_A_TIME = 2
# A Go program reserves more addresses than it uses; the provider itself takes some 450 MB.
_LIMITS = Limits(seconds=60, memory=4 * 1024**3, cpu_seconds=90)
# Collecting garbage later makes reading the provider's huge schema some 15 % quicker.
_ENVIRONMENT = {
    "TF_CLI_CONFIG_FILE": f"{sandbox.WORK}/terraform.rc",
    "CHECKPOINT_DISABLE": "1",
    "GOGC": "400",
}
_SOURCE = "hashicorp/aws"
_BAD = 'output "canary" {\n  value = var.absent\n}\n'
_BAD_SUMMARY = "Reference to undeclared input variable"
_GOOD = 'resource "aws_sns_topic" "canary" {\n  name = "canary"\n}\n'
_OVERRIDES = "Provider development overrides are in effect"
_NOT_SERVED = frozenset({"Missing required provider", "Unsupported Terraform Core version"})
# Said when the provider could not start, for instance for want of memory: no judgement on the configuration.
_BROKEN = frozenset(
    {
        "Failed to load plugin schemas",
        "Failed to instantiate provider",
        "Failed to obtain provider schema",
        "Plugin did not respond",
        "Plugin error",
        "Request cancelled",
    }
)
# Judged by the schema of the provider that is here, so they say nothing about another version's.
_OF_SCHEMA = re.compile(
    r"Unsupported (argument|block type|attribute)|Missing required argument|Insufficient |Too many |"
    r"Invalid (resource type|data source)|Argument is deprecated|Deprecated|expected |Value "
)


def run(bundles: Sequence[Sequence[Artifact]]) -> list[Report]:
    """Validate each root folder of each bundle; `level` is `error` or `warning`."""
    try:
        provider = locate(PROVIDER)
    except ToolMissing as missing:
        failure = f"{PROVIDER} is missing: {missing}"
        concerned = [any(artifact.kind in KINDS for artifact in bundle) for bundle in bundles]
        return [Report(NAME, "", failure=failure if mine else None) for mine in concerned]

    def judge(found: Installation, batch: Bundles) -> list[Verdict]:
        if not batch:
            _prove_provider(found, provider)
        return [_validated(found, provider, bundle) for bundle in batch]

    return run_in_batches(NAME, KINDS, bundles, judge, beside=BESIDE, apart=_AT_A_TIME)


def _validated(found: Installation, provider: Installation, bundle: Sequence[Artifact]) -> Verdict:
    verdict = Verdict()
    with tempfile.TemporaryDirectory(prefix="terraform-", ignore_cleanup_errors=True) as folder:
        work = Path(folder)
        _write_own_files(work, provider)
        _prove_terraform(found, provider, work)
        files: dict[str, Artifact] = {}
        for artifact in bundle:
            where = place(artifact)
            if where is None:
                continue
            if write(work / "answer", where, artifact.text):
                files[where] = artifact
            elif artifact.kind in KINDS:
                verdict.messages.append(
                    Message(artifact.path, 1, "unwritable", "its path is no possible file")
                )
        configuration = [artifact for artifact in files.values() if artifact.kind in KINDS]
        folders = survey(configuration)
        verdict.messages += _not_served(folders, provider)
        other_version = any(message.code == UNSERVED for message in verdict.messages)
        types = _types(configuration)
        for root in folders.roots:
            if folders.has_modules and not folders.remote:
                # What a failed get leaves out, validate reports as "Module not installed", with its line.
                _terraform(found, provider, work, root, "get", "-no-color")
            said = _faults(found, provider, work, root, types)
            for message in _messages(said, root, files, configuration):
                if other_version and (
                    _OF_SCHEMA.match(message.code) or message.code == "Module not installed"
                ):
                    continue
                verdict.messages.append(message)
    verdict.judged = {artifact.path for artifact in configuration}
    return verdict


def _types(configuration: list[Artifact]) -> frozenset[str]:
    """The types that are used; none where a file does not parse (terraform then asks no provider either)."""
    try:
        return read(configuration).types
    except Unparsable:
        return frozenset()


def _faults(
    found: Installation, provider: Installation, work: Path, root: str, types: frozenset[str]
) -> list[dict[str, Any]]:
    """What validate says of a root folder.

    Each start of the provider costs seconds, so the one that the simulated cloud keeps running is asked first, with the
    schema of these types only. Where it has anything to say, the answer is that of terraform with the whole provider.
    """
    if types:
        with suppress(Unproven), worker.session({*types}) as session:
            quick = _terraform(found, provider, work, root, "validate", "-json", running=session)
            if not _diagnostics(quick):
                return []
    return _diagnostics(_terraform(found, provider, work, root, "validate", "-json"))


def _write_own_files(work: Path, provider: Installation) -> None:
    override = f'dev_overrides {{ "{_SOURCE}" = {json.dumps(str(provider.path))} }}'
    settings = f"disable_checkpoint = true\nprovider_installation {{\n  {override}\n}}\n"
    write(work, "terraform.rc", settings)
    write(work, "bad/main.tf", _BAD)
    write(work, "good/main.tf", _GOOD)
    (work / "answer").mkdir()


def _terraform(
    found: Installation,
    provider: Installation,
    work: Path,
    root: str,
    *command: str,
    running: worker.Session | None = None,
) -> Completed:
    """Run a command in a root folder of the answer (`..` leads to our canaries), with a provider that is `running`."""
    folder = posixpath.normpath(f"{sandbox.WORK}/answer/{root}")
    environment = dict(_ENVIRONMENT)
    if running is not None:
        providers = {source: it for source, it in running.providers.items() if source.endswith(_SOURCE)}
        environment["TF_REATTACH_PROVIDERS"] = json.dumps(providers)
    return sandbox.run(
        [str(found.path), f"-chdir={folder}", *command],
        work=work,
        read_only=[found.path, provider.path, *([running.sockets] if running else [])],
        env=environment,
        limits=_LIMITS,
    )


def _diagnostics(done: Completed) -> list[dict[str, Any]]:
    """What validate said, without what concerns our way of running it; Unproven when it could not judge."""
    said = json.loads(proven(done, (0, 1)).stdout)
    diagnostics: list[dict[str, Any]] = [one for one in said["diagnostics"] if one["summary"] != _OVERRIDES]
    broken = [one["summary"] for one in diagnostics if one["summary"] in _BROKEN]
    if broken:
        raise Unproven(f"terraform could not use its provider: {broken[0]}")
    if said["valid"] != (done.code == 0) or said["valid"] == any(
        d["severity"] == "error" for d in diagnostics
    ):
        raise Unproven("its verdict contradicts its diagnostics")
    return diagnostics


def _prove_terraform(found: Installation, provider: Installation, work: Path) -> None:
    said = _diagnostics(_terraform(found, provider, work, "../bad", "validate", "-json"))
    if [one["summary"] for one in said] != [_BAD_SUMMARY]:
        raise Unproven("it does not find an undeclared variable")


def _prove_provider(found: Installation, provider: Installation) -> None:
    with tempfile.TemporaryDirectory(prefix="terraform-", ignore_cleanup_errors=True) as folder:
        _write_own_files(Path(folder), provider)
        _prove_terraform(found, provider, Path(folder))
        if _diagnostics(_terraform(found, provider, Path(folder), "../good", "validate", "-json")):
            raise Unproven("it does not accept a good configuration")


def _not_served(folders: Folders, provider: Installation) -> Iterator[Message]:
    """Terraform checks no versions of a provider that is given by an override, so this does."""
    for wanted in folders.requirements:
        try:
            served = version_constraint.allows(wanted.constraint, provider.version)
        except ValueError:
            continue  # terraform says so itself
        if wanted.source == _SOURCE and not served:
            text = f"provider {wanted.source} {wanted.constraint}: {provider.version} is there"
            yield Message(wanted.file, wanted.line, UNSERVED, text)
    for call in folders.remote:
        text = f"module {call.source} is not part of the answer, and there is no registry"
        yield Message(call.file, call.line, UNSERVED, text)


def _messages(
    said: list[dict[str, Any]], root: str, files: dict[str, Artifact], configuration: list[Artifact]
) -> Iterator[Message]:
    own = next(artifact for artifact in configuration if posixpath.dirname(artifact.path) == root)
    for diagnostic in said:
        summary = str(diagnostic["summary"])
        text = " ".join(f"{summary}: {diagnostic['detail']}".split())
        place = diagnostic.get("range")
        artifact, line = own, 1
        if place is not None:
            artifact = files.get(posixpath.normpath(posixpath.join(root, place["filename"])), own)
            line = int(place["start"]["line"])
        code = UNSERVED if summary in _NOT_SERVED else summary
        yield Message(artifact.path, line, code, text, str(diagnostic["severity"]))
