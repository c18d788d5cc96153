"""A cheap look at HCL before it is parsed: does it start blocks of Terraform's own?"""

from __future__ import annotations

import re

_BLOCK = re.compile(
    r"""^(?:(?:resource|data|ephemeral)\s+"[\w-]+"\s+"[\w-]+"|(?:module|variable|output|provider|check)\s+"[\w-]+\""""
    r"""|terraform|locals|moved|import|removed)\s*\{""",
    re.MULTILINE,
)
_ASSIGNMENT = re.compile(r"\A(?:\s|(?:#|//)[^\n]*\n)*[\w-]+[ \t]*=[^=>]")


def has_block(text: str) -> bool:
    """Does a line at the left margin open a block that Terraform knows?"""
    return _BLOCK.search(text) is not None


def starts_with_assignment(text: str) -> bool:
    """Is the first thing in the text `name = …`?"""
    return _ASSIGNMENT.match(text[:4000]) is not None
