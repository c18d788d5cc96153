"""Everything that calls a model: one `Model` for hosted APIs, local servers and recordings alike.

`litellm` is imported by `Model.open` and by nothing earlier, so commands that call no model stay quick.
"""

from __future__ import annotations

from harness.models.budget import Budget, BudgetSpent
from harness.models.model import Model
from harness.models.recordings import RecordedReply, Recording
from harness.models.reply import Reply, Status
from harness.models.settings import Settings, Unreachable

__all__ = [
    "Budget",
    "BudgetSpent",
    "Model",
    "RecordedReply",
    "Recording",
    "Reply",
    "Settings",
    "Status",
    "Unreachable",
]
