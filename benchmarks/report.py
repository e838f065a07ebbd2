"""Rows as text: lines for who waits, a table and profiles for `RESULTS.md`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from benchmarks.measures import Measured, Row

HEAD = ("case", "measure", "interpreter", "compared with", "", "ratio", "aim", "")


def line(row: Row) -> str:
    """A row on one line."""
    compared = f"{_number(row.beside)} {row.against}" if row.beside is not None else ""
    return (
        f"{row.case:32} {row.measure:24} {_number(row.figure):>9} {row.unit:8} {compared:22} {_ratio(row):>7} {_aim(row):>8} {_said(row)}"
    )


def markdown(measured: Sequence[Measured], machine: Sequence[str]) -> str:
    """The whole of `RESULTS.md`."""
    rows = [row for one in measured for row in one.rows]
    return "\n".join([*_introduction(machine), *_table(rows), "", *_profiles(measured)]).strip() + "\n"


def _introduction(machine: Sequence[str]) -> Iterator[str]:
    yield "# What it costs"
    yield ""
    yield (
        "Written by `make bench`. Every document stands beside a hand-written Temporal workflow that does the same in plain Python "
        "(`handwritten.py`): one server, the same worker settings, the two sides in turns; medians over the rounds, ratios pair by pair."
    )
    yield ""
    yield from (f"- {part}" for part in machine)
    yield ""
    yield "![Ratios and aims](results.svg)"
    yield ""


def _table(rows: Iterable[Row]) -> Iterator[str]:
    yield f"| {' | '.join(HEAD)} |"
    yield f"|{'---|' * len(HEAD)}"
    for row in rows:
        beside = ("", "") if row.beside is None else (f"{_number(row.beside)} {row.unit}", row.against)
        cells = (row.case, row.measure, f"{_number(row.figure)} {row.unit}", *beside, _ratio(row), _aim(row), _said(row))
        yield f"| {' | '.join(cells)} |"


def _profiles(measured: Iterable[Measured]) -> Iterator[str]:
    missed = [one for one in measured if one.missed and (one.profile or one.remark)]
    if missed:
        yield "## Where aims are missed"
        yield ""
        yield "What the interpreter's worker did meanwhile, by samples of its Python threads (what Temporal's Rust core does is not seen)."
    for one in missed:
        yield ""
        yield f"### {one.rows[0].case}"
        yield from filter(None, (one.remark, one.profile and f"```\n{one.profile}\n```"))


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004


def _ratio(row: Row) -> str:
    return "" if row.beside is None else f"{row.compared:.2f}"


def _aim(row: Row) -> str:
    if row.aim is None:
        return ""
    return f"{'≥' if row.aim.way == 'at least' else '≤'} {row.aim.value:g}"


def _said(row: Row) -> str:
    return {None: "", True: "met", False: "**missed**"}[row.met]
