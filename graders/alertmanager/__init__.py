"""Alertmanager's configuration file."""

from __future__ import annotations

import re

from graders.alertmanager import inhibition, routing
from graders.alertmanager.configuration import KIND, parse
from graders.rule import Rule

_NAME = re.compile(r"(^|/)(alertmanager|am)[\w.-]*\.ya?ml\Z", re.IGNORECASE)
_ROUTE = re.compile(r"^[\"']?route[\"']?[ \t]*:", re.MULTILINE)
_RECEIVERS = re.compile(r"^[\"']?receivers[\"']?[ \t]*:", re.MULTILINE)
_FLOW_KEY = r"""[{,\s]["']?%s["']?\s*:"""
_FLOW_ROUTE, _FLOW_RECEIVERS = re.compile(_FLOW_KEY % "route"), re.compile(_FLOW_KEY % "receivers")
_COMMENTS = re.compile(r"\A(?:\s+|#[^\n]*|---)+")
_OTHER = re.compile(r"^(?:apiVersion|kind|groups|services|scrape_configs)[ \t]*:", re.MULTILINE)


def recognises(path: str | None, info: str, text: str) -> bool:
    """YAML with `route` and `receivers` at its top, or with one of them in a file of Alertmanager's name; the operator's
    objects are Kubernetes' own."""
    if path is not None and not path.lower().endswith((".yml", ".yaml")):
        return False
    if path is None and info not in ("", "yaml", "yml", "alertmanager"):
        return False
    if _is_flow(text):
        return True
    has_route, has_receivers = bool(_ROUTE.search(text)), bool(_RECEIVERS.search(text))
    if _OTHER.search(text) or not (has_route or has_receivers):
        return False
    return (has_route and has_receivers) or (path is not None and bool(_NAME.search(path)))


def is_whole(text: str) -> bool:
    """Has the text both the tree and its receivers?"""
    return _is_flow(text) or (bool(_ROUTE.search(text)) and bool(_RECEIVERS.search(text)))


def _is_flow(text: str) -> bool:
    """Is the text one document in JSON's notation with both keys?"""
    flow = _COMMENTS.sub("", text).startswith("{")
    return flow and bool(_FLOW_ROUTE.search(text)) and bool(_FLOW_RECEIVERS.search(text))


RULES: tuple[Rule, ...] = (routing.reaches_the_right_people, inhibition.keeps_twins_quiet)

__all__ = ["KIND", "RULES", "is_whole", "parse", "recognises"]
