"""Recordings: what is kept of the runs of a sample, and where."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from interpreter.defaults import SEMANTICS
from interpreter.values import Json
from tests.conformance.case import Case
from tests.samples.sample import samples

FOLDER = Path(__file__).parent
RECORDER = "recorder"
"""Who did it, in every event: worker and client are named after process and machine by the SDK."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One recorded run: `part` says of which case, and whether it is of the chain that continues whenever it can."""

    part: str
    id: str
    history: Json


def recorded() -> list[Path]:
    """All recordings, of every `semantics` there has been."""
    return sorted(FOLDER.glob("*.json.gz"))


def recording_of(sample: str) -> Path:
    """Where the runs of a sample are kept, as the language is read today."""
    return FOLDER / f"{sample}.{SEMANTICS}.json.gz"


def missing() -> dict[str, list[Case]]:
    """What is still to be recorded: by sample, the cases that run on a real server."""
    wanted: dict[str, list[Case]] = {}
    for case in samples():
        if not case.needs_virtual_time and not case.runs_nowhere:
            wanted.setdefault(case.name.partition(":")[0], []).append(case)
    return {sample: cases for sample, cases in wanted.items() if not recording_of(sample).exists()}


def read(path: Path) -> list[Run]:
    """The runs of a recording, in the order in which they began."""
    return [Run(**run) for run in json.loads(gzip.decompress(path.read_bytes()))]


def write(path: Path, runs: list[Run]) -> None:
    """Keep runs; the same ones give the same bytes. `FileExistsError` where there is a recording: it must replay for ever."""
    kept = [{"part": run.part, "id": run.id, "history": scrubbed(run.history)} for run in runs]
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    with path.open("xb") as file:
        file.write(gzip.compress(text.encode(), mtime=0))


def scrubbed(value: Json) -> Json:
    """A history without the names of processes and machines: identities, and the queues of workers that remember runs."""
    if isinstance(value, list):
        return [scrubbed(item) for item in value]
    if not isinstance(value, dict):
        return value
    sticky = {"name": RECORDER} if value.get("kind") == "TASK_QUEUE_KIND_STICKY" else {}
    identity = {"identity": RECORDER} if "identity" in value else {}
    return {**{name: scrubbed(item) for name, item in value.items()}, **sticky, **identity}


def texts(value: Json) -> Iterator[str]:
    """Every text in a history, that of payloads included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        if "metadata" in value and "data" in value:
            yield base64.b64decode(value["data"]).decode()
        for item in value.values():
            yield from texts(item)
