"""Vault's ACL: worked examples, the documentation's own, what Vault refuses, and properties."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from graders import kinds
from graders.simulate.access.unsupported import Unsupported
from graders.simulate.access.vault.acl import Acl, merged
from graders.simulate.access.vault.audit import acl_of, audit
from graders.simulate.access.vault.mounts import Mount
from graders.simulate.access.vault.needs import Calls, Needs
from graders.simulate.access.vault.patterns import example, matches
from graders.simulate.access.vault.policy import Policy, read_policy
from graders.simulate.access.vault.requests import OPERATIONS, Request
from graders.yaml_lines import Unparsable

CASES = Path(__file__).with_name("vault_cases")
EXAMPLES: list[dict[str, Any]] = yaml.safe_load((CASES / "expect.yaml").read_text())["vault"]
CALIBRATION = Path(kinds.__file__).parent / "calibration"


def acl(*texts: str, identity: dict[str, str] | None = None) -> Acl:
    return merged([read_policy(text, f"p{number}.hcl") for number, text in enumerate(texts)], identity)


def allows(rules: Acl, operation: Any, path: str, **data: Any) -> bool:
    return rules.decide(Request(operation, path, data)).allowed


def path(pattern: str, *capabilities: str) -> str:
    return f'path "{pattern}" {{ capabilities = [{", ".join(map(repr, capabilities))}] }}\n'.replace("'", '"')


@pytest.mark.parametrize("worked", EXAMPLES, ids=lambda worked: str(worked["policy"]))
def test_a_worked_example(worked: dict[str, Any]) -> None:
    named: str | list[str] = worked["policy"]
    files = [named] if isinstance(named, str) else named
    rules = acl(*((CASES / file).read_text() for file in files))
    for expected in ("allow", "deny"):
        for place, capability, *data in worked[expected]:
            assert allows(rules, capability, place, **(data[0] if data else {})) == (expected == "allow"), (
                place
            )


# https://developer.hashicorp.com/vault/docs/concepts/policies : policy syntax, priority matching, parameter constraints.
DOCUMENTED = """
path "secret/foo" { capabilities = ["read"] }
path "secret/bar/*" { capabilities = ["read"] }
path "secret/zip-*" { capabilities = ["read"] }
path "secret/+/teamb" { capabilities = ["read"] }
path "secret/top/+/teamb/*" { capabilities = ["read"] }
path "secret/super-secret" { capabilities = ["deny"] }
path "secret/restricted" {
  capabilities = ["create"]
  allowed_parameters = {
    "foo" = []
    "bar" = ["zip", "zap"]
  }
}
path "secret/profile" {
  capabilities = ["create"]
  required_parameters = ["name", "id"]
}
path "auth/userpass/users/*" {
  capabilities = ["create", "update"]
  denied_parameters = { "token_policies" = ["admin", "root-*"] }
}
"""


@pytest.mark.parametrize(
    ("operation", "place", "data", "allowed"),
    [
        ("read", "secret/foo", {}, True),
        ("read", "secret/bar/zip", {}, True),
        ("read", "secret/bar/zip/zap", {}, True),
        ("read", "secret/bars/zip", {}, False),
        ("read", "secret/zip-zap", {}, True),
        ("read", "secret/zip-zap/zong", {}, True),
        ("read", "secret/zip/zap", {}, False),
        ("read", "secret/foo/teamb", {}, True),
        ("read", "secret/foo/bar/teamb", {}, False),
        ("read", "secret/top/one/teamb/two/three", {}, True),
        ("read", "secret/top/one/two/teamb/three", {}, False),
        ("read", "secret/super-secret", {}, False),
        ("create", "secret/restricted", {"foo": "anything", "bar": "zip"}, True),
        ("create", "secret/restricted", {"bar": "zop"}, False),
        ("create", "secret/restricted", {"other": "x"}, False),
        ("create", "secret/profile", {"name": "a", "id": "1"}, True),
        ("create", "secret/profile", {"name": "a"}, False),
        ("update", "auth/userpass/users/ann", {"token_policies": "dev"}, True),
        ("update", "auth/userpass/users/ann", {"token_policies": "dev,admin"}, False),
        ("update", "auth/userpass/users/ann", {"token_policies": ["root-2"]}, False),
    ],
)  # fmt: skip
def test_the_documentations_examples(operation: str, place: str, data: dict[str, Any], allowed: bool) -> None:
    assert allows(acl(DOCUMENTED), operation, place, **data) == allowed


def test_the_documentations_priority() -> None:
    rules = acl(path("secret/*", "read"), path("secret/+/+/foo/*", "deny"))
    assert allows(rules, "read", "secret/a/b/foo/c")


def test_limits_of_another_policy_stay() -> None:
    limited = 'path "s" {\n capabilities = ["update"]\n allowed_parameters = { "a" = ["1"] }\n}'
    for texts in ((limited, path("s", "update")), (path("s", "update"), limited)):
        assert not allows(acl(*texts), "update", "s", b="2")
        assert allows(acl(*texts), "update", "s", a="1")


@pytest.mark.parametrize(
    ("limits", "asked", "allowed"),
    [
        ('min_wrapping_ttl = "10s"', None, False),
        ('min_wrapping_ttl = "10s"', 10.0, True),
        ("min_wrapping_ttl = 10", 9.0, False),
        ('max_wrapping_ttl = "1m30s"', 90.0, True),
        ('max_wrapping_ttl = "90"', 91.0, False),
        ('max_wrapping_ttl = "1h"', None, False),
    ],
)
def test_wrapping(limits: str, asked: float | None, allowed: bool) -> None:
    rules = acl(f'path "s" {{\n capabilities = ["read"]\n {limits}\n}}')
    assert rules.decide(Request("read", "s", wrap_ttl=asked)).allowed == allowed


def test_templates() -> None:
    text = path("kv/data/{{identity.entity.name}}/*", "read") + path(
        "kv/{{ identity.entity.metadata.team }}", "read"
    )
    rules = acl(text, identity={"entity.name": "orders"})
    assert allows(rules, "read", "kv/data/orders/db")
    assert list(rules.entries) == ["kv/data/orders/*"]
    with pytest.raises(Unsupported):
        acl(text)


def test_root_protected_endpoints_ask_for_sudo() -> None:
    assert not allows(acl(path("sys/audit/file", "update")), "update", "sys/audit/file")
    assert allows(acl(path("sys/audit/file", "update", "sudo")), "update", "sys/audit/file")


def test_a_control_group_is_no_guess() -> None:
    text = 'path "s" {\n capabilities = ["read"]\n control_group = { factor "f" { identity { group_names = ["a"] approvals = 1 } } }\n}'
    assert not allows(acl(text), "read", "t")
    with pytest.raises(Unsupported):
        allows(acl(text), "read", "s")


@pytest.mark.parametrize(
    "text",
    [
        'path "a" { capabilities = ["write"] }',
        'path "a" { capability = ["read"] }',
        'path "a" { policy = "admin" }',
        'path "a/+*" { capabilities = ["read"] }',
        'path "a/{{identity.entity.id" { capabilities = ["read"] }',
        'paths "a" { capabilities = ["read"] }',
        'path "a" { capabilities = ["read" }',
        'path "a" { capabilities = ["read" "list"] }',
        'path "a" { capabilities = [read] }',
        'path "a" { capabilities = ["read"]',
        'path { capabilities = ["read"] }',
        'path "a" = ["read"]',
        'path "a" { min_wrapping_ttl = "2m" max_wrapping_ttl = "1m" }',
        'path "a" { min_wrapping_ttl = "soon" }',
        'path "a" ' + "{ comment = " + "[" * 60 + "]" * 60 + "}",
    ],
)
def test_what_vault_refuses(text: str) -> None:
    with pytest.raises(Unparsable):
        read_policy(text, "p.hcl")


@pytest.mark.parametrize(
    "text",
    [
        'path "a" { capabilities = ["read",]\n}',
        'path "a" { capabilities = ["read"] comment = "why" }',
        'path "a" { "capabilities" = ["read"] }',
        "path a { capabilities = [\n# one\n\"read\" // two\n] /* three */ }",
        'path "a" { policy = "read" }',
        'name = "p"\npath "/a" { capabilities = "read" }',
        '{"path": {"a": {"capabilities": ["read"]}}}',
        '{\n"name": "p",\n"path": {"a": {"policy": "write"}}}',
    ],
)  # fmt: skip
def test_what_vault_takes(text: str) -> None:
    assert allows(acl(text), "read", "a")


def hashicorps_reading(text: str) -> Counter[tuple[str, tuple[str, ...]]] | None:
    """Paths with their capabilities as HashiCorp's parser of version 2 reads them; None where it can't."""
    import pygohcl  # pyright: ignore[reportMissingTypeStubs]

    try:
        found = cast(dict[str, Any], pygohcl.loads(text)["path"])  # pyright: ignore[reportUnknownMemberType]
    except pygohcl.HCLParseError:
        return None
    paths: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for name, blocks in found.items():
        for block in cast(list[Any], blocks if isinstance(blocks, list) else [blocks]):
            paths[name.removeprefix("/"), tuple(sorted(block["capabilities"]))] += 1
    return paths


def test_both_versions_of_hcl_read_the_same() -> None:
    compared = 0
    for file in [*CALIBRATION.glob("VLT-*/*/*.hcl"), *CASES.glob("*.hcl")]:
        text = file.read_text()
        other = None if "policy =" in text else hashicorps_reading(text)
        if other is not None:
            ours = read_policy(text, file.name).rules
            assert other == Counter((one.path, tuple(sorted(one.capabilities))) for one in ours), file
            compared += 1
    assert compared > 60


SEGMENT = st.sampled_from(["a", "b", "ab", "+", ""])


def _pattern(segments: list[str], glob: bool) -> str:
    return "/".join(segments) + ("*" if glob and segments[-1] != "+" else "")


PATTERN = st.builds(_pattern, st.lists(SEGMENT, min_size=1, max_size=4), st.booleans()).filter(
    lambda pattern: pattern not in ("", "*") and not pattern.startswith("/")
)
RULE = st.tuples(PATTERN, st.lists(st.sampled_from([*OPERATIONS, "deny"]), min_size=1, max_size=3))
REQUEST = st.builds(
    Request,
    st.sampled_from(OPERATIONS),
    st.lists(st.sampled_from(["a", "b", "ab", "abc"]), min_size=1, max_size=4).map("/".join),
)


def policies(rules: list[tuple[str, list[str]]]) -> list[Policy]:
    return [read_policy(path(pattern, *capabilities), "p.hcl") for pattern, capabilities in rules]


@settings(max_examples=150, deadline=None)
@given(st.lists(RULE, max_size=6), REQUEST, st.randoms())
def test_neither_order_nor_split_matters(
    rules: list[tuple[str, list[str]]], request: Request, random: Any
) -> None:
    expected = merged(policies(rules)).decide(request).allowed
    together = read_policy("".join(path(pattern, *capabilities) for pattern, capabilities in rules), "p.hcl")
    assert merged([together]).decide(request).allowed == expected
    random.shuffle(rules)
    assert merged(policies(rules)).decide(request).allowed == expected


@settings(max_examples=150, deadline=None)
@given(st.lists(RULE, max_size=6), REQUEST)
def test_an_exact_path_decides(rules: list[tuple[str, list[str]]], request: Request) -> None:
    others = [rule for rule in rules if rule[0] != request.path and f"{rule[0]}/" != request.path]
    assert merged(policies([*others, (request.path, [request.operation])])).decide(request).allowed
    assert not merged(policies([*others, (request.path, ["deny"])])).decide(request).allowed


@settings(max_examples=150, deadline=None)
@given(st.lists(RULE, max_size=6), REQUEST, st.sampled_from([*OPERATIONS, "deny"]))
def test_a_capability_more_never_takes_one_away(
    rules: list[tuple[str, list[str]]], request: Request, more: str
) -> None:
    """On the path that decides: another capability only adds, a deny only takes."""
    before = merged(policies(rules)).decide(request)
    if before.entry is None:
        return
    after = merged(policies([*rules, (before.entry.path, [more])])).decide(request).allowed
    assert not after if more == "deny" else after >= before.allowed


@settings(max_examples=150, deadline=None)
@given(PATTERN)
def test_an_example_is_one_of_the_pattern(pattern: str) -> None:
    assert matches(pattern, example(pattern, "x"))


def test_the_audit_counts_what_is_granted_beyond() -> None:
    needs = Needs(
        "orders",
        (Mount("kv", "kv-v2"),),
        (Calls(("read",), "kv/data/orders/+"),),
        forbidden=(Calls(("read",), "kv/data/pay/db"),),
    )
    exact = audit(acl_of((read_policy(path("kv/data/orders/+", "read"), "p.hcl"),), needs), needs)
    assert (exact.recall, exact.precision, exact.surplus) == (1, 1, ())
    wide = audit(acl_of((read_policy(path("kv/data/*", "read", "update"), "p.hcl"),), needs), needs)
    assert wide.recall == 1
    assert wide.precision < 0.3
    assert {one.level for one in wide.surplus} == {"secret", "write"}
    asked = Counter((entry.asked, entry.granted) for entry in wide.trace().entries)
    assert asked["forbidden", True] == 1
    assert asked["excess", True] == len(wide.surplus)


@pytest.mark.parametrize("folder", ["kv/metadata/orders/", "kv/metadata/orders/partners"])
def test_a_folder_that_is_listed_is_no_key(folder: str) -> None:
    calls = (
        Calls(("read",), "kv/metadata/orders/+"),
        Calls(("list",), folder),
        Calls(("update",), "kv/metadata/orders/smtp"),
    )
    asked = [str(one) for one in Needs("orders", (Mount("kv", "kv-v2"),), calls).required_requests()]
    assert asked[:2] == ["read kv/metadata/orders/undeclared", "read kv/metadata/orders/smtp"]
    assert asked[2:] == [f"list {folder.removesuffix('/')}/", "update kv/metadata/orders/smtp"]
