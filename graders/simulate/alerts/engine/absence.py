"""absent and absent_over_time: one element where nothing is there."""

from __future__ import annotations

import numpy as np

from graders.prometheus.promql import Expr, Selector
from graders.simulate.alerts.engine.labels import canonical
from graders.simulate.alerts.engine.series import Truths
from graders.simulate.alerts.engine.vector import Vector


def absence(argument: Expr, where: Truths) -> Vector:
    """The element is there `where` (K,); it has the labels of which the selector says what they equal, each asked once."""
    labels: dict[str, str] = {}
    if isinstance(argument, Selector):
        asked = [matcher.label for matcher in argument.matchers]
        labels = {
            matcher.label: matcher.value
            for matcher in argument.matchers
            if matcher.op == "=" and asked.count(matcher.label) == 1
        }
    return Vector((canonical(labels),), np.ones((1, len(where))), where[None, :])
