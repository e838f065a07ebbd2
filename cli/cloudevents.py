"""CloudEvents from the command line, checked before they are sent: a run only counts what is none.

Spec: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#context-attributes
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

from cli.exits import refuse
from interpreter.defaults import Limits
from interpreter.state import REQUIRED_ATTRIBUTES
from interpreter.values import Json, kind_of, size

_NAME = re.compile(r"[a-z0-9_]+")
_DATA = ("data", "data_base64")


def built(type: str, source: str, data: Json, id: str | None) -> Json:
    """An event of now; without an id it gets one of its own."""
    event = {
        "specversion": "1.0",
        "id": id or str(uuid.uuid4()),
        "source": source,
        "type": type,
        "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    return checked(event if data is None else event | {"datacontenttype": "application/json", "data": data})


def checked(given: Json) -> Json:
    """The event or list of events itself; ends with a usage error that says what is wrong with it."""
    if isinstance(given, list):
        if not given:
            refuse("the event: the list is empty")
        for at, event in enumerate(given):
            _check(event, f"event {at + 1}")
    else:
        _check(given, "the event")
    return given


def _check(event: Json, what: str) -> None:
    if not isinstance(event, dict):
        refuse(f"{what}: expected an object with specversion, id, source and type, found {kind_of(event)}")
    if event.get("specversion") != "1.0":
        refuse(f"{what}: 'specversion' must be the text '1.0'")
    for name in REQUIRED_ATTRIBUTES:
        if not isinstance(event.get(name), str) or not event[name]:
            refuse(f"{what}: '{name}' must be a text that is not empty")
    for name, value in event.items():
        if not _NAME.fullmatch(name):
            refuse(f"{what}: '{name}' is no attribute's name: lower case letters and digits")
        if name not in _DATA and not isinstance(value, str | int | bool):
            refuse(f"{what}: the attribute '{name}' must be a text, a whole number or a boolean, found {kind_of(value)}")
    if all(name in event for name in _DATA):
        refuse(f"{what}: either 'data' or 'data_base64'")
    if size(event) > Limits().inbox_bytes:
        refuse(f"{what}: {size(event):,} bytes are more than the {Limits().inbox_bytes:,} that a run takes")
