from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.boundary import effect
from activities.policy import Policy, Rule
from interpreter.effects import CALL_HTTP
from tests.activities.performing import arguments, environment, failure, http, perform, performed, preparation, problem
from tests.counterparts import Reply
from tests.settings import Settings

PLAIN = {"variables": {}}
SECRET = {"SWTEMPORAL_SECRET_SITE": '{"token": "hunter2", "port": 4711}'}


def policy(**members):
    plain = {"errors": None, "count": 2, "delay": 1000, "backoff": "exponential", "jitter": None, "limit": None}
    return plain | {"start": time.time_ns() // 1_000_000} | members


async def run(perform, given, env=None):
    return await (env or environment()).run(effect("test", perform, preparation()), given)


def broken(message):
    async def perform(_):
        raise RuntimeError(message)

    return perform


def test_a_fault_becomes_a_final_expected_failure(counterpart):
    error = failure(CALL_HTTP, arguments(http(counterpart, "/status/404")))
    assert error.message == "Not Found · status 404 · at /do/0/t"
    assert error.type == error.details[0]["type"]
    assert error.details[0]["instance"] == "/do/0/t"
    assert len(error.details) == 1
    assert error.non_retryable
    assert error.category == ApplicationErrorCategory.BENIGN
    assert error.__cause__ is None


def test_anything_unexpected_is_a_runtime_error_and_logged(caplog):
    with pytest.raises(ApplicationError) as caught, caplog.at_level(logging.ERROR):
        asyncio.run(run(broken("the inside"), arguments({})))
    found = caught.value.details[0]
    assert (found["type"].rpartition("/")[2], found["status"], found["instance"]) == ("runtime", 500, "/do/0/t")
    assert "RuntimeError" in found["detail"]
    assert "the inside" not in json.dumps(found)
    assert caught.value.non_retryable
    assert "the inside" in caplog.text


def test_arguments_that_make_no_sense_are_a_runtime_error(caplog):
    with caplog.at_level(logging.ERROR):
        assert problem(CALL_HTTP, arguments({"uri": 1}))["status"] == 500


@pytest.mark.parametrize(
    "members",
    [
        {"headers": {"X-Key": "${ $secrets.site.token }"}},
        {"query": {"key": "${ $secrets.site.token }"}},
        {"body": {"key": "${ $secrets.site.token }"}, "method": "POST"},
        {"body": "${ $secrets }", "method": "POST"},
    ],
)
def test_a_peer_that_echoes_a_secret_does_not_bring_it_into_the_error(counterpart, members):
    def pointers(value, at=""):
        if isinstance(value, str):
            return [at] if "${" in value else []
        return [found for name, item in value.items() for found in pointers(item, f"{at}/{name}")] if isinstance(value, dict) else []

    counterpart.replies["/echo"] = Reply.text("you sent hunter2 and 4711, hunter2%20", 400)
    given = arguments(http(counterpart, "/echo", **members), deferred=dict.fromkeys(pointers(members), PLAIN), secrets=["site"])
    error = failure(CALL_HTTP, given, Settings(environment=SECRET))
    assert "you sent *** and ***" in error.details[0]["detail"]
    assert "hunter2" in counterpart.received[0].body.decode() + json.dumps([counterpart.received[0].headers, counterpart.received[0].query])
    assert "hunter2" not in f"{error} {error.details}"


def test_the_response_object_shows_no_secret_of_the_request(counterpart):
    given = http(counterpart, "/v2/pet/1?key=${ $secrets.site.token }", headers={"X-Key": "is ${ $secrets.site.token }"}, output="response")
    deferred = {"/uri": PLAIN, "/headers/X-Key": PLAIN}
    response = perform(CALL_HTTP, arguments(given, deferred=deferred, secrets=["site"]), Settings(environment=SECRET))
    assert response["request"]["uri"] == f"{counterpart.origin}/v2/pet/1?key=***"
    assert response["request"]["headers"]["x-key"] == "***"
    assert counterpart.received[0].query == {"key": ["hunter2"]}


def test_short_secrets_are_hidden_and_make_nothing_else_unreadable(counterpart):
    counterpart.replies["/echo"] = Reply.text("p and P1, 17", 400)
    given = http(counterpart, "/echo", output="response", query={"k": "${ $secrets.pin }", "n": 17}, headers={"X-A": "${ $secrets.pin }"})
    deferred = {"/query/k": PLAIN, "/headers/X-A": {"dot": 17, "variables": {}}}
    settings = Settings(environment={"SWTEMPORAL_SECRET_PIN": "p"})
    found = problem(CALL_HTTP, arguments(given, deferred=deferred, secrets=["pin"]), settings)
    assert found["detail"] == f"GET {counterpart.origin}/echo?k=***&n=17: *** and P1, 17"
    counterpart.replies["/echo"] = Reply.json({})
    request = perform(CALL_HTTP, arguments(given, deferred=deferred, secrets=["pin"]), settings)["request"]
    assert request["uri"] == f"{counterpart.origin}/echo?k=***&n=17"
    assert (request["headers"]["x-a"], request["headers"]["connection"]) == ("***", "keep-alive")


@pytest.mark.parametrize("member", ["headers", "query"])
def test_maps_made_of_secrets_are_hidden_whole(counterpart, member):
    settings = Settings(environment={"SWTEMPORAL_SECRET_SITE": '{"x-key": "hunter2"}'})
    given = arguments(
        http(counterpart, "/v2/pet/1", output="response", **{member: "${ $secrets.site }"}),
        deferred={f"/{member}": PLAIN},
        secrets=["site"],
    )
    response = perform(CALL_HTTP, given, settings)
    assert "hunter2" in json.dumps([counterpart.received[0].headers, counterpart.received[0].query])
    assert "hunter2" not in json.dumps(response)


def test_an_address_made_of_a_secret_is_not_told_when_it_does_not_answer(unused_port):
    settings = Settings(environment={"SWTEMPORAL_SECRET_SITE": f"http://127.0.0.1:{unused_port}/hunter2"})
    for uri in ("${ $secrets.site }", "x${ $secrets.site }"):
        given = {"method": "GET", "uri": uri, "output": "content", "redirect": False}
        found = problem(CALL_HTTP, arguments(given, deferred={"/uri": PLAIN}, secrets=["site"]), settings)
        assert "***" in found["detail"]
        assert "127.0.0.1" not in found["detail"]


def test_a_failing_expression_tells_nothing(counterpart):
    given = arguments(http(counterpart, "/echo", body="${ error | $secrets.site }"), deferred={"/body": PLAIN}, secrets=["site"])
    error = failure(CALL_HTTP, given, Settings(environment=SECRET))
    assert error.details[0]["type"].endswith("/expression")
    assert "hunter2" not in f"{error} {error.details}"
    assert "jq" not in f"{error} {error.details}"


def test_a_log_shows_no_secret(caplog):
    async def perform(invocation):
        raise RuntimeError((await invocation.secrets.value("site"))["token"])

    async def whole():
        await environment().run(effect("test", perform, preparation(SECRET)), arguments({}, secrets=["site"]))

    with pytest.raises(ApplicationError), caplog.at_level(logging.DEBUG):
        asyncio.run(whole())
    assert "RuntimeError: ***" in caplog.text
    assert "hunter2" not in caplog.text


def test_the_http_librarys_log_shows_no_secret(counterpart, caplog):
    given = http(counterpart, "/echo", query={"key": "${ $secrets.site.token }"})
    with caplog.at_level(logging.DEBUG):
        perform(CALL_HTTP, arguments(given, deferred={"/query/key": PLAIN}, secrets=["site"]), Settings(environment=SECRET))
    assert counterpart.received[0].query == {"key": ["hunter2"]}
    assert "hunter2" not in caplog.text


def test_cancellation_passes_through(counterpart):
    async def cancelled():
        env = environment()
        running = asyncio.create_task(performed(CALL_HTTP, arguments(http(counterpart, "/slow/a"), retry=policy()), env=env))
        await asyncio.to_thread(counterpart.held, "a")
        env.cancel()
        await running

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cancelled())


