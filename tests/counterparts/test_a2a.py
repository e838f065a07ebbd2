"""`call: a2a` against an agent that is made with `a2a-sdk`, in version 1.0 alone and with 0.3 beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from interpreter.effects import CALL_A2A
from tests.activities.performing import arguments, environment, perform, performed, problem
from tests.counterparts.serving import Serving, module
from tests.counterparts.tokens import A2A
from tests.settings import Settings

pytestmark = [pytest.mark.counterpart, pytest.mark.timeout(180)]


@pytest.fixture(scope="module", params=["new", "both"])
def agent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    pytest.importorskip("a2a", reason="install the dependency group 'counterparts'")
    with Serving(lambda port, _: module("a2a_agent", str(port), request.param), tmp_path_factory.mktemp("a2a")) as running:
        yield running


@pytest.fixture(params=["card", "server"])
def reach(request: pytest.FixtureRequest, agent: Serving) -> dict[str, Any]:
    """How a call's arguments say where the agent is."""
    origin = f"http://127.0.0.1:{agent.port}"
    if request.param == "card":
        return {"document": {"uri": f"{origin}/.well-known/agent-card.json"}}
    return {"uri": f"{origin}/a2a"}


def saying(text: str, **more: Any) -> dict[str, Any]:
    return {"message": {"parts": [{"kind": "text", "text": text}], **more}}


def call(reach: dict[str, Any], method: str, parameters: Any = None) -> Any:
    sent = {} if parameters is None else {"parameters": parameters}
    return perform(CALL_A2A, arguments({"method": method, **sent, **reach}))


def trouble(
    reach: dict[str, Any], method: str, parameters: Any = None, settings: Settings | None = None, **more: Any
) -> tuple[str, int, str]:
    sent = {} if parameters is None else {"parameters": parameters}
    found = problem(CALL_A2A, arguments({"method": method, **sent, **reach}, **more), settings)
    return found["type"].rpartition("/")[2], found["status"], found["detail"]


def task_of(result: Any) -> Any:
    """The task in a result of either version."""
    return result.get("task", result)


def test_a_message_becomes_a_task_that_can_be_looked_up(reach):
    task = task_of(call(reach, "message/send", saying("hello")))
    assert task["artifacts"][0]["parts"][0]["text"] == "HELLO"
    assert task_of(call(reach, "tasks/get", {"id": task["id"]}))["id"] == task["id"]


def test_a_file_and_data_are_sent_in_the_form_of_the_version(reach):
    parts = [
        {"kind": "text", "text": "look"},
        {"kind": "file", "file": {"bytes": "AA==", "mimeType": "text/plain", "name": "x"}},
        {"kind": "data", "data": {"n": 1}},
    ]
    history = task_of(call(reach, "message/send", {"message": {"parts": parts}}))["history"]
    assert len(history[0]["parts"]) == 3


def test_a_stream_tells_everything_that_happens_in_order(reach):
    results = call(reach, "message/stream", saying("hello"))
    assert "HELLO" in str(results)
    assert "COMPLETED" in str(results[-1]).upper()
    assert len(results) >= 3


def test_what_the_agent_does_not_have_is_a_runtime_error(reach):
    kind, status, detail = trouble(reach, "tasks/get", {"id": "no-such-task"})
    assert (kind, status) == ("runtime", 500)
    assert "-32001" in detail
    assert trouble(reach, "message/send", {"message": {"parts": "none"}})[0] == "runtime"


def test_a_task_that_is_under_way_is_listed_watched_and_cancelled(reach):
    begun = task_of(call(reach, "message/send", {**saying("slowly"), "configuration": {"blocking": False}}))

    async def watched():
        watching = asyncio.create_task(
            performed(
                CALL_A2A,
                arguments({"method": "tasks/resubscribe", "parameters": {"id": begun["id"]}, **reach}),
                env=environment(activity_type=CALL_A2A),
            )
        )
        done, _ = await asyncio.wait({watching}, timeout=1)
        assert not done
        given = {"method": "tasks/cancel", "parameters": {"id": begun["id"]}, **reach}
        cancelled = await performed(CALL_A2A, arguments(given), env=environment(activity_type=CALL_A2A))
        return task_of(cancelled), await watching

    cancelled, seen = asyncio.run(watched())
    assert "CANCELED" in str(cancelled["status"]).upper()
    assert "CANCELED" in str(seen[-1]).upper()
    if "document" in reach:
        assert begun["id"] in {task["id"] for task in call(reach, "tasks/list", {"pageSize": 100})["tasks"]}


def test_where_the_agent_tells_of_a_task(reach):
    task = task_of(call(reach, "message/send", saying("hello")))
    config = {"id": "c-1", "url": "https://example.com/told", "authentication": {"schemes": ["Bearer"], "credentials": "x"}}
    call(reach, "tasks/pushNotificationConfig/set", {"taskId": task["id"], "pushNotificationConfig": config})
    one = {"id": task["id"], "pushNotificationConfigId": "c-1"}
    assert "https://example.com/told" in str(call(reach, "tasks/pushNotificationConfig/get", one))
    assert "https://example.com/told" in str(call(reach, "tasks/pushNotificationConfig/list", {"id": task["id"]}))
    call(reach, "tasks/pushNotificationConfig/delete", one)
    assert "https://example.com/told" not in str(call(reach, "tasks/pushNotificationConfig/list", {"id": task["id"]}))


def test_an_agent_that_is_slow(reach):
    assert trouble(reach, "message/send", saying("slowly"), timeout=2_000)[:2] == ("communication", 504)


def test_credentials_that_are_right_or_wrong(agent):
    guarded = {"uri": f"http://127.0.0.1:{agent.port}/guarded"}
    right = {**guarded, "authentication": {"bearer": {"token": A2A}}}
    assert task_of(call(right, "message/send", saying("hello")))["artifacts"]
    settings = Settings(environment={"SWTEMPORAL_SECRET_T": '{"token": "hush-hush"}'})
    wrong = {**guarded, "authentication": {"bearer": {"use": "t"}}}
    kind, status, detail = trouble(wrong, "message/send", saying("hello"), settings, secrets=["t"])
    assert (kind, status) == ("communication", 401)
    assert "hush-hush" not in detail


def test_an_agent_that_is_killed_meanwhile_and_comes_again(agent):
    reach = {"uri": f"http://127.0.0.1:{agent.port}/a2a"}

    async def killed():
        given = arguments({"method": "message/send", "parameters": saying("slowly"), **reach})
        running = asyncio.create_task(performed(CALL_A2A, given, env=environment(activity_type=CALL_A2A)))
        done, _ = await asyncio.wait({running}, timeout=2)
        assert not done
        await asyncio.to_thread(agent.kill)
        with pytest.raises(Exception, match="communication"):
            await running

    asyncio.run(killed())
    assert trouble(reach, "message/send", saying("hello"))[:2] == ("communication", 500)
    agent.start()
    assert task_of(call(reach, "message/send", saying("hello")))["artifacts"]
