from __future__ import annotations

import asyncio
import threading

import pytest

from activities.redact import Redaction
from interpreter.faults import Fault
from tests.activities.performing import Paths, arguments, preparation

PLAIN = {"variables": {}}
SEEING = {"dot": "ada", "variables": {"context": {"n": [12]}}}


def invocation(given, environment=None, evaluator=None, redaction=None):
    return asyncio.run(preparation(environment, evaluator).invocation(given, redaction or Redaction()))


def test_it_has_all_there_is_to_do():
    found = invocation(arguments({"uri": "u"}))
    assert (found.key, found.with_, found.authorization, found.within) == ("key-1", {"uri": "u"}, None, 30)


def test_what_may_be_shown_has_placeholders():
    given = arguments(
        {"body": ["${ $secrets.a }", "a ${ $secrets.a } b"], "uri": "u"}, deferred={"/body/0": PLAIN, "/body/1": PLAIN}, secrets=["a"]
    )
    found = invocation(given, {"SWTEMPORAL_SECRET_A": "one"})
    assert found.with_ == {"body": ["one", "a one b"], "uri": "u"}
    assert found.shown == {"body": ["***", "a *** b"], "uri": "u"}


def test_an_exchange_may_have_more_time():
    assert invocation(arguments({}, timeout=90_500)).within == 90.5


def test_credentials_are_found_and_taken_out():
    found = invocation(arguments({"uri": "u", "authentication": {"bearer": {"token": "t0"}}}))
    assert found.with_ == {"uri": "u"}
    assert found.authorization.header == "Bearer t0"


def test_deferred_texts_are_evaluated_at_the_instant_of_the_run_and_off_the_event_loop():
    seen = []

    class Seeing(Paths):
        def evaluate(self, expressions, dot, variables, now, place, **_):
            seen.append((now, place, threading.current_thread() is threading.main_thread()))
            return super().evaluate(expressions, dot, variables, now, place)

    given = arguments({"body": "${ $secrets.a }"}, deferred={"/body": PLAIN}, secrets=["a"], now=17)
    assert invocation(given, {"SWTEMPORAL_SECRET_A": "one"}, Seeing()).with_ == {"body": "one"}
    assert seen == [(17, "/do/0/t", False)]


def test_the_redaction_learns_secrets_and_what_is_made_of_them():
    redaction = Redaction()

    class Shouting(Paths):
        def _one(self, expression, dot, variables):
            return {"made": variables["secrets"]["a"].upper(), "short": "P1", "seen": [dot, 12]}

    given = arguments(
        {"body": "${ $secrets.a }", "authentication": {"basic": {"username": "ada", "password": "pw"}}}, deferred={"/body": SEEING}
    )
    invocation(given | {"secrets": ["a"]}, {"SWTEMPORAL_SECRET_A": "hunter2"}, Shouting(), redaction)
    assert redaction("hunter2 HUNTER2 YWRhOnB3 P1 ada 12") == "*** *** *** *** ada 12"


def test_a_secret_of_another_document_is_not_read():
    given = arguments({"body": "${ $secrets.b }"}, deferred={"/body": PLAIN}, secrets=["a"])
    with pytest.raises(Fault) as caught:
        invocation(given, {"SWTEMPORAL_SECRET_B": "x"})
    assert caught.value.problem.status == 403
