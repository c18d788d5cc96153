"""Whether two recordings of one name write different series: by a label whose values their selectors name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from graders.prometheus.promql import Aggregate, Binary, Call, Expr, Selector, walk
from graders.prometheus.rules_file import Entry

# A regular expression that only lists values.
_LIST = re.compile(r"[\w-]+(?:\|[\w-]+)*\Z")


def all_apart(entries: Sequence[Entry]) -> bool:
    """Are there no two recordings of one name here that could write the same series?"""
    return all(
        first.name != second.name or _apart(first, second) for first, second in combinations(entries, 2)
    )


def _apart(first: Entry, second: Entry) -> bool:
    if first.expr is None or second.expr is None:
        return False
    named = {
        matcher.label for node in walk(first.expr) if isinstance(node, Selector) for matcher in node.matchers
    }
    for label in named - {*first.labels, *second.labels}:
        one, other = _values(first.expr, label), _values(second.expr, label)
        if one is not None and other is not None and not one & other:
            return True
    return False


def _values(expr: Expr, label: str) -> frozenset[str] | None:
    """The values that the label has in the results at most; None where the expression doesn't say."""
    match expr:
        case Selector():
            for matcher in expr.matchers:
                if matcher.label == label and matcher.op == "=":
                    return frozenset({matcher.value})
                if matcher.label == label and matcher.op == "=~" and _LIST.match(matcher.value):
                    return frozenset(matcher.value.split("|"))
            return None
        case Call(function=function, args=args) if args and function not in ("label_replace", "label_join"):
            found = [_values(argument, label) for argument in args if not _is_plain(argument)]
            return found[0] if len(found) == 1 else None
        case Aggregate(labels=labels) if labels is not None and (label in labels) != expr.without:
            return _values(expr.expr, label)
        case Binary(op="and" | "unless"):
            return _values(expr.left, label)
        case _:
            return None


def _is_plain(expr: Expr) -> bool:
    """Is no series read here?"""
    return not any(isinstance(node, Selector) for node in walk(expr))
