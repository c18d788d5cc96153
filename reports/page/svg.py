"""Plots as SVG that a strict page may hold: no script, no style, no link, colours that follow light and dark.

A plot is drawn in the marker colours of `COLOURS`; here each becomes a class, which the style sheet of the page colours
for both schemes (`fill-accent`, `stroke-grid`).
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from markupsafe import Markup

COLOURS: dict[str, str] = {
    "ink": "#010101",
    "muted": "#020202",
    "grid": "#030303",
    "accent": "#040404",
    "series-1": "#050501",
    "series-2": "#050502",
    "series-3": "#050503",
    "series-4": "#050504",
    "series-5": "#050505",
    "series-6": "#050506",
    "series-7": "#050507",
    "series-8": "#050508",
}
_NAMES = {colour: name for name, colour in COLOURS.items()}
_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset({"svg", "g", "path", "line", "rect", "circle", "text", "tspan"})
_GEOMETRY = {"x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "d", "cx", "cy", "r", "width", "height", "viewBox"}
_STROKES = {"stroke-width", "stroke-dasharray", "opacity", "fill-opacity", "stroke-opacity"}
_ATTRIBUTES = _GEOMETRY | _STROKES | {"transform", "font-size", "font-weight", "text-anchor"}


def draw(chart: Any, label: str) -> Markup:
    """An altair chart as inline SVG with the accessible name `label`. Uses no network and starts no browser."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(themed(chart).to_dict())
    return clean(drawn, label)


def themed(chart: Any) -> Any:
    """The chart with its axes and texts in the marker colours, on the page's own ground."""
    axis = {
        "domainColor": COLOURS["muted"],
        "tickColor": COLOURS["muted"],
        "gridColor": COLOURS["grid"],
        "labelColor": COLOURS["muted"],
        "titleColor": COLOURS["ink"],
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "titleFontSize": 12,
    }
    return chart.configure(background="transparent", axis=axis, view={"stroke": None}, text={"fontSize": 12})


def clean(svg: str, label: str) -> Markup:
    """The SVG cut down to shapes, texts and geometry, as one picture with the name `label`.

    Raises `ElementTree.ParseError` for what is no XML.
    """
    drawn = ElementTree.fromstring(svg)  # noqa: S314 - what altair wrote
    root = _copied(drawn)
    if root is None:
        raise ElementTree.ParseError("the plot's root is no <svg>")
    root.set("role", "img")
    root.set("aria-label", label)
    root.set("class", "plot")
    return Markup(ElementTree.tostring(root, encoding="unicode", short_empty_elements=False))  # noqa: S704


def _copied(element: ElementTree.Element) -> ElementTree.Element | None:
    """A copy with nothing but what is listed above; None for an element that is not, or that shows nothing."""
    name = element.tag.removeprefix(_SVG)
    if name not in _ELEMENTS or element.get("display") == "none" or element.get("opacity") == "0":
        return None
    copy = ElementTree.Element(name, {key: value for key, value in element.items() if key in _ATTRIBUTES})
    classes = [f"{paint}-{_paint(value)}" for paint in ("fill", "stroke") if (value := element.get(paint))]
    if classes:
        copy.set("class", " ".join(classes))
    copy.text, copy.tail = element.text, element.tail
    copy.extend(child for child in map(_copied, element) if child is not None)
    return copy


def _paint(value: str) -> str:
    """The class of a colour; whatever is not of the table is drawn in ink, so that nothing vanishes in the dark."""
    return "none" if value in ("none", "transparent") else _NAMES.get(value.lower(), "ink")