def test_a_stopped_evaluation_is_tried_again_and_then_an_error(counterpart):
    given = arguments(http(counterpart, "/echo", body="${ stop | $secrets.site }"), deferred={"/body": PLAIN}, secrets=["site"])
    settings = Settings(environment=SECRET)
    for attempt in (1, 2):
        again = failure(CALL_HTTP, given, settings, environment(attempt=attempt))
        assert not again.non_retryable
        assert again.details[0]["type"].endswith("/expression")
    last = failure(CALL_HTTP, given, settings, environment(attempt=3))
    assert last.non_retryable
    assert last.details[0]["type"].endswith("/expression")


def test_what_a_history_cannot_hold_is_no_result():
    async def perform(_):
        return "x" * 2_000_000

    with pytest.raises(ApplicationError) as caught:
        asyncio.run(run(perform, arguments({})))
    assert "too large" in caught.value.details[0]["detail"]


class Retrying:
    """A call whose attempts follow one another as on a server: details of the last heartbeat are given to the next one."""

    def __init__(self, counterpart, path, **retry):
        self.given = arguments(http(counterpart, path), retry=policy(**retry))
        self.details = []
        self.attempt = 0

    def lose(self):
        self.attempt += 1

    def next(self):
        """What the next attempt returns or fails with."""
        self.attempt += 1
        env = environment(attempt=self.attempt, heartbeat_details=self.details, activity_type=CALL_HTTP)

        def keep(*details):
            self.details = list(details)

        env.on_heartbeat = keep
        try:
            return perform(CALL_HTTP, self.given, env=env)
        except ApplicationError as error:
            return error


