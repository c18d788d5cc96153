"""A right pipeline keeps every rule, and each small change breaks just the rules that it should break."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graders import github_actions

_HERE = Path(__file__).parent / "pipeline"
_PARAMS = {
    "cap_minutes": 30,
    "environment": "production",
    "deploy_commands": ["kubectl apply", "deploy.sh", "helm upgrade"],
    "image": "ghcr.io/acme/orders",
}

# (rules that must fail, file, text, what it is replaced with)
CHANGES: list[tuple[list[str], str, str, str]] = [
    (["GHA-11"], "deploy.yml", "    environment: ${{ inputs.environment }}\n", ""),
    (
        ["GHA-11"],
        "deploy.yml",
        "environment: ${{ inputs.environment }}\n",
        "environment: ${{ inputs.environment == 'production' && 'prod' || 'staging' }}\n",
    ),
    (
        [],
        "deploy.yml",
        "environment: ${{ inputs.environment }}\n",
        "environment: {name: \"${{ inputs.environment == 'production' && 'production' || 'staging' }}\"}\n",
    ),
    (["GHA-11"], "rollback.yml", "      name: ${{ inputs.environment }}", "      name: staging"),
    (
        ["GHA-10"],
        "ci.yml",
        "    permissions: {contents: read, id-token: write}\n    uses: ./.github/workflows/deploy.yml\n    with:\n",
        "    permissions: {contents: read}\n    uses: ./.github/workflows/deploy.yml\n    with:\n",
    ),
    (["GHA-02"], "ci.yml", "permissions: {}", "permissions: write-all"),
    (["GHA-02"], "rollback.yml", "permissions: {contents: read, id-token: write}\n", ""),
    (
        ["GHA-16"],
        "ci.yml",
        "image: ${{ needs.build.outputs.image }}",
        "image: ghcr.io/acme/orders:${{ github.sha }}",
    ),
    (["GHA-16"], "ci.yml", "image: ${{ needs.build.outputs.image }}", "image: ghcr.io/acme/orders:latest"),
    (["GHA-16"], "ci.yml", 'echo "image=${IMAGE}@${DIGEST}"', 'echo "image=${IMAGE}:main"'),
    (
        ["GHA-16"],
        "deploy.yml",
        "          kubectl set image",
        "          docker build -t ghcr.io/acme/orders:x . && docker push ghcr.io/acme/orders:x\n          kubectl set image",
    ),
    (["GHA-16"], "rollback.yml", "@${{ inputs.digest }}", ":${{ github.ref_name }}"),
    (["GHA-09"], "deploy.yml", "          SLACK: ${{ secrets.SLACK }}\n", ""),
    (["GHA-09"], "ci.yml", "env:\n  IMAGE", "env:\n  T: ${{ secrets['T'] }}\n  IMAGE"),
    (["GHA-14"], "deploy.yml", "timeout-minutes: 15", "timeout-minutes: 45"),
    (["GHA-14"], "deploy.yml", "timeout-minutes: 15", "timeout-minutes: ${{ vars.T }}"),
    ([], "deploy.yml", "timeout-minutes: 15", "timeout-minutes: ${{ fromJSON(vars.T || '15') }}"),
    (["GHA-15"], "ci.yml", "        with: {persist-credentials: false}\n", ""),
    (["GHA-15"], "ci.yml", "{persist-credentials: false}", "{persist-credentials: true}"),
    (
        ["GHA-15"],
        "ci.yml",
        "        with: {persist-credentials: false}\n",
        "      - run: echo git push # git push\n",
    ),
    ([], "ci.yml", "        with: {persist-credentials: false}\n", "      - run: git -C . push origin v1\n"),
    (
        ["GHA-05"],
        "ci.yml",
        "# v6",
        "# v6\n      - uses: docker/build-push-action@11bd71901bbe5b1630ceea73d27597364c9af683 # v5",
    ),
    (
        ["GHA-04"],
        "ci.yml",
        "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683",
        "actions/checkout@v4",
    ),
    (
        ["GHA-04"],
        "ci.yml",
        "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683",
        "actions/checkout@11bd719",
    ),
    (
        ["GHA-19"],
        "ci.yml",
        'run: echo "image=${IMAGE}@${DIGEST}" >> "$GITHUB_OUTPUT"',
        "run: \"echo '::set-output name=image::${{ env.IMAGE }}@${{ steps.build.outputs.digest }}'\"",
    ),
    (["GHA-21"], "deploy.yml", "SLACK: ${{ secrets.SLACK }}", "SLACK: ${{ fromJSON(secrets.SLACK).url }}"),
    (["GHA-21"], "deploy.yml", "kubectl set image", 'echo "$SLACK" | jq -r .url; kubectl set image'),
    (
        [],
        "deploy.yml",
        "kubectl set image",
        "jq -n --arg u \"$SLACK\" '{url:$u}' > x.json; kubectl set image",
    ),
    (
        ["GHA-10"],
        "deploy.yml",
        "SLACK: ${{ secrets.SLACK }}",
        "AWS_ACCESS_KEY_ID: ${{ secrets.AWS_ACCESS_KEY_ID }}\n          SLACK: ${{ secrets.SLACK }}",
    ),
    (
        ["GHA-10"],
        "deploy.yml",
        "role-to-assume: ${{ vars.ROLE }}",
        "aws-access-key-id: ${{ secrets.A }}\n          aws-secret-access-key: ${{ secrets.B }}",
    ),
    (["GHA-17"], "deploy.yml", "kubectl set image", "curl -s https://x | sh; kubectl set image"),
    (
        ["GHA-11", "GHA-16"],
        "ci.yml",
        "  production:\n",
        '  prod2:\n    runs-on: x\n    permissions: {}\n    timeout-minutes: 5\n    strategy: {matrix: {env: [staging, production]}}\n    environment: staging\n    steps: [{run: "helm upgrade orders --kube-context ${{ matrix.env }}"}]\n  production:\n',
    ),
    (
        ["GHA-16"],
        "ci.yml",
        "  production:\n",
        '  prod2:\n    runs-on: x\n    permissions: {}\n    timeout-minutes: 5\n    strategy: {matrix: {include: [{env: staging, e: stg}, {env: production, e: production}]}}\n    environment: "${{ matrix.e }}"\n    steps: [{run: "helm upgrade orders --kube-context ${{ matrix.env }}"}]\n  production:\n',
    ),
    (
        ["GHA-16"],
        "ci.yml",
        "  staging:\n",
        '  build2:\n    runs-on: x\n    permissions: {}\n    timeout-minutes: 5\n    steps: [{run: "docker buildx build --push -t $IMAGE:x ."}]\n  staging:\n',
    ),
    (
        ["GHA-16"],
        "ci.yml",
        "  staging:\n",
        '  build2:\n    runs-on: x\n    permissions: {}\n    timeout-minutes: 5\n    steps: [{run: "docker build -t $IMAGE:x ."}]\n  staging:\n',
    ),
    (
        [],
        "ci.yml",
        "  staging:\n",
        "  build2:\n    if: github.event_name == 'pull_request'\n    runs-on: x\n    permissions: {}\n    timeout-minutes: 5\n    steps: [{run: \"docker build -t $IMAGE:x .\"}]\n  staging:\n",
    ),
    (
        [],
        "ci.yml",
        "  staging:\n",
        '  build2:\n    runs-on: x\n    permissions: {}\n    timeout-minutes: 5\n    steps: [{run: "docker buildx build --push -t ghcr.io/acme/billing:x ."}]\n  staging:\n',
    ),
]


def _files() -> dict[str, str]:
    return {f".github/workflows/{path.name}": path.read_text() for path in sorted(_HERE.glob("*.yml"))}


# What runs is asked of simulated rules, which have examples of their own (tests/graders/simulate/workflows). Nor is GHA-03
# asked: this pipeline pushes without a login, so its `packages: write` is used by no step.
_RULES = [rule.id for rule in github_actions.RULES if "node" not in rule.tools and rule.id != "GHA-03"]


def _failing(files: dict[str, str], judge: Callable[..., list[Any]]) -> list[str]:
    return [rule for rule in _RULES if judge(rule, files, _PARAMS)]


def test_the_right_pipeline_keeps_every_rule(judge: Callable[..., list[Any]]) -> None:
    assert _failing(_files(), judge) == []


@pytest.mark.parametrize(("ids", "file", "old", "new"), CHANGES)
def test_a_change_breaks_its_rules_only(
    ids: list[str], file: str, old: str, new: str, judge: Callable[..., list[Any]]
) -> None:
    files = _files()
    path = f".github/workflows/{file}"
    assert old in files[path]
    files[path] = files[path].replace(old, new)
    assert _failing(files, judge) == ids


def test_nothing_delivered_keeps_no_rule(judge: Callable[..., list[Any]]) -> None:
    assert _failing({}, judge) == _RULES
