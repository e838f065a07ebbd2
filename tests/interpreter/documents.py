"""How tests write documents, and what they ask of a run's end."""

from __future__ import annotations

from textwrap import dedent

import yaml

from interpreter.document.definition import Definition
from interpreter.document.load import define
from interpreter.faults import PREFIX, Fault, Problem, standard
from interpreter.values import Json
from tests.fakes import Ran

HEADER = {"dsl": "1.0.3", "namespace": "test", "name": "flow", "version": "1.0.0"}
CALL = {"call": "http", "with": {"method": "get", "endpoint": "https://example.com/things"}}
"""What a task written as the word `CALL` stands for."""


def flow(tasks: str, **root: Json) -> Definition:
    """A definition with its `do` as YAML text; a task `CALL` is an HTTP call, a root member given as text is YAML too."""
    members = {name: read(item) if isinstance(item, str) else item for name, item in root.items()}
    return define({"document": HEADER, **members, "do": read(tasks)})


def read(text: str) -> Json:
    """YAML text as JSON, `CALL` written out."""
    return _written_out(yaml.safe_load(dedent(text)))


def _written_out(value: Json) -> Json:
    if isinstance(value, dict):
        return {name: _written_out(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_written_out(item) for item in value]
    return CALL if value == "CALL" else value


def event(type: str, data: Json = None, *, id: str | None = None, source: str = "/tests", **more: Json) -> Json:
    """A CloudEvent; its id is made of its type and data unless given."""
    return {"specversion": "1.0", "id": id or f"{type}/{data}", "source": source, "type": type, "data": data, **more}


def failing(name: str, status: int | None = None, detail: str | None = None) -> Fault:
    """A standard fault, as an answer."""
    return Fault(standard(name, detail, status=status))


def custom(type: str, status: int = 500, **more: str) -> Fault:
    """A fault of a type of one's own, as an answer."""
    return Fault(Problem(type=type, status=status, **more))


def fault_of(ran: Ran) -> tuple[str, int, str]:
    """Bare type, status and instance of the error that ended a run."""
    assert not ran.completed, f"the run completed with {ran.output!r}"
    return ran.problem["type"].removeprefix(PREFIX), ran.problem["status"], ran.problem["instance"]
