"""What happens in a run, one line per task as it happens: notices (of the query `trace`) and history events as lines for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from interpreter.values import Json, encode

MARKS = {"started": "▶", "completed": "✓", "faulted": "✗", "cancelled": "⊘", "skipped": "○", "retried": "↻", "waiting": "‖"}
MARKS |= {"logged": "·", "terminated": "■", "timed out": "■"}
STYLES = {"logged": "bold", "faulted": "red", "retried": "yellow", "cancelled": "yellow", "skipped": "dim", "completed": "green"}
ENDS = {"completed", "faulted", "cancelled", "skipped"}
OWN = {"waiting", "retried", "logged"}
"""Kinds with a line of their own, which also says that the task has started."""
SHOWN = 200


def told(notices: Iterable[Json]) -> Iterator[tuple[str, str]]:
    """Lines with their style. A task that starts and ends among these notices gets one line, one that goes on gets it when it starts."""
    batch = [notice for notice in notices if notice["reference"]]
    later = [(_task(notice), notice["kind"]) for notice in batch]
    for at, notice in enumerate(batch):
        if notice["kind"] == "started" and any(task == _task(notice) and kind in ENDS | OWN for task, kind in later[at + 1 :]):
            continue
        yield line(notice), STYLES.get(notice["kind"], "")


def line(notice: Json) -> str:
    """One notice on one line: when, what, which task, of what kind, and what there is to say."""
    said = _said(notice)
    return f"{clock(notice['at'])}  {MARKS[notice['kind']]} {title(notice)}  {notice['task']}{'  ' if said else ''}{said}"


def title(notice: Json) -> str:
    """A task's name with the loop indices on the way to it: `fetch[3]`."""
    name: str = notice["name"]
    return name + "".join(f"[{index}]" for index in notice.get("index", ()))


def clock(at: int) -> str:
    """An instant (milliseconds) as the local time of day."""
    return f"{datetime.fromtimestamp(at / 1000).astimezone():%H:%M:%S}"


def moment(at: int) -> str:
    """An instant (milliseconds) with date and offset, to the second."""
    return datetime.fromtimestamp(at / 1000).astimezone().isoformat(sep=" ", timespec="seconds")


def of_problem(problem: Json) -> str:
    """A problem on one line: title, status, detail."""
    parts = [
        problem.get("title") or problem.get("type"),
        f"status {problem['status']}" if "status" in problem else None,
        problem.get("detail"),
    ]
    return " · ".join(str(part) for part in parts if part)


def short(value: Json) -> str:
    """A value as JSON on one line, cut where it is long."""
    text = encode(value)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def _task(notice: Json) -> tuple[str, tuple[int, ...]]:
    return notice["reference"], tuple(notice.get("index", ()))


def _said(notice: Json) -> str:
    match notice["kind"]:
        case "faulted":
            return of_problem(notice["error"])
        case "skipped" | "completed":
            return str(notice.get("why") or "")
        case "retried":
            return f"attempt {notice['attempt']} failed: {of_problem(notice['error'])}; next {_next(notice['next'])}"
        case "waiting":
            return _awaited(notice)
        case "logged":
            return f"{notice['level'].upper()} {notice['message']}"
    return ""


def _next(at: int | None) -> str:
    return "at once" if at is None else f"at {clock(at)}"


def _awaited(notice: Json) -> str:
    if notice.get("until") is not None:
        until = notice["until"]
        return f"until {clock(until) if isinstance(until, int) else until}"
    return f"for {notice['events']}" if notice.get("events") else ""
