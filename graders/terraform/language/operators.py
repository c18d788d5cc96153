"""Terraform's operators on values of which some are not known."""

from __future__ import annotations

from typing import Any

from graders.terraform.language.values import Unknown, as_bool, as_number, is_known


def binary(operator: str, left: Any, right: Any) -> Any:
    """The value of `left operator right`; `Unknown` where the sides do not decide it."""
    if operator in ("&&", "||"):
        sides = (as_bool(left), as_bool(right))
        decisive = operator == "||"
        if decisive in sides:
            return decisive
        return Unknown("a condition") if None in sides else not decisive
    if operator in ("==", "!="):
        if not (is_known(left) and is_known(right)):
            return Unknown("a comparison")
        same = left == right and isinstance(left, bool) == isinstance(right, bool)
        return same if operator == "==" else not same
    a, b = as_number(left), as_number(right)
    if a is None or b is None or (b == 0 and operator in "/%"):
        return Unknown("a calculation")
    if operator in ("<", ">", "<=", ">="):
        return {"<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[operator]
    found = a + b if operator == "+" else a - b if operator == "-" else a * b if operator == "*" else None
    if found is None:
        found = a / b if operator == "/" else a % b
    return int(found) if found.is_integer() else found


def unary(operator: str, operand: Any) -> Any:
    """The value of `!operand` or `-operand`."""
    if operator == "!":
        truth = as_bool(operand)
        return Unknown("a condition") if truth is None else not truth
    number = as_number(operand)
    return Unknown("a calculation") if number is None else -int(number) if number.is_integer() else -number
