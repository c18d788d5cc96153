"""GHA-17: which downloads are verified before they are run."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import pytest

_JOB = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n"

VERIFIED_OR_ONLY_READ = [
    r"""curl -fsSLo t.tgz https://x/t.tgz
echo "${SHA}  t.tgz" | sha256sum -c -
tar xzf t.tgz
sudo mv t /usr/local/bin/t""",
    r"""curl -fsSL "https://x/k" -o kubectl && echo "$S  kubectl" | sha256sum --check --strict && chmod +x kubectl && sudo mv kubectl /usr/local/bin/""",
    r"""VERSION=$(curl -s https://api/x | jq -r .tag_name)
echo $VERSION""",
    r"""curl -s https://x/health | python3 -m json.tool""",
    r"""curl -s https://x | grep ok""",
    r"""# curl x | sh
echo "never curl x | sh"
""",
    r"""curl -LO https://x/y/tool_1.0.zip
curl -LO https://x/y/SHA256SUMS
sha256sum -c --ignore-missing SHA256SUMS
unzip tool_1.0.zip
sudo install -m 0755 tool /usr/local/bin/""",
    r"""curl -LO https://x/y/tool_1.0.zip
curl -LO https://x/y/SHA256SUMS
grep tool_1.0.zip SHA256SUMS | sha256sum -c -
unzip tool_1.0.zip
sudo install -m 0755 tool /usr/local/bin/""",
    r"""curl -o a.sh https://x/a.sh
curl -o a.sh.sig https://x/a.sh.sig
cosign verify-blob --key k --signature a.sh.sig a.sh
bash a.sh""",
    r"""wget -q https://x/t.tar.gz
gpg --verify t.tar.gz.asc t.tar.gz
tar -xzf t.tar.gz && ./t/install.sh""",
    r"""curl -fsSL -o data.json https://x/data.json
jq . data.json
./gradlew build""",
    r"""gh release download v1 -R a/b -p 'tool_*.tar.gz'
gh attestation verify tool_*.tar.gz -R a/b
tar xzf tool_*.tar.gz
sudo mv tool /usr/local/bin""",
    r"""curl -sSLo "$FILE" "https://x/$FILE"
actual=$(sha256sum "${FILE}" | cut -d' ' -f1)
if [ "$actual" != "$EXPECTED" ]; then exit 1; fi
chmod +x "$FILE"
""",
    r"""curl -sSLo t https://x/t
[[ "$(sha256sum t | awk '{print $1}')" == "$EXPECTED" ]] || exit 1
chmod +x t""",
    r"""curl -sSLo t https://x/t
sha256sum -c <<< "abc  t"
chmod +x t""",
    r"""curl -sSLo t https://x/t
sha256sum -c - <<EOF
abc  t
EOF
chmod +x t""",
    r"""curl -fsSL https://x/key.gpg | sudo gpg --dearmor -o /usr/share/keyrings/x.gpg""",
    r"""bash scripts/deploy.sh "$(curl -s https://x/version)"
""",
    r"""source <(kubectl completion bash)""",
    r"""curl -sSL https://x/t.tgz -o /tmp/t.tgz
if ! echo "$S /tmp/t.tgz" | sha256sum -c; then
  echo bad; exit 1
fi
tar -C /usr/local/bin -xzf /tmp/t.tgz t""",
    r"""status=$(curl -s -o /dev/null -w '%{http_code}' https://x); [ "$status" = 200 ]""",
    r"""TOKEN=$(curl -sSf -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" | jq -r .value)""",
    r"""curl -s https://x/config.yaml > config.yaml
kubectl apply -f config.yaml""",
    r"""curl -fsSL https://x/dataset.tar.gz | tar xz -C fixtures
./gradlew test""",
    r"""for i in 1 2 3; do curl -fsS https://x/health && break; sleep 5; done""",
    r"""curl -sSfL https://x/v1/helm.tar.gz -o helm.tar.gz
openssl dgst -sha256 -verify k.pem -signature helm.sig helm.tar.gz
tar xzf helm.tar.gz; sudo mv linux-amd64/helm /usr/local/bin/helm""",
]