def test_with_a_retry_the_answer_tells_the_attempts(counterpart):
    retrying = Retrying(counterpart, "/flaky/a/2")
    delays = [retrying.next().next_retry_delay for _ in range(2)]
    assert delays == [timedelta(seconds=1), timedelta(seconds=2)]
    answer = retrying.next()
    assert answer["value"] == {"call": 3}
    assert [one["attempt"] for one in answer["attempts"]] == [1, 2]
    assert [one["next"] - one["at"] for one in answer["attempts"]] == [1000, 2000]
    assert all(one["error"]["status"] == 503 and one["error"]["instance"] == "/do/0/t" for one in answer["attempts"])
    assert len({received.key for received in counterpart.received}) == 1


def test_with_a_retry_an_answer_at_once_has_no_attempts(counterpart):
    assert Retrying(counterpart, "/flaky/a/0").next() == {"value": {"call": 1}, "attempts": []}


def test_exhausted_retries_end_it_and_tell_the_attempts(counterpart):
    retrying = Retrying(counterpart, "/status/503")
    assert [retrying.next().non_retryable for _ in range(2)] == [False, False]
    last = retrying.next()
    assert last.non_retryable
    assert last.details[0]["status"] == 503
    assert [one["attempt"] for one in last.details[1]["attempts"]] == [1, 2]


def test_lost_workers_do_not_count(counterpart):
    retrying = Retrying(counterpart, "/flaky/a/2")
    retrying.next()
    retrying.lose()
    retrying.lose()
    assert retrying.next().next_retry_delay == timedelta(seconds=2)
    assert [one["attempt"] for one in retrying.next()["attempts"]] == [1, 2]


def test_too_many_lost_workers_end_it(counterpart):
    retrying = Retrying(counterpart, "/flaky/a/1", count=None)
    retrying.next()
    for _ in range(5):
        retrying.lose()
    last = retrying.next()
    assert last.non_retryable
    assert last.details[0]["type"].endswith("/runtime")
    assert [one["attempt"] for one in last.details[1]["attempts"]] == [1]
    assert len(counterpart.received) == 1


def test_an_error_the_filter_does_not_mean_ends_it(counterpart):
    last = Retrying(counterpart, "/status/404", errors={"status": 503}).next()
    assert last.non_retryable
    assert last.details[1] == {"attempts": []}


def test_a_filter_may_name_the_task(counterpart):
    assert not Retrying(counterpart, "/status/404", errors={"instance": "/do/0/t"}).next().non_retryable


def test_the_total_duration_ends_it(counterpart):
    now = time.time_ns() // 1_000_000
    assert Retrying(counterpart, "/status/503", start=now - 60_000, limit=60_500).next().non_retryable
    assert not Retrying(counterpart, "/status/503", start=now - 60_000, limit=10_000_000).next().non_retryable


def test_no_delay_is_still_a_delay_of_the_document(counterpart):
    assert Retrying(counterpart, "/status/503", delay=0).next().next_retry_delay > timedelta(0)


def test_of_very_many_attempts_the_latest_are_told(counterpart):
    retrying = Retrying(counterpart, "/flaky/a/1", count=None)
    told = [{"attempt": number, "at": number, "error": {"type": "t", "status": 500}, "next": number} for number in range(901, 1001)]
    retrying.details, retrying.attempt = [{"failed": 1000, "attempts": told}], 1000
    assert not retrying.next().non_retryable
    assert [one["attempt"] for one in retrying.next()["attempts"]] == list(range(902, 1002))


def test_a_worker_does_what_its_policy_grants_and_nothing_else(counterpart):
    given = {"method": "GET", "uri": f"{counterpart.origin}/echo/a", "output": "content", "redirect": False}
    local = Rule(queues=("*",), documents=("abc",), kinds=("call.http",), hosts=("127.0.0.1",))

    def told(document, **changes):
        settings = Settings(policy=Policy((replace(local, **changes),)), environment=SECRET)
        return problem(CALL_HTTP, arguments(given) | {"document": document}, settings)

    perform(CALL_HTTP, arguments(given) | {"document": "abc"}, Settings(policy=Policy((local,))))
    for document, changes, member in (
        ("abd", {}, "kinds"),
        ("abc", {"kinds": ("emit",)}, "kinds"),
        ("abc", {"hosts": ("public",)}, "hosts"),
    ):
        found = told(document, **changes)
        assert (found["type"].rpartition("/")[2], found["status"]) == ("authorization", 403)
        assert f"under '{member}'" in found["detail"]


def test_a_secret_that_is_not_granted_is_not_read(counterpart):
    given = {"method": "GET", "uri": f"{counterpart.origin}/echo/a", "headers": {"x": "${ $secrets.site.token }"}, "output": "content"}
    asked = arguments(given | {"redirect": False}, deferred={"/headers/x": PLAIN}, secrets=["site"])
    rule = Rule(kinds=("*",), hosts=("127.0.0.1",))

    found = problem(CALL_HTTP, asked, Settings(policy=Policy((rule,)), environment=SECRET))

    assert "'site' under 'secrets'" in found["detail"]
    perform(CALL_HTTP, asked, Settings(policy=Policy((replace(rule, secrets=("site",)),)), environment=SECRET))
