"""Every example of the specification, and every use case, ends as it must, by the command on a real server."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

from interpreter.faults import PREFIX, STATUS
from interpreter.values import Json, encode
from tests.counterparts import Received, dockerd, oidc_provider
from tests.examples.door import Door, Ended
from tests.examples.example import EXAMPLES, MISSING, USE_CASES, Example, examples

ALL = examples()
LACKING: dict[str, Callable[[], str | None]] = {
    "docker": dockerd.lacking,
    "oidc": oidc_provider.lacking,
    "node": lambda: None if shutil.which("node") else "there is no node here",
}
"""Why a counterpart is not to be had here; None where it is."""


def _marks(example: Example) -> list[Any]:
    found: list[Any] = [pytest.mark.server, pytest.mark.xdist_group("examples")]
    if example.counterpart not in {None, "node"}:
        found.append(pytest.mark.counterpart)
    lacks = LACKING.get(example.counterpart or "", lambda: None)() or (MISSING if example.path.parent == EXAMPLES else None)
    return [*found, pytest.mark.skip(reason=lacks)] if lacks else found


@pytest.mark.parametrize("example", [pytest.param(one, id=one.name, marks=_marks(one)) for one in ALL])
def test_an_example_ends_as_it_must(example: Example, door: Door, request: pytest.FixtureRequest) -> None:
    if example.counterpart == "docker":
        request.getfixturevalue("docker")
    ended = door.run(example)
    if not _ENDS & example.expect.keys():
        assert ended.code == 0, ended.told
    for demand, wanted in example.expect.items():
        DEMANDS[demand](wanted, ended)


@pytest.mark.skipif(MISSING is not None, reason=MISSING or "")
def test_every_example_is_in_the_table() -> None:
    there = {path.stem for path in EXAMPLES.glob("*.yaml")}
    assert len(there) == 66
    assert {one.path.stem for one in ALL if one.path.parent == EXAMPLES} == there


def test_every_use_case_is_in_the_table() -> None:
    there = {path.stem for path in USE_CASES.glob("*.yaml")}
    assert len(there) == 4
    assert {one.path.stem for one in ALL if one.path.parent == USE_CASES} == there


_ENDS = {"error", "error_is", "cancelled"}
"""Demands that say how a run ends; without one of them it has to complete."""


def _output(wanted: Json, ended: Ended) -> None:
    assert ended.output == wanted
    assert json.loads(encode(ended.output)) == wanted


def _output_like(wanted: Json, ended: Ended) -> None:
    assert _like(wanted, ended.output), ended.output


def _error(wanted: Json, ended: Ended) -> None:
    named = {**wanted, "type": PREFIX + wanted["type"]} if wanted.get("type") in STATUS else wanted
    assert _like(named, ended.problem), ended.problem


def _error_is(wanted: Json, ended: Ended) -> None:
    assert ended.problem == wanted


def _cancelled(_: Json, ended: Ended) -> None:
    assert ended.code == 6, (ended.code, ended.out, ended.told)


def _told(wanted: str, ended: Ended) -> None:
    assert wanted in ended.told


def _emitted(wanted: Json, ended: Ended) -> None:
    assert _like(wanted, ended.counterpart.events), ended.counterpart.events


def _asked(wanted: Json, ended: Ended) -> None:
    named = [{"request": one} if isinstance(one, str) else one for one in wanted]
    found = ended.counterpart.received
    assert [one["request"] for one in named] == [f"{one.method} {one.path}" for one in found]
    for one, received in zip(named, found, strict=True):
        assert _like(one, _said(received)), received


def _heard(wanted: Json, ended: Ended) -> None:
    assert [one.json() for one in ended.counterpart.to("/heard")] == wanted


def _containers(wanted: Json, _: Ended) -> None:
    """What is left on the Docker of the test, and nothing else."""
    found = dockerd.client(os.environ["DOCKER_HOST"], "ps", "-a", "--format", "{{json .}}").splitlines()
    assert len(found) == len(wanted), found
    for one, line in zip(wanted, found, strict=True):
        assert all(value in json.loads(line)[name] for name, value in one.items()), line


def _said(received: Received) -> Json:
    """A request with what a table may say of it."""
    kind = received.headers.get("content-type", "")
    return {
        "request": f"{received.method} {received.path}",
        "query": dict(received.query),
        "headers": dict(received.headers),
        "body": received.json() if "json" in kind and received.body else received.body.decode(),
        "form": dict(parse_qsl(received.body.decode())) if "form" in kind else None,
    }


def _like(wanted: Json, found: Json) -> bool:
    """Whether a value has what is wanted of it: objects may have more members."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(name in found and _like(value, found[name]) for name, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and len(wanted) == len(found) and all(map(_like, wanted, found))
    return bool(wanted == found)


DEMANDS: dict[str, Callable[[Json, Ended], None]] = {
    "output": _output,
    "output_like": _output_like,
    "error": _error,
    "error_is": _error_is,
    "cancelled": _cancelled,
    "told": _told,
    "emitted": _emitted,
    "asked": _asked,
    "heard": _heard,
    "containers": _containers,
}