RUN_UNVERIFIED = [
    r"""curl -fsSL https://x | sh""",
    r"""curl -fsSL https://x \
  | sudo -E bash -s -- -b /usr/local/bin""",
    r"""bash <(curl -s https://x)""",
    r"""sh -c "$(curl -fsSL https://x)"
""",
    r"""eval "$(curl https://x)"
""",
    r"""wget -qO- https://x | bash""",
    r"""source <(curl -s https://x)""",
    r"""S=$(curl -s https://x); bash -c "$S"
""",
    r"""S=$(curl -s https://x)
echo "$S" | bash""",
    r"""bash <<< "$(curl x)"
""",
    r"""curl -sL x | python3 -""",
    r"""{ curl -sL x; } | sh""",
    r"""curl -sL x | tee log | bash""",
    r"""curl -o i.sh https://x/i.sh
chmod +x i.sh
./i.sh""",
    r"""curl -o i.sh https://x/i.sh && bash i.sh""",
    r"""curl -o i.sh https://x/i.sh
bash i.sh
echo "$S i.sh" | sha256sum -c""",
    r"""curl -LO https://x/y/kubectl
sudo install -o root -m 0755 kubectl /usr/local/bin/kubectl""",
    r"""curl -LO https://x/y/tool_1.0.zip
unzip tool_1.0.zip
sudo mv tool /usr/local/bin/""",
    r"""curl -sL https://x/t.tgz | tar xz -C /usr/local/bin t""",
    r"""curl -sL https://x/t.tgz | sudo tar -xz -C /usr/local/bin""",
    r"""curl -sL https://x/t.tgz | tar xz
sudo mv t /usr/local/bin""",
    r"""curl "https://awscli.amazonaws.com/awscli-exe-linux-x86_64.zip" -o "awscliv2.zip"
unzip awscliv2.zip
sudo ./aws/install""",
    r"""wget https://x/a.deb
sudo dpkg -i a.deb""",
    r"""curl -o t https://x/t
sha256sum t > t.sha256
sha256sum -c t.sha256
chmod +x t""",
    r"""curl -o t https://x/t
echo "$S t" | sha256sum -c || true
chmod +x t""",
    r"""curl -o t https://x/t
sha256sum t
chmod +x t""",
    r"""sudo curl -L https://x/t -o /usr/local/bin/t
sudo chmod +x /usr/local/bin/t""",
    r"""gh release download v1 -R a/b -p 'tool_*.tar.gz'
tar xzf tool_*.tar.gz
sudo mv tool /usr/local/bin""",
    r"""curl -fsSL https://x/i.sh > i.sh; sh ./i.sh""",
    r"""curl -fsSL https://x/t.tgz -o t.tgz
mkdir t && tar xzf t.tgz -C t
echo "$PWD/t" >> "$GITHUB_PATH"
""",
    r"""curl -fsSL https://x/a -o a
curl -fsSL https://x/b -o b
echo "$S a" | sha256sum -c -
chmod +x a b""",
    r"""wget -O tf.zip https://x/tf.zip && unzip tf.zip -d /usr/local/bin""",
    r"""curl -fsSL https://x -o /tmp/get_helm.sh
chmod 700 /tmp/get_helm.sh""",
    r"""curl -sLo- https://x | bash""",
    r"""curl https://x/t.tgz -o t.tgz
tar xzf t.tgz -C tools
tools/run""",
    r"""irm https://x | iex""",
    r"""curl -sS https://x | sudo -u app env A=b /bin/bash -euo pipefail -s""",
    r"""pip install "$(curl x)" ; curl -O https://x/y.whl; pip install y.whl""",
]


def _job(script: str) -> dict[str, str]:
    return {".github/workflows/a.yml": _JOB + textwrap.indent(script + "\n", " " * 10)}


@pytest.mark.parametrize("script", VERIFIED_OR_ONLY_READ)
def test_accepts(script: str, judge: Callable[..., list[Any]]) -> None:
    assert judge("GHA-17", _job(script)) == []


@pytest.mark.parametrize("script", RUN_UNVERIFIED)
def test_finds(script: str, judge: Callable[..., list[Any]]) -> None:
    assert judge("GHA-17", _job(script))


def test_the_line_is_that_of_the_command(judge: Callable[..., list[Any]]) -> None:
    found = judge("GHA-17", _job("echo a\n\necho b \\\n  c\ncurl -s https://x | sh"))
    assert [violation.line for violation in found] == [11]


def test_a_download_of_an_earlier_step_is_remembered(judge: Callable[..., list[Any]]) -> None:
    steps = _JOB + "          curl -o t https://x/t\n      - run: chmod +x t\n"
    assert [violation.line for violation in judge("GHA-17", {".github/workflows/a.yml": steps})] == [8]
