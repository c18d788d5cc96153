"""The HTML report of a comparison: one file, no network, from each number to the evidence (docs/report.md)."""

from reports.page.history import History
from reports.page.page import write_page

__all__ = ["History", "write_page"]
