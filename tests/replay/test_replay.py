"""Every later version replays what an earlier one has recorded."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest

from interpreter.values import Json, encode
from tests.replay.recording import FOLDER, RECORDER, Run, missing, read, recorded, scrubbed, texts, write
from tests.replay.witness import Diverged, holds, replay

MACHINE = re.compile(r"(?<![.\d])\d+@|(?<!\S)/\S*\.py\b|/(home|Users|work|tmp|private|usr)/")
"""A process at a host, a program by its path, a path of somebody's."""

each = pytest.mark.parametrize("path", recorded(), ids=lambda path: path.name.removesuffix(".json.gz"))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@each
@pytest.mark.anyio
async def test_a_recorded_sample_replays(path: Path) -> None:
    for run in read(path):
        await replay(run)


def test_every_sample_is_recorded() -> None:
    assert [*missing()] == [], "samples without a recorded history: run `make histories` and commit what it writes to tests/replay/"


@each
def test_a_recording_tells_nothing_of_the_machine_it_was_made_on(path: Path) -> None:
    for run in read(path):
        assert scrubbed(run.history) == run.history
        assert [text for text in texts(run.history) if MACHINE.search(text)] == []


def test_who_recorded_is_not_kept() -> None:
    queue = {"name": "4711@pc-of-ann:abc", "kind": "TASK_QUEUE_KIND_STICKY", "normalName": "q"}
    event = {"identity": "4711@pc-of-ann", "taskQueue": queue, "input": [{"identity": ""}]}
    assert scrubbed([event]) == [
        {"identity": RECORDER, "taskQueue": {**queue, "name": RECORDER}, "input": [{"identity": RECORDER}]},
    ]


def test_a_recording_is_never_written_over_and_always_the_same(tmp_path: Path) -> None:
    runs = [Run(part="p", id="i", history={"events": [{"eventId": "1"}]})]
    write(tmp_path / "a", runs)
    write(tmp_path / "b", runs)
    assert read(tmp_path / "a") == runs
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    with pytest.raises(FileExistsError):
        write(tmp_path / "a", runs)


def changed(member: str, change: Callable[[Json], Json]) -> Run:
    """A recorded run of the sample `call-http` in which the first event that has the member has another one."""
    run = deepcopy(read(FOLDER / "call-http.1.json.gz")[0])
    attributes = next(event[member] for event in run.history["events"] if member in event)
    change(attributes)
    return run


def payload(value: Json) -> Json:
    return {"metadata": {"encoding": base64.b64encode(b"json/plain").decode()}, "data": base64.b64encode(encode(value).encode()).decode()}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("member", "change", "told"),
    [
        ("workflowExecutionCompletedEventAttributes", lambda done: done["result"].update(payloads=[payload("else")]), "ended with"),
        ("activityTaskScheduledEventAttributes", lambda sent: sent["input"].update(payloads=[payload({"key": "k"})]), "was sent"),
        ("activityTaskScheduledEventAttributes", lambda sent: sent["activityType"].update(name="call.else"), "call-http, in one run"),
    ],
)
async def test_a_replay_that_diverges_is_noticed(member: str, change: Callable[[Json], Json], told: str) -> None:
    with pytest.raises(Diverged, match=told):
        await replay(changed(member, change))


@pytest.mark.parametrize(
    ("now", "was", "does"),
    [
        ({"a": 1, "b": [{"c": 2, "d": 3}]}, {"b": [{"c": 2}]}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ([1, 2], [1], False),
        (1.0, 1, False),
        (None, {}, False),
    ],
)
def test_what_says_as_much_as_before(now: Json, was: Json, does: bool) -> None:
    assert holds(now, was) is does
