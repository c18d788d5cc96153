"""Literal credentials by the place where they stand: files as they come, read by the real scanner."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from graders import markdown, terraform
from graders.artifact import Artifact
from graders.bundle import Bundle
from graders.facts import Facts
from graders.secrets import invents_no_credential
from graders.secrets.private_keys import private_keys
from graders.tools import detect_secrets

KINDS = {
    "main.tf": "terraform",
    "a.yaml": "kubernetes",
    "a.sh": "bash",
    "w.yml": "github_actions",
    "a.py": "python",
    "docs/a.md": "markdown",
    "Dockerfile": "dockerfile",
}
# Put together here, so that no scanner of repositories takes this file for a leak.
KEY = "PRIVATE" + " KEY"
BODY = "MHcCAQEEIJASRRuG1fmk8vsgsEod4qk+owbLE2Las9l6N3BeCdbsoAoGCCqGSM49"

RIGHT: dict[str, list[str]] = {
    "main.tf": [
        'variable "db_password" {\n  type = string\n  default = ""\n}',
        'variable "db_password" {\n  type = string\n  default = null\n  sensitive = true\n}',
        'variable "db_password_secret_name" {\n  default = "prod/orders/db"\n}',
        'variable "token_ttl" {\n default = "3600s"\n}',
        'resource "aws_ssm_parameter" "a" {\n  name="/a"\n  type="SecureString"\n  value="placeholder"\n  lifecycle {\n    ignore_changes=[value]\n  }\n}',
        'resource "aws_ssm_parameter" "a" {\n  name="/a"\n  type="SecureString"\n  value="set by the operator"\n  lifecycle {\n    ignore_changes=[value]\n  }\n}',
        'resource "aws_ssm_parameter" "a" {\n  name="/a"\n  type="String"\n  value="eu-central-1"\n}',
        'resource "aws_secretsmanager_secret_version" "a" {\n  secret_id="x"\n  secret_string=jsonencode({username="orders", password=random_password.db.result})\n}',
        'resource "aws_secretsmanager_secret_version" "a" {\n  secret_id="x"\n  secret_string=jsonencode({username="orders", host="db.example.com", engine="postgres"})\n}',
        'resource "aws_db_instance" "a" {\n  password = var.db_password\n}\nvariable "db_password" {\n  type=string\n}',
        'resource "aws_db_instance" "a" {\n  password = coalesce(var.db_password, random_password.db.result)\n}\nvariable "db_password" {\n  type=string\n}',
        'data "aws_secretsmanager_secret_version" "a" {\n  secret_id = "prod/orders/db"\n}\nlocals {\n  password = jsondecode(data.aws_secretsmanager_secret_version.a.secret_string)["password"]\n}',
        'resource "aws_cognito_user_pool_client" "a" {\n  generate_secret = true\n  access_token_validity = 60\n}',
        'resource "aws_elasticache_replication_group" "a" {\n  auth_token_update_strategy = "ROTATE"\n  auth_token = var.t\n}',
        'resource "kubernetes_secret" "a" {\n  data = {\n    password = var.p\n  }\n}',
        'variable "api_key_header" {\n default = "X-Api-Key-Header-Name"\n}',
        'variable "secret_recovery_window" {\n default = "seven-days"\n}',
        'variable "github_token_audience" {\n default = "sts.amazonaws.com"\n}',
        'variable "secrets_prefix" {\n default = "prod/orders"\n}',
        'variable "secrets" {\n type = map(string)\n default = { db = "prod/orders/db", api = "prod/orders/api" }\n}',
        'variable "secret_names" {\n default = ["db-password"]\n}',
        'variable "kubernetes_secret" {\n default = "orders-db"\n}',
        'variable "token_issuer" {\n default = "https://token.actions.githubusercontent.com"\n}',
    ],
    "a.yaml": [
        "caBundle: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJmekNDQVNXZ0F3SUJBZ0lVZWZJUXFRZ3Rqc1NyNmthTjFuMVFkaTcvNDhFd0NnWUlLb1pJemowRUF3SXcKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=",
        "data:\n  password: UkVQTEFDRV9NRQ==",
        "password: ${DB_PASSWORD:-}",
        "password: ${DB_PASSWORD:?set it}",
        "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-<set me>}",
        "- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db\n      key: password",
        "password: '{{ .Values.password | default \"\" }}'",
        "auth:\n  existingSecret: a\n  secretKeys:\n    adminPasswordKey: postgres-password",
        "- name: TOKEN_PATH\n  value: /var/run/secrets/token",
        "- name: AWS_WEB_IDENTITY_TOKEN_FILE\n  value: /var/run/secrets/eks/token",
        "- name: SECRET_NAME\n  value: orders-db",
        "image: r/a@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "rule: 'Authorization: Bearer <token>'",
        "nginx.ingress.kubernetes.io/auth-secret: basic-auth",
        "- name: cookie_secret\n  value: $(COOKIE_SECRET)",
    ],
    "a.sh": [
        'TOKEN="${TOKEN:-$(cat /run/secrets/token)}"',
        'DB_PASSWORD="${DB_PASSWORD:-${PGPASSWORD}}"',
        'TOKEN="${TOKEN:-$OTHER_TOKEN}"',
        'if grep -rn "BEGIN PRIVATE KEY" .; then exit 1; fi',
        'curl -u "$USER:$PASSWORD" https://x',
        'curl -H "Authorization: Bearer $TOKEN" https://x',
        'curl -H "Authorization: Bearer ${{ github.token }}" https://x',
        'echo "$TOKEN" | docker login --username ci --password-stdin r.example.com',
        'printf "%s" "$TOKEN" | docker login -u ci --password-stdin',
        'mysql --password "$P"',
        'vault login --token "$VAULT_TOKEN"',
        "aws secretsmanager get-secret-value --secret-id prod/db --query SecretString",
        'kubectl create secret generic db --from-literal=password="$PW"',
        "gh secret set DEPLOY_TOKEN --env production",
        "aws iam create-access-key --user-name x",
    ],
    "w.yml": [
        "password: ${{ secrets.A || secrets.B }}",
        "env:\n  TOKEN: ${{ secrets.T || github.token }}",
        "token: ${{ steps.app-token.outputs.token }}",
        "with:\n  secrets: |\n    token=${{ secrets.T }}",
        "run: |\n  echo '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  x.tgz' | sha256sum -c",
    ],
    "a.py": [
        'password = os.environ["DB_PASSWORD"]',
        'token = os.environ.get("TOKEN", "")',
        'token = os.getenv("TOKEN")',
        'password = os.environ.get("DB_PASSWORD") or None',
    ],
    "docs/a.md": [
        '# A\n\nThe password: changeme is bad.\n\n```bash\nexport DB_PASSWORD="$(op read op://prod/db/password)"\n```',
    ],
}

WRONG: dict[str, list[str]] = {
    "main.tf": [
        'variable "db_password" {\n  default = "hunter2"\n}',
        'variable "secrets" {\n default = { db_password = "hunter22" }\n}',
        'variable "db" {\n  default = { user = "a", password = "hunter22" }\n}',
        'locals {\n  pw = "hunter22"\n}\nresource "aws_db_instance" "a" {\n  password = local.pw\n}',
        'variable "x" {\n  default = "hunter22"\n}\nresource "aws_rds_cluster" "a" {\n  master_password = var.x\n}',
        'resource "aws_secretsmanager_secret_version" "a" {\n  secret_id="x"\n  secret_string="Qv9TzLw7Rb4cXk2mGx7v"\n}',
        'resource "aws_secretsmanager_secret_version" "a" {\n  secret_id="x"\n  secret_string=jsonencode({username="orders", password="hunter22"})\n}',
        'resource "aws_secretsmanager_secret_version" "a" {\n  secret_id="x"\n  secret_string="{\\"password\\": \\"hunter22\\"}"\n}',
        'resource "aws_secretsmanager_secret_version" "a" {\n  secret_id="x"\n  secret_string=<<-EOT\n    {"password": "hunter22"}\n  EOT\n}',
        'resource "aws_ssm_parameter" "a" {\n  name="/a"\n  type="SecureString"\n  value="changeme"\n  lifecycle {\n    ignore_changes=[value]\n  }\n}',
        'resource "aws_ssm_parameter" "a" {\n  name="/a"\n  type="SecureString"\n  value=base64encode("hunter22")\n}',
        'resource "aws_ssm_parameter" "a" {\n  for_each={x="hunter22"}\n  name=each.key\n  type="SecureString"\n  value=each.value\n}',
        'resource "aws_db_instance" "a" {\n  password = var.p != "" ? var.p : "hunter22"\n}\nvariable "p" {\n}',
        'resource "aws_db_instance" "a" {\n  password = coalesce(var.p, "hunter22")\n}\nvariable "p" {\n}',
        'resource "aws_db_instance" "a" {\n  password = join("", ["hunt", "er22"])\n}',
        'resource "kubernetes_secret" "a" {\n  data = {\n    password = "hunter22"\n  }\n}',
        'resource "helm_release" "a" {\n  set {\n    name  = "auth.password"\n    value = "hunter22"\n  }\n}',
        'resource "aws_db_instance" "a" {\n  password = "password"\n}',
    ],
    "a.yaml": [
        "password: ${DB_PASSWORD:-changeme}",
        "password: ${DB_PASSWORD:-hunter22}",
        'password: "${DB_PASSWORD:-hunter22}"',
        "password: '{{ .Values.password | default \"changeme\" }}'",
        "- name: DB_PASSWORD\n  # set\n  value: hunter22",
        "- value: hunter22\n  name: DB_PASSWORD",
        "data:\n  password: aHVudGVyMjI=",
        '{"auths": {"r.example.com": {"auth": "Y2k6aHVudGVyMjI="}}}',
        "password: 'Pa$sword1'",
        "password: >-\n  hunter22",
        "password:\n  hunter22",
        "password: p@ss[1]word9X",
        "passwd: &pw hunter22",
        "password: !!str hunter22",
        "DATABASE_URL: postgres://app:hunter22@db/app",
        "url: redis://:hunter22@redis:6379",
        "dsn: host=db user=app password=hunter22 dbname=x",
        "client_secret: q8Zt2Lx9Vb4Nw7Rk1Jf5",
        "password: dev",
        "password: postgres",
        "admin_password: admin",
    ],
    "a.sh": [
        ': "${POSTGRES_PASSWORD:=changeme}"',
        "TOKEN=${TOKEN-q8Zt2Lx9Vb4Nw7Rk1Jf5}",
        "curl -u admin:hunter22 https://x",
        "curl -H 'Authorization: Bearer q8Zt2Lx9Vb4Nw7Rk1Jf5' https://x",
        "echo hunter22 | docker login -u ci --password-stdin",
        "mysql --password hunter22",
        "sshpass -p hunter22 ssh x",
        "docker login -u ci -p hunter22 r.example.com",
        "mysql -uroot -phunter22",
        "kubectl create secret generic db --from-literal=password=hunter22",
    ],
    "w.yml": [
        "password: ${{ secrets.DB || 'changeme' }}",
    ],
    "a.py": [
        'password = os.environ.get("DB_PASSWORD", "changeme")',
        'password = os.getenv("DB_PASSWORD") or "changeme"',
    ],
    "Dockerfile": [
        "ENV DB_PASSWORD hunter22",
        "ARG DB_PASSWORD=hunter22",
    ],
    "docs/a.md": [
        "# A\n\n```bash\nexport DB_PASSWORD=hunter22\n```",
        "# A\n\nToken: `ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8`\n",
    ],
}


def found(path: str, text: str) -> list[int | None]:
    artifact = Artifact(path, KINDS[path], text)
    parsers: dict[str, Any] = {"terraform": terraform.parse, "markdown": markdown.parse}
    parsed = {path: parsers[artifact.kind](artifact)} if artifact.kind in parsers else {}
    (report,) = detect_secrets.run([[artifact]])
    bundle = Bundle(artifacts=(artifact,), parsed=parsed, reports={"detect_secrets": report})
    return [violation.line for violation in invents_no_credential.check(bundle, Facts())]


def test_an_interpolation_of_jq_is_a_reference() -> None:
    line = "jq -r '\"export AWS_SECRET_ACCESS_KEY=\\(.SecretAccessKey)\"'"
    assert found("a.sh", line) == []


@pytest.mark.parametrize("path", RIGHT)
def test_what_is_no_credential(path: str) -> None:
    assert {text: lines for text in RIGHT[path] if (lines := found(path, text))} == {}


@pytest.mark.parametrize("path", WRONG)
def test_what_is_one(path: str) -> None:
    assert [text for text in WRONG[path] if not found(path, text)] == []


def pem(sort: str = "") -> str:
    return f"-----BEGIN {sort}{KEY}-----\n{BODY}\n-----END {sort}{KEY}-----\n"


@pytest.mark.parametrize(
    "text",
    [
        *(pem(sort) for sort in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ")),
        "tls.key: |\n    " + pem("EC ").replace("\n", "\n    "),
        "key = <<-EOT\n  " + pem().replace("\n", "\n  ") + "\nEOT",
        '{"key": "' + pem().replace("\n", "\\n") + '"}',
        f"-----BEGIN RSA {KEY}-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n\n{BODY}\n",
        "# " + pem().replace("\n", "\n# "),
        f"-----BEGIN {KEY}-----\n{BODY}",
        "tls.key: " + base64.b64encode(pem().encode()).decode(),
    ],
)
def test_a_private_key_in_any_wrapping(text: str) -> None:
    assert list(private_keys(text))


@pytest.mark.parametrize(
    "text",
    [
        f"Look for BEGIN {KEY} in the diff.",
        f"grep -rE -- '-----BEGIN (RSA |EC )?{KEY}-----' .",
        f"grep -r -- '-----BEGIN {KEY}-----' \\\n  infra/environments/production/Main1\n",
        f"-----BEGIN {KEY}-----\n<the key>\n-----END {KEY}-----",
        f"-----BEGIN {KEY}-----\nMIIE...\n-----END {KEY}-----",
        f"-----BEGIN {KEY}-----\n${{var.key}}\n-----END {KEY}-----",
    ],
)
def test_the_words_alone_are_no_key(text: str) -> None:
    assert list(private_keys(text)) == []
