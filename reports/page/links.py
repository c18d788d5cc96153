"""Addresses within the page: what stands behind a number, as the script reads it."""

from __future__ import annotations

from urllib.parse import quote

from reports.page.visible import visible


def to_list(entry: int | None = None, /, **filters: str) -> str:
    """The samples of an entry (counted from 1; None: of all), narrowed by `rule`, `constraint`, `area`, `case` or
    `ships="no"`."""
    parts = [f"list={entry or 'all'}", *(f"{name}={_quoted(value)}" for name, value in filters.items())]
    return "#" + "&".join(parts)


def to_pair(first: int, second: int, measure: str) -> str:
    """The cases in which two entries differ; `measure` as a `Difference` names it."""
    kind, _, name = measure.partition(" ")
    return f"#pair={first}/{second}" + (
        f"&{kind}={_quoted(name)}" if kind in ("constraint", "area") and name else ""
    )


def to_case(case: str) -> str:
    """One case: what each model kept of its rules."""
    return f"#case={_quoted(case)}"


def to_sample(entry: int, sample: str, rule: str | None = None) -> str:
    """One answer with its findings, at the first one of `rule`."""
    return f"#sample={entry}/{_quoted(sample)}" + (f"&rule={_quoted(rule)}" if rule else "")


def _quoted(text: str) -> str:
    return quote(visible(text), safe="/")
