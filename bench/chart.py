"""The chart of docs/performance.md: requests per second of each server and query, on a logarithmic scale."""

from math import log10
from xml.sax.saxutils import escape

from bench.report import Medians

WIDTH, LEFT, BAR, GAP, TITLE = 760, 150, 13, 18, 34
COLOURS = {
    "reference": "#b8b8b8",
    "f": "#7f9bb3",
    "g": "#c9b458",
    "T3": "#8cc6a4",
    "T2": "#3f9e6c",
    "T1": "#136b43",
}
NAMES = {
    "reference": "reference",
    "f": "(f) one statement",
    "g": "(g) ready bytes",
    "T3": "T3 caches off",
    "T2": "T2 epoch warm",
    "T1": "T1 kept answer",
}


def chart(title: str, medians: Medians) -> str:
    """An SVG picture."""
    queries = list(next(iter(medians.values())))
    most = max(m.rps for found in medians.values() for m in found.values())
    parts, y = [_text(10, 20, title, "bold")], TITLE
    for query in queries:
        for name in COLOURS:
            rps = medians[name][query].rps
            width = (WIDTH - LEFT - 70) * max(0.0, log10(rps)) / log10(most)
            parts += [
                _text(LEFT - 6, y + 10, f"{query} {NAMES[name]}", "normal", "end"),
                f'<rect x="{LEFT}" y="{y}" width="{width:.0f}" height="{BAR - 2}" fill="{COLOURS[name]}"/>',
                _text(LEFT + width + 4, y + 10, f"{rps:,.0f}/s", "normal"),
            ]
            y += BAR
        y += GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" font-family="sans-serif" font-size="10">'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{y}" fill="#fff"/>', *parts, "</svg>"]) + "\n"


def _text(x: float, y: float, text: str, weight: str, anchor: str = "start") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" font-weight="{weight}" text-anchor="{anchor}">{escape(text)}</text>'
