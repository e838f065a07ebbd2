from __future__ import annotations

import pytest

from cli.cloudevents import built, checked
from cli.exits import Stop
from interpreter.state import is_event

GOOD = {"specversion": "1.0", "id": "1", "source": "s", "type": "t"}


def test_a_built_event_is_one_that_runs_take() -> None:
    event = built("com.example.x", "https://me.example", {"a": 1}, None)

    assert is_event(event)
    assert event["data"] == {"a": 1}
    assert event["datacontenttype"] == "application/json"
    assert event["time"].endswith("Z")


def test_each_event_has_an_id_of_its_own_unless_one_is_given() -> None:
    assert built("t", "s", None, None)["id"] != built("t", "s", None, None)["id"]
    assert built("t", "s", None, "7")["id"] == "7"


def test_no_data_is_no_member() -> None:
    assert "data" not in built("t", "s", None, None)


def test_a_list_is_checked_one_by_one() -> None:
    assert checked([GOOD, GOOD]) == [GOOD, GOOD]
    with pytest.raises(Stop, match="event 2: 'id' must be a text that is not empty"):
        checked([GOOD, GOOD | {"id": ""}])


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ([], "the list is empty"),
        (1, "expected an object with specversion, id, source and type, found number"),
        (GOOD | {"specversion": 1.0}, "'specversion' must be the text '1.0'"),
        (GOOD | {"type": 3}, "'type' must be a text that is not empty"),
        (GOOD | {"myExt": "x"}, "'myExt' is no attribute's name: lower case letters and digits"),
        (GOOD | {"ext": {"a": 1}}, "the attribute 'ext' must be a text, a whole number or a boolean, found object"),
        (GOOD | {"data": 1, "data_base64": "eA=="}, "either 'data' or 'data_base64'"),
        (GOOD | {"data": "x" * 300_000}, "are more than the 256,000 that a run takes"),
    ],
)
def test_what_is_no_event(event: object, message: str) -> None:
    with pytest.raises(Stop) as stopped:
        checked(event)
    assert message in stopped.value.message
