"""The condition operators: does one value of a request meet one value of a policy?

Source: IAM User Guide, "IAM JSON policy elements: Condition operators". A value that an operator cannot read (a number that
is none) never matches.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import UTC, datetime

from graders.simulate.access.iam.patterns import UNKNOWN, arn_matches, equals, literal, matches
from graders.simulate.access.iam.truth import Truth
from graders.simulate.access.unsupported import Unsupported

Test = Callable[[str, str], Truth]  # (value of the policy, value of the request)


def _number(text: str) -> float:
    return float(text)


def _moment(text: str) -> float:
    """Seconds since 1970: an ISO 8601 date, or the number itself."""
    try:
        return float(text)
    except ValueError:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _compared(read: Callable[[str], float], holds: Callable[[float, float], bool]) -> Test:
    def test(wanted: str, given: str) -> Truth:
        if UNKNOWN in wanted or UNKNOWN in given:
            return None
        try:
            return holds(read(given), read(literal(wanted)))
        except (ValueError, OverflowError):
            return False

    return test


def _in_network(wanted: str, given: str) -> Truth:
    if UNKNOWN in wanted or UNKNOWN in given:
        return None
    try:
        return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "equals": lambda given, wanted: given == wanted,
    "lessthan": lambda given, wanted: given < wanted,
    "lessthanequals": lambda given, wanted: given <= wanted,
    "greaterthan": lambda given, wanted: given > wanted,
    "greaterthanequals": lambda given, wanted: given >= wanted,
}

_TESTS: dict[str, Test] = {
    "stringequals": equals,
    "stringequalsignorecase": lambda wanted, given: equals(wanted, given, ignore_case=True),
    "stringlike": matches,
    # Both match with wildcards: the guide calls them identical.
    "arnequals": arn_matches,
    "arnlike": arn_matches,
    "bool": lambda wanted, given: equals(wanted, given, ignore_case=True),
    "binaryequals": equals,
    "ipaddress": _in_network,
    **{f"numeric{name}": _compared(_number, holds) for name, holds in _ORDERS.items()},
    **{f"date{name}": _compared(_moment, holds) for name, holds in _ORDERS.items()},
}

_NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
}


def operator(name: str) -> tuple[Test, bool]:
    """The test behind an operator's name (any case, without `IfExists` and set prefixes), and whether it is negated.
    Raises `Unsupported`."""
    word = name.lower()
    negated = word in _NEGATED
    test = _TESTS.get(_NEGATED.get(word, word))
    if test is None:
        raise Unsupported(f"IAM condition operator {name}")
    return test, negated
