from __future__ import annotations

import pytest

from tests.fakes import World
from tests.interpreter.documents import failing, fault_of, flow


def ran(arguments: str, answer=None, input=...):
    return World({"function.activity": answer}).run(flow(f"[a: {{call: 'activity:1.0.0@default', with: {arguments}}}]"), input)


def sent(arguments: str, input=...):
    return ran(arguments, input=input).started[0].arguments["with"]


def test_type_queue_arguments_and_times():
    arguments = """
      {type: Charge, queue: payments, arguments: ['${ .n }', {deep: ['${ .n }']}], attempts: 3,
       startToClose: PT10S, scheduleToClose: {minutes: 1}, scheduleToStart: '${ .short }', heartbeat: {seconds: 5}}
    """
    assert sent(arguments, {"n": 7, "short": "PT2S"}) == {
        "type": "Charge",
        "arguments": [7, {"deep": [7]}],
        "attempts": 3,
        "queue": "payments",
        "startToClose": 10_000,
        "scheduleToClose": 60_000,
        "scheduleToStart": 2_000,
        "heartbeat": 5_000,
    }


@pytest.mark.parametrize(
    ("arguments", "given"), [("", []), (", arguments: {n: 1}", [{"n": 1}]), (", arguments: x", ["x"]), (", arguments: []", [])]
)
def test_one_argument_needs_no_list(arguments: str, given: list):
    assert sent(f"{{type: Charge{arguments}}}")["arguments"] == given


def test_its_result_is_the_output_and_its_failure_an_error():
    assert ran("{type: Charge}", {"paid": True}).output == {"paid": True}
    assert fault_of(ran("{type: Charge}", failing("runtime", detail="no"))) == ("runtime", 500, "/do/0/a")


def test_this_product_s_own_activities_are_out_of_reach():
    for kind in ("call.http", "secrets.read", "resource.fetch", "workflow.attach"):
        assert fault_of(ran(f"{{type: {kind}}}")) == ("authorization", 403, "/do/0/a")


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ("{}", "validation"),
        ("{type: ''}", "validation"),
        ("{type: 5}", "validation"),
        ("{type: Charge, attempts: 0}", "validation"),
        ("{type: Charge, startToClose: soon}", "expression"),
        ("{type: Charge, taskQueue: x}", "validation"),
    ],
)
def test_what_makes_no_sense_is_an_error(arguments: str, kind: str):
    assert fault_of(ran(arguments)) == (kind, 400, "/do/0/a")
