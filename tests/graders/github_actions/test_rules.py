"""Traps of single rules that the pipeline's changes don't show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graders.report import Message

Judge = Callable[..., list[Any]]
_SHA = "a" * 40


def _workflow(jobs: str, top: str = "") -> dict[str, str]:
    return {".github/workflows/w.yml": f"on: push\n{top}\njobs:\n{jobs}"}


def _steps(steps: str, job: str = "", top: str = "") -> dict[str, str]:
    return _workflow(f"  a:\n    runs-on: ubuntu-24.04\n{job}    steps:\n{steps}", top)


@pytest.mark.parametrize(
    ("message", "counts"),
    [
        (Message("", 1, "syntax-check", 'unexpected key "x"'), True),
        (Message("", 1, "expression", 'property "b" is not defined'), True),
        (Message("", 1, "expression", '"github.head_ref" is potentially untrusted'), False),
        (Message("", 1, "action", 'runtime "node20" is deprecated in GitHub Actions'), False),
        (Message("", 1, "action", 'input "x" is not defined in action "a/b@v1"'), True),
        (Message("", 1, "deprecated-commands", "was deprecated"), False),
        (Message("", 1, "cache-write-untrusted", "anything"), False),
        (Message("", 1, "if-cond", 'constant expression "false" in condition'), False),
        (Message("", 4, "runner-label", 'label "gpu" is unknown. available labels are "x"'), True),
    ],
)
def test_gha_01_counts_what_cannot_work(message: Message, counts: bool, judge: Judge) -> None:
    files = _steps("      - run: ls\n")
    placed = Message(".github/workflows/w.yml", message.line, message.code, message.text)
    assert bool(judge("GHA-01", files, messages=(placed,))) is counts


def test_gha_01_knows_labels_of_self_hosted_runners(judge: Judge) -> None:
    files = _workflow("  a:\n    runs-on: [self-hosted, gpu]\n    steps: [{run: ls}]\n")
    message = Message(".github/workflows/w.yml", 5, "runner-label", 'label "gpu" is unknown. available')
    assert judge("GHA-01", files, messages=(message,)) == []


@pytest.mark.parametrize(
    ("uses", "right"),
    [
        (f"a/b@{_SHA}", True),
        (f"a/b/c/d@{_SHA}", True),
        ("./local", True),
        ("Acme/tool@v1", True),
        (f"docker://alpine@sha256:{'0' * 64}", True),
        ("docker://alpine:3.20", False),
        ("a/b@v4", False),
        ("a/b", False),
        (f"a/b@{_SHA[:39]}", False),
    ],
)
def test_gha_04(uses: str, right: bool, judge: Judge) -> None:
    found = judge("GHA-04", _steps(f"      - uses: {uses}\n"), {"trusted_owners": ["acme"]})
    assert (found == []) is right


@pytest.mark.parametrize(
    ("env", "steps", "right"),
    [
        ("T: ${{ secrets.T }}", '      - run: a "$T"\n      - run: b "${T}"\n', True),
        ("T: ${{ secrets.T }}", '      - run: a "$T"\n      - uses: x/y@v1\n', False),
        ("T: ${{ secrets.T }}", "      - run: a '$T'\n      - run: echo T # $T\n", False),
        (
            "T: ${{ secrets.T }}",
            '      - run: a "$T"\n      - uses: x/y@v1\n        with: {t: "${{ env.T }}"}\n',
            True,
        ),
        ("HAS: ${{ secrets.T != '' }}", "      - run: a\n", True),
        ("GH_TOKEN: ${{ secrets.T }}", "      - run: gh pr list\n      - run: gh pr view\n", True),
    ],
)
def test_gha_09_in_the_env_of_a_job(env: str, steps: str, right: bool, judge: Judge) -> None:
    assert (judge("GHA-09", _steps(steps, f"    env:\n      {env}\n")) == []) is right


@pytest.mark.parametrize(
    ("step", "right"),
    [
        ("- uses: aws-actions/configure-aws-credentials@v4\n        with: {role-to-assume: r}", True),
        ("- run: aws sts assume-role-with-web-identity --role-arn r", True),
        ("- run: echo aws sts assume-role-with-web-identity", False),
        ("- uses: google-github-actions/auth@v2\n        with: {workload_identity_provider: p}", False),
        ("- uses: aws-actions/configure-aws-credentials@v4", False),
    ],
)
def test_gha_10(step: str, right: bool, judge: Judge) -> None:
    files = _steps(f"      {step}\n", top="permissions: {id-token: write}")
    assert (judge("GHA-10", files) == []) is right


def test_gha_10_accepts_the_keys_of_a_session(judge: Judge) -> None:
    login = "      - uses: aws-actions/configure-aws-credentials@v4\n        with: {role-to-assume: r}\n        id: c\n"
    use = "      - run: x\n        env: {AWS_ACCESS_KEY_ID: '${{ steps.c.outputs.aws-access-key-id }}'}\n"
    assert judge("GHA-10", _steps(login + use, top="permissions: {id-token: write}")) == []


@pytest.mark.parametrize(
    ("run", "right"),
    [
        ("echo '::set-output name=a::b'", False),
        ('echo "::add-path::/x"', False),
        ("grep -rn '::set-output' .github && exit 1", True),
        ("echo '::error::x'", True),
        ("# ::set-output name=a::b", True),
        ("printf '::save-state name=a::b'", False),
        ("cat <<E\n          ::set-env name=A::b\n          E", False),
        ("echo ACTIONS_ALLOW_UNSECURE_COMMANDS=true >> $GITHUB_ENV", False),
    ],
)
def test_gha_19(run: str, right: bool, judge: Judge) -> None:
    assert (judge("GHA-19", _steps(f"      - run: |\n          {run}\n")) == []) is right


@pytest.mark.parametrize(
    ("run", "right"),
    [
        ('echo "$C" | jq -r .password', False),
        ('jq -r .a <<< "$C"', False),
        ('echo "$C" > c.json\n          jq .a c.json', False),
        ('X="$C"; echo "$X" | base64 -d | jq .a', False),
        ("echo '${{ secrets.C }}' | yq .a", False),
        ("jq -r .a package.json", True),
        ('jq -n --arg p "$C" "{p: \\$p}"', True),
        ('curl -H "Authorization: $C" https://x -o out.json', True),
        ("aws secretsmanager get-secret-value --secret-id x | jq -r .SecretString", True),
    ],
)
def test_gha_21(run: str, right: bool, judge: Judge) -> None:
    files = _steps(f"      - env: {{C: '${{{{ secrets.C }}}}'}}\n        run: |\n          {run}\n")
    assert (judge("GHA-21", files) == []) is right


def test_gha_21_sees_the_whole_secrets_context(judge: Judge) -> None:
    assert judge("GHA-21", _steps("      - run: x\n        env: {A: '${{ toJSON(secrets) }}'}\n"))


@pytest.mark.parametrize(("text", "right"), [("non-production", True), ("production-eu", False)])
def test_gha_11_marks_are_words(text: str, right: bool, judge: Judge) -> None:
    deploy = f"      - run: ./deploy.sh {text}\n"
    good = "  b:\n    environment: production\n    steps: [{run: ./deploy.sh production}]\n"
    files = _workflow(f"  a:\n    steps:\n{deploy}{good}")
    params = {"environment": "production", "deploy_commands": ["./deploy.sh"]}
    assert (judge("GHA-11", files, params) == []) is right


@pytest.mark.parametrize(
    ("step", "deploys"),
    [
        ("run: kubectl --context production -n shop apply -f x", True),
        ("run: kubectl apply --dry-run=server -f production.yaml", False),
        ('run: echo "kubectl apply to production" >> $GITHUB_STEP_SUMMARY', False),
        ("run: kubectl get -f production.yaml # kubectl apply", False),
        ("{uses: a/retry@v3, with: {command: kubectl apply -f production}}", True),
    ],
)
def test_gha_11_sees_deploy_commands(step: str, deploys: bool, judge: Judge) -> None:
    params = {"environment": "production", "deploy_commands": ["kubectl apply"]}
    found = judge("GHA-11", _steps(f"      - {step}\n"), params)
    assert ("names no environment" in found[0].message) is deploys
