"""AWS IAM: worked examples, those of the documentation, an independent implementation's verdicts, and properties."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.simulate.access.iam.audit import audit
from graders.simulate.access.iam.document import Document, Kind, Refused, document
from graders.simulate.access.iam.evaluate import decide, permitted
from graders.simulate.access.iam.needs import Calls, Needs
from graders.simulate.access.iam.patterns import UNKNOWN
from graders.simulate.access.iam.requests import Principal, Request, request_context
from graders.simulate.access.iam.trust import look_alikes
from graders.simulate.access.unsupported import Unsupported

CASES = Path(__file__).with_name("iam_cases")
EXAMPLES: list[dict[str, Any]] = yaml.safe_load((CASES / "expect.yaml").read_text())["iam"]
INDEPENDENT: dict[str, Any] = json.loads((CASES / "independent.json").read_text())
OBJECT = "arn:aws:s3:::data/a"
ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:Get*", "s3:*", "*", "sqs:SendMessage"]
RESOURCES = ["*", OBJECT, "arn:aws:s3:::data/*", "arn:aws:s3:::data*", "arn:aws:s3:::other/a"]
REQUESTS = [Request(action, OBJECT) for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")]


def identity(*statements: dict[str, Any], version: str = "2012-10-17") -> Document:
    return document({"Version": version, "Statement": list(statements)}, "identity")


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["policy"])
def test_a_worked_example(example: dict[str, Any]) -> None:
    body = json.loads((CASES / example["policy"]).read_text())
    kind: Kind = "trust" if example["policy"].startswith("trust-") else "identity"
    policy = document(body, kind)
    for expected in ("allow", "deny"):
        for action, resource, *rest in example[expected]:
            keys = request_context(rest[0]) if rest else {}
            who = Principal("Federated", rest[1].removeprefix("federated:")) if len(rest) > 1 else None
            request = Request(action, resource, keys, who)
            assert decide([policy], request).allowed is (expected == "allow"), request


@pytest.mark.parametrize("row", INDEPENDENT["rows"])
def test_the_verdicts_of_an_independent_implementation(row: dict[str, Any]) -> None:
    policy = identity(*row["statements"])
    verdicts = [decide([policy], Request(*one)).allowed for one in INDEPENDENT["requests"]]
    assert [number for number, verdict in enumerate(verdicts) if verdict] == row["allowed"]


def made(effect: str, action: str, resource: str) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource}


statements: st.SearchStrategy[dict[str, Any]] = st.builds(
    made, st.sampled_from(["Allow", "Deny"]), st.sampled_from(ACTIONS), st.sampled_from(RESOURCES)
)


@settings(max_examples=60, deadline=None)
@given(st.lists(statements, min_size=1, max_size=4), st.sampled_from(ACTIONS), st.sampled_from(RESOURCES))
def test_a_deny_takes_away_and_an_allow_adds(given: list[dict[str, Any]], action: str, resource: str) -> None:
    for request in REQUESTS:
        before = decide([identity(*given)], request).allowed
        assert not (decide([identity(*given, deny(action, resource))], request).allowed and not before)
        added = decide([identity(*given, allow(action, resource))], request)
        assert added.allowed or not before


@settings(max_examples=60, deadline=None)
@given(st.lists(statements, min_size=2, max_size=4), st.lists(statements, min_size=1, max_size=2))
def test_a_split_changes_nothing_and_a_boundary_gives_nothing(
    given: list[dict[str, Any]], limit: list[dict[str, Any]]
) -> None:
    for request in REQUESTS:
        whole = permitted(request, [identity(*given)]).allowed
        assert permitted(request, [identity(one) for one in given]).allowed is whole
        assert whole or not permitted(request, [identity(*given)], identity(*limit)).allowed


def test_a_resource_policy_of_the_same_account_is_enough_and_of_another_account_is_not() -> None:
    """User Guide, "Cross-account policy evaluation logic": in one account either side, across accounts both."""
    who = Principal("AWS", "arn:aws:iam::111122223333:role/reader")
    request = Request("s3:GetObject", OBJECT, {}, who)
    grant = {"Effect": "Allow", "Principal": {"AWS": who.name}, "Action": "s3:GetObject", "Resource": OBJECT}
    policy = document({"Version": "2012-10-17", "Statement": grant}, "resource")
    assert permitted(request, [], None, policy).allowed
    assert permitted(request, [], None, policy, same_account=False).allowed is False
    own = [identity(allow("s3:GetObject", OBJECT))]
    assert permitted(request, own, None, policy, same_account=False).allowed
    assert permitted(request, [identity(deny("s3:*"))], None, policy).allowed is False


def test_naming_the_account_hands_the_matter_to_its_own_policies() -> None:
    """User Guide, "AWS JSON policy elements: Principal": an account in a trust or key policy delegates."""
    who = Principal("AWS", "arn:aws:sts::111122223333:assumed-role/ops/ann")
    grant = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
    trust = document({"Version": "2012-10-17", "Statement": grant}, "trust")
    request = Request("sts:AssumeRole", "*", {}, who)
    assert permitted(request, [], None, trust, "trust").allowed is False
    assert permitted(request, [identity(allow("sts:AssumeRole"))], None, trust, "trust").allowed
    role = {**grant, "Principal": {"AWS": "arn:aws:iam::111122223333:role/ops"}}
    assert decide([document({"Version": "2012-10-17", "Statement": role}, "trust")], request).allowed


def test_not_principal_denies_everybody_else() -> None:
    one = {
        "Effect": "Deny",
        "NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:role/ops"]},
        "Action": "*",
        "Resource": "*",
    }
    policy = document(
        {"Version": "2012-10-17", "Statement": [{**allow("*"), "Principal": "*"}, one]}, "resource"
    )
    ops, other = (Principal("AWS", f"arn:aws:iam::111122223333:role/{name}") for name in ("ops", "opsy"))
    assert decide([policy], Request("s3:GetObject", OBJECT, {}, ops)).allowed
    assert decide([policy], Request("s3:GetObject", OBJECT, {}, other)).denied


def test_what_nobody_knows_decides_nothing_unless_something_else_does() -> None:
    tagged = allow("s3:GetObject", "*", Condition={"StringEquals": {"aws:ResourceTag/team": "a"}})
    request = Request("s3:GetObject", OBJECT, complete=False)
    assert decide([identity(tagged)], request).allowed is None
    assert decide([identity(tagged, allow("s3:*"))], request).allowed is True
    assert decide([identity(tagged, deny("s3:*"))], request).allowed is False
    assert decide([identity(allow("s3:GetObject", f"arn:aws:s3:::{UNKNOWN}"))], request).allowed is None
    assert decide([identity(allow("s3:GetObject", f"arn:aws:s3:::logs{UNKNOWN}"))], request).allowed is False
    passed = allow("s3:GetObject", "*", Condition={"StringEquals": {"iam:PassedToService": "x"}})
    assert decide([identity(passed)], request).allowed is False, "keys of one service come with its requests"


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "Action": "s3:GetObject"},
        {"Effect": "allow", "Action": "s3:GetObject", "Resource": "*"},
        {"Effect": "Allow", "Resource": "*"},
        {"Effect": "Allow", "Action": "GetObject", "Resource": "*"},
        {**allow("s3:GetObject"), "NotAction": "s3:PutObject"},
        {**allow("s3:GetObject"), "Principal": "*"},
        {**allow("s3:GetObject"), "Conditions": {}},
    ],
)
def test_what_iam_refuses(statement: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        identity(statement)


def test_an_operator_that_is_not_modelled_is_told() -> None:
    policy = identity(allow("s3:GetObject", "*", Condition={"StringResembles": {"aws:username": "a"}}))
    with pytest.raises(Unsupported, match="StringResembles"):
        decide([policy], REQUESTS[0])


def test_a_service_outside_the_table_is_told() -> None:
    assert audit([identity(allow("quantum:*"))], None, READER).uncounted == ("quantum:*",)


def test_a_resource_of_the_policy_alone_is_tried() -> None:
    own = identity(allow("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/reader"))
    assert [one.request.resource for one in audit([own], None, READER).surplus] == [
        "arn:aws:iam::111122223333:role/reader"
    ]


READER = Needs(
    "reader",
    "111122223333",
    "eu-west-1",
    (Calls(("s3:GetObject",), (OBJECT,)),),
    forbidden=(Calls(("s3:PutObject",), (OBJECT,)),),
)


def test_surplus_is_counted_by_level() -> None:
    exact = audit([identity(allow("s3:GetObject", "arn:aws:s3:::data/*"))], None, READER)
    assert (exact.recall, exact.precision, exact.surplus) == (1, 1, ())
    reading = audit([identity(allow("s3:Get*", "arn:aws:s3:::data/*"))], None, READER)
    assert {one.level for one in reading.surplus} == {"read"}
    assert reading.precision < 0.5
    everything = audit([identity(allow("*"))], None, READER)
    assert {one.level for one in everything.surplus} == {"list", "read", "tagging", "write", "permissions"}
    assert [one.decision.allowed for one in everything.forbidden] == [True]
    assert everything.precision < 0.01


def test_look_alikes_are_none_of_the_intended_subjects() -> None:
    wanted = ["repo:acme/shop:environment:production", "repo:acme/shop:ref:refs/heads/main"]
    made = look_alikes(wanted)
    assert not set(made) & set(wanted)
    assert {"repo:acme-undeclared/shop:environment:production", "repo:acme/shop:pull_request"} <= set(made)


PARAMETER = "arn:aws:ssm:eu-west-1:111122223333:parameter/reader/key"


@pytest.mark.parametrize(
    ("resource", "serious"), [(PARAMETER, False), (PARAMETER.replace("reader", "writer"), True)]
)
def test_another_secret_is_serious_and_another_way_to_its_own_is_not(resource: str, serious: bool) -> None:
    needs = Needs("reader", "111122223333", "eu-west-1", (Calls(("ssm:GetParameter",), (PARAMETER,)),))
    policy = identity(allow(["ssm:GetParameter", "ssm:GetParameters"], [PARAMETER, resource]))
    found = audit([policy], None, needs).surplus
    assert any(one.is_serious for one in found) == serious
