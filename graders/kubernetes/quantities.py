"""Kubernetes quantities (apimachinery resource.Quantity), exactly."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_QUANTITY = re.compile(
    r"(?P<number>[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))"
    r"(?:(?P<suffix>[numkMGTPE]|[KMGTPE]i)|[eE](?P<exponent>[+-]?[0-9]{1,3}))?"
)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}


def quantity(value: Any) -> Decimal | None:
    """The number that a quantity stands for ("500m" is 0.5, "1Gi" is 1073741824), None when it is no quantity.

    YAML may have read a plain number already; a number and its text mean the same. `K`, `kb`, `1 Gi` are none.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    found = _QUANTITY.fullmatch(str(value))
    if found is None:
        return None
    number = Decimal(found["number"])
    suffix = found["suffix"]
    if suffix in _BINARY:
        return number * 2 ** _BINARY[suffix]
    power = _DECIMAL[suffix] if suffix else int(found["exponent"] or 0)
    return number.scaleb(power)
