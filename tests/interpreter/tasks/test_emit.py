from __future__ import annotations

import uuid

import pytest

from tests.fakes import After, World
from tests.interpreter.documents import failing, fault_of, flow

EMIT = "[a: {emit: {event: {with: {source: 'https://shop', type: com.shop.paid, data: {n: '${ .n }'}}}}}]"


def test_the_output_is_the_event_that_was_sent_with_what_was_missing():
    ran = World().run(flow(EMIT), {"n": 3})
    sent = ran.started[0].arguments["with"]["event"]
    assert ran.output == sent
    assert str(uuid.UUID(sent["id"])) == sent["id"]
    assert {name: value for name, value in sent.items() if name != "id"} == {
        "specversion": "1.0",
        "source": "https://shop",
        "type": "com.shop.paid",
        "time": "2026-01-01T00:00:00.000Z",
        "datacontenttype": "application/json",
        "data": {"n": 3},
    }


def test_attributes_that_are_given_are_kept_and_extensions_pass():
    given = "{id: '${ .id }', source: 'https://s', type: t, time: '2020-01-01T00:00:00Z', subject: s, datacontenttype: text/plain, data: hello, room: '${ .n }'}"
    ran = World().run(flow(f"[a: {{emit: {{event: {{with: {given}}}}}}}]"), {"id": "x-1", "n": 7})
    assert ran.output == {
        "specversion": "1.0",
        "id": "x-1",
        "source": "https://s",
        "type": "t",
        "time": "2020-01-01T00:00:00Z",
        "subject": "s",
        "datacontenttype": "text/plain",
        "data": "hello",
        "room": 7,
    }


def test_without_data_nothing_is_said_about_its_type():
    ran = World().run(flow("[a: {emit: {event: {with: {source: 'https://s', type: t}}}}]"))
    assert ran.output.keys() == {"specversion", "id", "source", "type", "time"}


@pytest.mark.parametrize("data", [0, False, "", [], {}])
def test_data_that_is_falsy_is_data(data):
    ran = World().run(flow("[a: {emit: {event: {with: {source: 'https://s', type: t, data: '${ .v }'}}}}]"), {"v": data})
    assert ran.output["data"] == data


def test_id_and_time_are_made_once_however_long_the_sending_takes():
    ran = World({"a": After(60_000, {"sent": True})}).run(flow(f"[f: {{fork: {{branches: {EMIT}}}}}, w: {{wait: PT1S}}]"), {"n": 1})
    assert [one.arguments["with"]["event"]["time"] for one in ran.started] == ["2026-01-01T00:00:00.000Z"]


def test_emissions_of_different_visits_have_different_ids_and_of_different_attempts_the_same():
    loop = World().run(flow(f"[l: {{for: {{in: '[1, 2]'}}, do: {EMIT}}}]"), {"n": 1})
    assert len({one.arguments["with"]["event"]["id"] for one in loop.started}) == 2
    text = f"[t: {{try: {EMIT}, catch: {{retry: {{limit: {{attempt: {{count: 1}}}}}}}}}}]"
    again = World({"a": [failing("communication"), {"ok": True}]}).run(flow(text), {"n": 1})
    assert len(again.started) == 2
    assert len({one.arguments["with"]["event"]["id"] for one in again.started}) == 1


@pytest.mark.parametrize("attribute", ["id", "source", "type", "time", "subject", "datacontenttype", "dataschema"])
def test_an_attribute_that_is_no_text_is_an_expression_error(attribute):
    attributes = {"source": "https://s", "type": "t"} | {attribute: "${ .v }"}
    ran = World().run(flow(f"[a: {{emit: {{event: {{with: {attributes}}}}}}}]"), {"v": 5})
    assert fault_of(ran) == ("expression", 400, "/do/0/a")
    assert ran.started == []


def test_which_of_several_wrong_attributes_is_named_is_the_first_in_the_order_of_the_standard():
    wrong = (
        "{source: 'https://s', type: t, subject: '${ 1 }', time: '${ 2 }', id: '${ 3 }', dataschema: '${ 4 }', datacontenttype: '${ 5 }'}"
    )
    ran = World().run(flow(f"[a: {{emit: {{event: {{with: {wrong}}}}}}}]"))
    assert "'id'" in ran.problem["detail"]


def test_a_sink_that_fails_fails_the_task():
    assert fault_of(World({"a": failing("communication", 503)}).run(flow(EMIT), {"n": 1})) == ("communication", 503, "/do/0/a")


def test_an_event_whose_type_turns_out_to_be_null_is_none():
    ran = World().run(flow("[a: {emit: {event: {with: {source: 'https://s', type: '${ .kind }'}}}}]"), {})
    assert fault_of(ran) == ("expression", 400, "/do/0/a")
    assert "'type'" in ran.problem["detail"]
