"""Effects that are answered from a cache, those that are not, and what happens where the cache fails."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from activities.boundary import effect
from activities.cache.entry import BYTES
from activities.cache.memory import Memory
from activities.cache.places import Place, parse
from activities.cache.results import REST, Results
from activities.policy import Policy, Rule, everything
from interpreter.effects import CALL_HTTP, RUN_SHELL
from tests.activities.performing import arguments, environment, failure, http, perform, preparation
from tests.counterparts import Reply
from tests.settings import Settings

HOUR = 3_600_000
WANTED = {"ttl": HOUR, "scope": ["workflow", "test", "flow"], "varies": "0" * 64}
PLAIN = {"variables": {}}


@pytest.fixture
def cache(tmp_path):
    return parse(f"sqlite:{tmp_path / 'results.db'}")


@pytest.fixture
def counted(counterpart):
    """How often `/n` was asked is what it answers."""
    counterpart.replies["/n"] = lambda _: Reply.json({"n": counterpart.count("n")})
    return counterpart


def ask(counterpart, cache, wanted=WANTED, settings=None, path="/n", with_=None, **more):
    given = arguments({**http(counterpart, path), **(with_ or {})}, cache=wanted, **more)
    return perform(CALL_HTTP, given, replace(settings or Settings(), cache=cache), environment(activity_type=CALL_HTTP))


def numbers(answers):
    return [answer["value"]["n"] for answer in answers]


def test_without_the_wish_two_equal_calls_make_two_requests(counted, cache):
    settings = Settings(cache=cache)
    given = arguments(http(counted, "/n"))
    assert [perform(CALL_HTTP, given, settings) for _ in range(2)] == [{"n": 1}, {"n": 2}]
    assert not Path(cache.at).exists()


def test_the_second_one_is_answered_from_the_cache_by_another_worker_too(counted, cache):
    before = time.time_ns() // 1_000_000
    first, second = ask(counted, cache), ask(counted, cache)
    assert first == {"value": {"n": 1}, "cached": None, "trouble": None}
    assert second["value"] == {"n": 1}
    assert before <= second["cached"] <= time.time_ns() // 1_000_000
    assert len(counted.received) == 1


def test_one_worker_remembers(counted):
    async def story():
        results = Results(Place("memory"), Memory(), {})

        async def count(_):
            return counted.count("n")

        run = effect("test", results.around("test", count), preparation())
        return [await environment().run(run, arguments({}, cache=WANTED)) for _ in range(2)]

    assert [answer["value"] for answer in asyncio.run(story())] == [1, 1]


def test_a_cache_that_is_off_keeps_nothing(counted):
    assert [ask(counted, parse("off")) for _ in range(2)] == [{"value": {"n": n}, "cached": None, "trouble": None} for n in (1, 2)]


def test_anew_is_neither_read_nor_lost(counted, cache):
    answers = [ask(counted, cache), ask(counted, cache, {**WANTED, "anew": True}), ask(counted, cache)]
    assert numbers(answers) == [1, 2, 2]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"wanted": WANTED}, {"wanted": {**WANTED, "varies": "1" * 64}}),
        ({"wanted": WANTED}, {"wanted": {**WANTED, "scope": ["workflow", "test", "other"]}}),
        ({"wanted": WANTED}, {"wanted": {**WANTED, "scope": ["namespace", "test"]}}),
        ({}, {"settings": Settings(policy=Policy((everything(documents=("d",)), Rule(hosts=("10.0.0.0/8",)))))}),
        ({}, {"settings": Settings(origins={"https://a.example": "http://localhost"})}),
    ],
    ids=["varies", "workflow", "scope", "policy", "origins"],
)
def test_what_a_result_depends_on_tells_results_apart(one, other, counted, cache):
    given = {"document": "d"}
    assert numbers([ask(counted, cache, **one, **given), ask(counted, cache, **other, **given)]) == [1, 2]
    assert numbers([ask(counted, cache, **one, **given), ask(counted, cache, **other, **given)]) == [1, 2]


def test_whoever_brings_other_files_along_puts_nothing_under_a_documents_own_key(counted, cache):
    own = {**WANTED, "own": True}
    answers = [ask(counted, cache, own, document="d", carried=[brought]) for brought in ("forged", "true", "forged", "true")]
    assert numbers(answers) == [1, 2, 1, 2]


def test_credentials_tell_results_apart_and_stand_nowhere(counted, cache):
    def asked(secret):
        settings = Settings(environment={"SWTEMPORAL_SECRET_SITE": secret})
        with_ = {"headers": {"X-Key": "${ $secrets.site }"}}
        return ask(counted, cache, settings=settings, with_=with_, deferred={"/headers/X-Key": PLAIN}, secrets=["site"])

    assert numbers([asked("hunter2"), asked("hunter3"), asked("hunter2")]) == [1, 2, 1]
    with closing(sqlite3.connect(cache.at)) as file:
        assert b"hunter" not in file.serialize()


def test_credentials_of_authentication_tell_results_apart_too(counted, cache):
    def asked(secret, **more):
        settings = Settings(environment={"SWTEMPORAL_SECRET_SITE": secret})
        return ask(counted, cache, settings=settings, with_={"authentication": {"bearer": {"use": "site"}}}, secrets=["site"], **more)

    own = {"wanted": {**WANTED, "own": True}}
    assert numbers([asked('{"token": "a"}'), asked('{"token": "b"}'), asked('{"token": "a"}')]) == [1, 2, 1]
    assert numbers([asked('{"token": "a"}', **own), asked('{"token": "b"}', **own), asked('{"token": "a"}', **own)]) == [3, 4, 3]


def test_a_secret_that_is_not_declared_is_refused_though_the_result_is_there(counted, cache):
    settings = Settings(environment={"SWTEMPORAL_SECRET_SITE": '{"token": "a"}'}, cache=cache)
    given = arguments({**http(counted, "/n"), "authentication": {"bearer": {"use": "site"}}}, cache=WANTED, secrets=["site"])
    perform(CALL_HTTP, given, settings)
    assert failure(CALL_HTTP, {**given, "secrets": []}, settings).details[0]["status"] == 403


def test_who_may_not_call_a_host_does_not_get_its_result_either(counted, cache):
    ask(counted, cache, document="friend")
    stranger = Policy((everything(documents=("friend",)), Rule(kinds=("*",))))
    settings = Settings(policy=stranger, cache=cache)
    given = arguments(http(counted, "/n"), cache=WANTED, document="stranger")
    assert failure(CALL_HTTP, given, settings).details[0]["status"] == 403
    assert len(counted.received) == 1


def test_who_may_not_run_commands_gets_nothing_of_one(cache):
    given = arguments({"command": "echo hi", "await": True, "return": "stdout", "stdout": "text"}, cache=WANTED)
    allowed = Settings(cache=cache)
    assert [perform(RUN_SHELL, given, allowed)["value"] for _ in range(2)] == ["hi\n"] * 2
    refused = Settings(cache=cache, policy=Policy((Rule(kinds=("call.*",), commands=("*",)),)))
    assert failure(RUN_SHELL, given, refused).details[0]["status"] == 403


def test_a_fault_is_never_kept(counterpart, cache):
    counterpart.replies["/n"] = lambda _: Reply.text("no", 503) if counterpart.count("n") == 1 else Reply.json({"n": 2})
    with pytest.raises(ApplicationError):
        ask(counterpart, cache)
    assert numbers([ask(counterpart, cache), ask(counterpart, cache)]) == [2, 2]


def test_of_a_call_that_is_retried_the_value_is_kept_and_its_attempts_are_not(counted, cache):
    policy = {"errors": None, "count": 2, "delay": 1, "backoff": "constant", "jitter": None, "limit": None, "start": 0}
    with_retry = [ask(counted, cache, retry=policy) for _ in range(2)]
    assert [answer["value"]["value"] for answer in with_retry] == [{"n": 1}, {"n": 1}]
    assert [answer["attempts"] for answer in with_retry] == [[], []]
    assert ask(counted, cache)["value"] == {"n": 1}


def test_a_result_that_is_too_large_is_not_kept_and_that_is_told(counterpart, cache):
    counterpart.replies["/n"] = Reply.json("x" * BYTES)
    answers = [ask(counterpart, cache) for _ in range(2)]
    assert [answer["cached"] for answer in answers] == [None, None]
    assert f"{BYTES + 2} bytes" in answers[0]["trouble"]
    assert len(counterpart.received) == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE result SET value = '['",
        "UPDATE result SET value = value || ' '",
        "UPDATE result SET about = '{}'",
        "UPDATE result SET about = 7, value = x'ff'",
        "UPDATE result SET value = printf('\"%.*c\"', 3000000, 'x')",
    ],
)
def test_what_somebody_has_spoilt_is_a_miss_and_is_told(change, counted, cache):
    ask(counted, cache)
    with closing(sqlite3.connect(cache.at)) as file:
        file.execute(change)
        file.commit()
    spoilt, mended = ask(counted, cache), ask(counted, cache)
    assert (spoilt["value"], spoilt["cached"]) == ({"n": 2}, None)
    assert "not usable" in spoilt["trouble"]
    assert (mended["value"], mended["trouble"]) == ({"n": 2}, None)


def alter(cache, **by):
    """Move the instants of the one result."""
    with closing(sqlite3.connect(cache.at)) as file:
        found = json.loads(file.execute("SELECT about FROM result").fetchone()[0])
        file.execute("UPDATE result SET about = ?", (json.dumps({**found, **{name: found[name] + more for name, more in by.items()}}),))
        file.commit()


@pytest.mark.parametrize("by", [{"stored": -2 * HOUR}, {"expires": -2 * HOUR}, {"stored": HOUR}], ids=["old", "expired", "of the future"])
def test_what_is_not_fresh_is_a_miss_and_nothing_to_tell(by, counted, cache):
    ask(counted, cache)
    alter(cache, **by)
    assert ask(counted, cache) == {"value": {"n": 2}, "cached": None, "trouble": None}


def test_who_asks_for_something_fresher_gets_it(counted, cache):
    ask(counted, cache)
    alter(cache, stored=-60_000)
    assert numbers([ask(counted, cache), ask(counted, cache, {**WANTED, "ttl": 30_000})]) == [1, 2]


def test_a_cache_that_cannot_be_opened_costs_nothing_but_a_word(counted, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    place = parse(f"sqlite:{tmp_path / 'file' / 'results.db'}")
    with caplog.at_level(logging.ERROR):
        answer = ask(counted, place)
    assert answer["value"] == {"n": 1}
    assert "cannot be used" in answer["trouble"]
    assert str(tmp_path) not in answer["trouble"]
    assert str(tmp_path) in caplog.text


class Failing:
    """A store that fails as it is told, and counts."""

    def __init__(self, error=None):
        self.asked = 0
        self.error = error
        self.reached = asyncio.Event()

    async def get(self, key):
        await self._fail()

    async def put(self, about, stored):
        await self._fail()

    async def close(self):
        pass

    async def _fail(self):
        self.asked += 1
        self.reached.set()
        if self.error is None:
            await asyncio.Event().wait()
        raise self.error


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def through(store, clock=None, place=None):
    results = Results(place or Place("redis", "redis://:hunter2@cache/0"), store, {}, patience=0.01, clock=clock or Clock())

    async def done(_):
        return "done"

    run = effect("test", results.around("test", done), preparation())
    return lambda: asyncio.run(environment().run(run, arguments({}, cache=WANTED)))


def test_a_store_that_does_not_answer_is_not_waited_for(caplog):
    with caplog.at_level(logging.ERROR):
        answer = through(Failing())()
    assert answer["value"] == "done"
    assert "no answer within 0.01 s" in answer["trouble"]
    assert "redis://cache/0" in caplog.text


def test_a_store_that_failed_has_a_rest_and_is_asked_again(caplog):
    store, clock = Failing(ConnectionError("no route")), Clock()
    run = through(store, clock)
    assert "ConnectionError" in run()["trouble"]
    assert "a moment ago" in run()["trouble"]
    assert store.asked == 1
    clock.now = REST
    run()
    assert store.asked == 2
    assert len(caplog.records) == 2


def test_what_a_driver_says_is_logged_without_the_password(caplog):
    with caplog.at_level(logging.ERROR):
        answer = through(Failing(RuntimeError("cannot connect to redis://:hunter2@cache/0")))()
    assert "hunter2" not in caplog.text + json.dumps(answer)
    assert "cannot connect to redis://:***@cache/0" in caplog.text


def test_cancellation_passes_through():
    async def performed(_):
        return "done"

    async def story():
        store = Failing()
        results = Results(Place("memory"), store, {}, patience=60)
        run = effect("test", results.around("test", performed), preparation())
        running = asyncio.ensure_future(environment().run(run, arguments({}, cache=WANTED)))
        await store.reached.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(story())
