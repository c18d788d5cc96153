"""The plot as a file of its own: the colours of the page, for light and dark, inside the SVG."""

from __future__ import annotations

from reports.page.svg import clean

# Rules instead of variables: some viewers of SVG know no `var()`. The values are those of `reports/page/style/page.css`.
_LIGHT = {"ground": "#ffffff", "ink": "#1c2126", "muted": "#56606b", "grid": "#d9dee3", "accent": "#0a58a6"}
_DARK = {"ground": "#14181c", "ink": "#e4e7ea", "muted": "#9fa9b4", "grid": "#2e353d", "accent": "#79b8ff"}


def standalone(svg: str, label: str) -> str:
    """The plot of `reports.trend.chart.draw` with the accessible name `label`: no script, no link, no font of its own."""
    drawn = str(clean(svg, label))
    head, _, rest = drawn.partition(">")
    style = (
        "text{font-family:system-ui,sans-serif}.fill-none{fill:none}.stroke-none{stroke:none}"
        f"{_rules(_LIGHT)}@media(prefers-color-scheme:dark){{{_rules(_DARK)}}}"
    )
    return (
        f'{head} xmlns="http://www.w3.org/2000/svg"><style>{style}</style>'
        f'<rect class="fill-ground" width="100%" height="100%"></rect>{rest}\n'
    )


def _rules(colours: dict[str, str]) -> str:
    return "".join(
        f".{paint}-{name}{{{paint}:{colour}}}"
        for name, colour in colours.items()
        for paint in ("fill", "stroke")
    )
