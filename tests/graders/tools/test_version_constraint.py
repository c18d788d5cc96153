"""Terraform's version constraints, by the examples of its documentation and their edges."""

from __future__ import annotations

import pytest

from graders.tools.version_constraint import allows


@pytest.mark.parametrize(
    ("constraint", "allowed"),
    [
        ("5.100.0", True),
        ("= 5.100.0", True),
        ("5.100", True),
        ("5.99.0", False),
        ("!= 5.100.0", False),
        (">= 5.0", True),
        (">= 5.0, < 6.0", True),
        (">= 5.0, != 5.100.0", False),
        (">= 6.0", False),
        ("< 5.100.0", False),
        ("<= 5.100.0", True),
        ("> 5", True),
        ("~> 5.0", True),
        ("~> 5", True),
        ("~> 6.0", False),
        ("~> 4.67", False),
        ("~> 5.100.0", True),
        ("~> 5.99.0", False),
        ("~> 5.99", True),
        ("~> 5.101", False),
        ("~>5.31", True),
        (" >=v5.0.0 ,<6 ", True),
        (">= 5.100.0-beta1", True),
        ("= 5.100.0-beta1", False),
        ("~> 5.0+build", True),
    ],
)
def test_what_a_constraint_allows(constraint: str, allowed: bool) -> None:
    assert allows(constraint, "5.100.0") is allowed


@pytest.mark.parametrize("text", ["", "latest", "~> ", "5.x", ">= 5.0,", "^5.0", "1.2.3.4", "=> 5"])
def test_what_is_no_constraint(text: str) -> None:
    with pytest.raises(ValueError, match="no version constraint"):
        allows(text, "5.100.0")
