"""The rows with an aim as a picture: a bar for each, how far it is along the way to its aim, on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log2
from xml.sax.saxutils import escape

from benchmarks.measures import Row

WIDTH, LEFT, LINE, TOP = 900, 330, 20, 50
SPAN = 3
"""Powers of two on either side of the aim; what is beyond is cut."""
MET, MISSED = "#2a9d8f", "#e76f51"


def svg(rows: Sequence[Row]) -> str:
    """An SVG document."""
    shown = [row for row in rows if row.aim is not None]
    height = TOP + LINE * len(shown) + 10
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">',
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
            *_axis(height),
            *(line for at, row in enumerate(shown) for line in _bar(row, TOP + LINE * at)),
            "</svg>\n",
        ]
    )


def _axis(height: int) -> Iterator[str]:
    yield f'<text x="{_x(0)}" y="18" text-anchor="middle" font-weight="bold">aim</text>'
    for power in range(-SPAN, SPAN + 1):
        text = "= aim" if power == 0 else f"{2 ** abs(power)} times {'better' if power > 0 else 'worse'}"
        yield f'<text x="{_x(power)}" y="36" text-anchor="middle" fill="#666">{text}</text>'
        yield f'<line x1="{_x(power)}" x2="{_x(power)}" y1="42" y2="{height}" stroke="{"#333" if power == 0 else "#ddd"}"/>'


def _bar(row: Row, y: int) -> Iterator[str]:
    power = max(-SPAN, min(SPAN, _better(row)))
    begin, end = sorted((_x(0), _x(power)))
    label = escape(f"{row.case}: {row.measure}")
    yield f'<text x="{LEFT - 10}" y="{y + 14}" text-anchor="end">{label}</text>'
    yield f'<rect x="{begin:.1f}" y="{y + 4}" width="{max(1.0, end - begin):.1f}" height="{LINE - 7}" fill="{MET if row.met else MISSED}"/>'


def _better(row: Row) -> float:
    """How many powers of two a row is better than its aim; negative where it is worse."""
    if row.aim is None or row.compared <= 0 or row.aim.value <= 0:
        return 0.0 if row.met else -SPAN
    power = log2(row.compared / row.aim.value)
    return power if row.aim.way == "at least" else -power


def _x(power: float) -> float:
    return LEFT + (power + SPAN) * (WIDTH - LEFT - 40) / (2 * SPAN) + 10
