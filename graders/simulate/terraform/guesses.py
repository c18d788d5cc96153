"""Values for variables that neither the case nor the answer gives one: by name and type, such that they work.

What fails for such a value is never held against the answer (limits.py).
"""

from __future__ import annotations

from typing import Any

from graders.terraform.language import syntax

_REGION, _ACCOUNT = "eu-west-1", "123456789012"
# What an ARN is about, by a word in the variable's name; `{i}` tells several apart.
_ARNS = {
    "polic": "iam::{account}:policy/sim-{i}",
    "cert": "acm:{region}:{account}:certificate/{i}2345678-1234-1234-1234-123456789012",
    "listener": "elasticloadbalancing:{region}:{account}:listener/app/sim/0123456789abcdef/0123456789abcde{i}",
    "target": "elasticloadbalancing:{region}:{account}:targetgroup/sim/0123456789abcde{i}",
    "key": "kms:{region}:{account}:key/{i}2345678-1234-1234-1234-123456789012",
    "kms": "kms:{region}:{account}:key/{i}2345678-1234-1234-1234-123456789012",
    "bucket": "s3:::sim-{i}",
    "topic": "sns:{region}:{account}:sim-{i}",
    "sns": "sns:{region}:{account}:sim-{i}",
    "queue": "sqs:{region}:{account}:sim-{i}",
    "secret": "secretsmanager:{region}:{account}:secret:sim-{i}-AbCdEf",
    "repo": "ecr:{region}:{account}:repository/sim-{i}",
    "": "iam::{account}:role/sim-{i}",
}
_IDS = {
    "subnet": "subnet",
    "vpc": "vpc",
    "security_group": "sg",
    "sg": "sg",
    "ami": "ami",
    "route_table": "rtb",
}
_WORDS = {
    "instance_class": "db.t4g.medium",
    "instance_type": "t3.medium",
    "zone_id": "Z0123456789ABCDEFGHI",
    "account": "{account}",
    "image": "app@sha256:" + "ab" * 32,
    "domain": "www.example.com",
    "fqdn": "www.example.com",
    "host": "www.example.com",
    "email": "ops@example.com",
    "region": "{region}",
}


def guess(name: str, variable: syntax.Block, account: str | None) -> Any:
    """A value for a variable; `account` is the one that the answer names, if any."""
    type = variable.body.attributes.get("type")
    return _value(name, type.expression if type else None, account or _ACCOUNT, 0)


def _value(name: str, type: syntax.Expression | None, account: str, i: int) -> Any:
    word = type.name if isinstance(type, syntax.Variable | syntax.Call) else "string"
    inner = type.arguments[0] if isinstance(type, syntax.Call) and type.arguments else None
    match word:
        case "number":
            return 1
        case "bool":
            return True
        case "list" | "set" | "tuple":
            if isinstance(inner, syntax.Tuple):
                return [_value(name, item, account, index) for index, item in enumerate(inner.items)]
            return [_value(name.removesuffix("s"), inner, account, index) for index in (0, 1)]
        case "map":
            return {}
        case "object":
            items = inner.items if isinstance(inner, syntax.Object) else ()
            members = [(key.value, member) for key, member in items if isinstance(key, syntax.Literal)]
            return {
                str(key): _value(str(key), member, account, 0)
                for key, member in members
                if not (isinstance(member, syntax.Call) and member.name == "optional")
            }
        case _:
            return _text(name, account, i)


def _text(name: str, account: str, i: int) -> str:
    if "arn" in name:
        form = next(form for word, form in _ARNS.items() if word in name)
        return "arn:aws:" + form.format(account=account, region=_REGION, i=i)
    if "cidr" in name:
        return f"10.{i}.0.0/16"
    for word, prefix in _IDS.items():
        if word in name:
            return f"{prefix}-0123456789abcdef{i}"
    for word, text in _WORDS.items():
        if word in name:
            return text.format(account=account, region=_REGION)
    if name in ("environment", "env", "stage"):
        return "prod"
    return f"sim-{name.replace('_', '-')}-{i}"


def remote_output(name: str) -> Any:
    """What another state's output of this name holds: a list where the name is a plural."""
    if name.endswith(("ids", "arns", "subnets", "groups", "zones", "cidrs")):
        return [_text(name[:-1], _ACCOUNT, i) for i in (0, 1)]
    return _text(name, _ACCOUNT, 0)
