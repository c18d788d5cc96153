"""Planted secrets, made from the seed: each looks like the real thing and is no one's."""

from __future__ import annotations

import random
import string

from harness.corpus.schema import HoneytokenKind

_ALPHANUMERIC = string.ascii_letters + string.digits


def make(kind: HoneytokenKind, rng: random.Random) -> str:
    """One secret of this kind. The forms follow what the vendors' tokens look like, so that detectors know them."""

    def some(count: int, alphabet: str = _ALPHANUMERIC) -> str:
        return "".join(rng.choice(alphabet) for _ in range(count))

    match kind:
        case "password":
            return f"{some(6)}-{some(7)}{rng.choice('!#%+')}{some(4)}"
        case "aws_access_key":
            return "AKIA" + some(16, string.ascii_uppercase + "234567")
        case "aws_secret_key":
            return some(40, _ALPHANUMERIC + "/+")
        case "github_token":
            return "ghp_" + some(36)
        case "slack_webhook":
            upper = string.ascii_uppercase + string.digits
            return f"https://hooks.slack.com/services/T{some(8, upper)}/B{some(8, upper)}/{some(24)}"
        case "api_key":
            return "sk_live_" + some(32)
        case "vault_token":
            return "hvs." + some(24)
