from __future__ import annotations

import pytest

from tests.fakes import World
from tests.interpreter.documents import fault_of, flow


def ran(arguments: str, input=...):
    return World().run(flow(f"[note: {{call: 'log:1.0.0@default', with: {arguments}}}]"), input)


def logged(done):
    return [(notice.name, notice.reference, notice.data) for notice in done.notices if notice.kind == "logged"]


def test_a_line_is_told_and_the_data_go_past_it():
    done = ran("{message: 'order ${ .n } came'}", {"n": 7})
    assert done.output == {"n": 7}
    assert logged(done) == [("note", "/do/0/note", {"level": "info", "message": "order 7 came"})]
    assert done.started == []


@pytest.mark.parametrize(
    ("level", "meant"), [("debug", "debug"), ("information", "info"), ("Warn", "warning"), ("ERROR", "error"), ("fatal", "critical")]
)
def test_levels_have_the_names_people_use(level: str, meant: str):
    assert logged(ran(f"{{message: x, level: {level}}}"))[0][2]["level"] == meant


def test_what_is_no_text_is_told_as_json():
    assert logged(ran("{message: '${ . }'}", {"n": [1, None]}))[0][2]["message"] == '{"n":[1,null]}'


@pytest.mark.parametrize("arguments", ["{}", "{message: x, level: loud}", "{message: x, level: 3}", "{message: x, to: me}"])
def test_what_makes_no_sense_is_an_error(arguments: str):
    assert fault_of(ran(arguments)) == ("validation", 400, "/do/0/note")
