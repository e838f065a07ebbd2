from __future__ import annotations

import json
from typing import Any

from activities.redact import PLACEHOLDER
from interpreter.effects import CALL_ASYNCAPI
from tests.activities.asyncapi.working import Run, described, payloads, run, trouble, working
from tests.counterparts import Counterpart, Received, Reply
from tests.settings import Settings


def subscription(counterpart: Counterpart, path: str = "room", **with_: Any) -> Run:
    return Run(described({"host": counterpart.origin.removeprefix("http://"), "protocol": "http"}, path), **with_)


def test_a_message_is_a_request_with_its_headers_and_its_key(counterpart: Counterpart) -> None:
    counterpart.replies["/room"] = Reply(202)

    async def story() -> None:
        async with working() as worker:
            await subscription(counterpart).publish(worker, {"n": 1}, headers={"X-Kind": "a", "X-Count": 2})

    run(story())
    (received,) = counterpart.received
    assert (received.method, received.json(), received.key) == ("POST", {"n": 1}, "key-1-sent-0")
    assert (received.headers["x-kind"], received.headers["x-count"], received.headers["content-type"]) == ("a", "2", "application/json")


def test_the_method_is_what_the_binding_says(counterpart: Counterpart) -> None:
    counterpart.replies["/room"] = Reply(204)
    document = described(
        {"host": counterpart.origin.removeprefix("http://"), "protocol": "http"},
        "room",
        operation={"bindings": {"http": {"method": "PUT"}}},
    )

    async def story() -> None:
        async with working() as worker:
            await Run(document).publish(worker, 1)

    run(story())
    assert counterpart.received[0].method == "PUT"


def test_an_answer_is_a_message_and_no_content_is_none(counterpart: Counterpart) -> None:
    answers = iter([Reply(204, headers={"Retry-After": "0"}), Reply.json({"n": 1}), Reply.json({"n": 2}), Reply(204)])
    counterpart.replies["/room"] = lambda _: next(answers)

    async def story() -> tuple[list[Any], list[Any]]:
        found = subscription(counterpart)
        async with working() as worker:
            return payloads(await found.gather(worker, 2)), await found.poll(worker, wait=0.05)

    assert run(story()) == ([{"n": 1}, {"n": 2}], [])


def test_what_has_not_changed_is_no_new_message_for_any_worker(counterpart: Counterpart) -> None:
    def versioned(received: Received) -> Reply:
        return Reply(304) if received.headers.get("if-none-match") == '"1"' else Reply.json({"n": 1}, ETag='"1"')

    counterpart.replies["/room"] = versioned

    async def story() -> list[list[Any]]:
        found = subscription(counterpart)
        async with working() as worker:
            first = await found.poll(worker)
        async with working() as worker:
            return [payloads(first), await found.poll(worker, wait=0.05)]

    assert run(story()) == [[{"n": 1}], []]


def test_a_server_that_waits_is_waited_for_until_the_poll_is_over(counterpart: Counterpart) -> None:
    async def story() -> list[Any]:
        async with working() as worker:
            return await subscription(counterpart, "slow/room").poll(worker, wait=0.1)

    assert run(story()) == []


def test_refusals_are_told_with_their_status(counterpart: Counterpart) -> None:
    async def story() -> list[dict[str, Any]]:
        found = subscription(counterpart, "status/503")
        wrong = subscription(counterpart, "bearer/right", authentication={"bearer": {"token": "wrong-token"}})
        async with working() as worker:
            return [await trouble(found.publish(worker, 1)), await trouble(found.poll(worker)), await trouble(wrong.poll(worker))]

    *busy, wrong = run(story())
    assert [(problem["type"], problem["status"]) for problem in busy] == [("communication", 503)] * 2
    assert wrong["status"] == 401
    assert "wrong-token" not in str(wrong)


def test_a_secret_goes_out_and_does_not_come_back(counterpart: Counterpart) -> None:
    counterpart.replies["/room"] = Reply(202)
    document = described({"host": counterpart.origin.removeprefix("http://"), "protocol": "http"}, "room")
    with_ = {
        "document": {"uri": "https://example.com/a.yaml", "content": json.dumps(document)},
        "operation": "talk",
        "message": {"payload": {"key": "${ $secrets.site }"}, "headers": {"X-Kind": "a"}},
    }
    left = {"/message/payload/key": {"dot": None, "variables": {}}}

    async def story() -> Any:
        async with working(Settings(environment={"SWTEMPORAL_SECRET_SITE": "open sesame"})) as worker:
            return await worker.perform(CALL_ASYNCAPI, with_, deferred=left, secrets=["site"])

    assert run(story()) == {"payload": {"key": PLACEHOLDER}, "headers": {"X-Kind": "a"}}
    assert counterpart.received[0].json() == {"key": "open sesame"}


def test_an_end_asks_nobody(counterpart: Counterpart) -> None:
    counterpart.replies["/room"] = Reply.json(1)

    async def story() -> None:
        found = subscription(counterpart)
        async with working() as worker:
            await found.poll(worker)
        async with working() as worker:
            await found.end(worker)

    run(story())
    assert len(counterpart.received) == 1
