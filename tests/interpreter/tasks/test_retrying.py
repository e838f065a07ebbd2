"""Retries, by the engine and by the activity: the same document must come out the same."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.fakes import After, Ran, World
from tests.interpreter.documents import custom, failing, fault_of, flow

DOWN = failing("communication", 503)


def ran_with(retry: str, answers, *, more: str = "", by: str, tasks: str = "", input=...) -> Ran:
    """A `try` around one call; `by` the engine (a second task keeps it from being pushed down) or by the activity."""
    second = ", s: {set: '${ . }'}" if by == "engine" else ""
    text = f"[t: {{try: [a: CALL{second}], catch: {{retry: {retry}{more}}}}}{tasks}]"
    return World({"a": answers}).run(flow(text), input)


def starts(ran: Ran) -> list[int]:
    return [one.at for one in ran.started]


both = pytest.mark.parametrize("by", ["engine", "activity"])


@both
@pytest.mark.parametrize(
    ("retry", "at"),
    [
        ("{limit: {attempt: {count: 3}}}", [0, 0, 0, 0]),
        ("{delay: PT2S, limit: {attempt: {count: 3}}}", [0, 2000, 4000, 6000]),
        ("{delay: {seconds: 2}, backoff: {constant: {}}, limit: {attempt: {count: 3}}}", [0, 2000, 4000, 6000]),
        ("{delay: PT2S, backoff: {linear: {}}, limit: {attempt: {count: 3}}}", [0, 2000, 6000, 12_000]),
        ("{delay: PT2S, backoff: {exponential: {}}, limit: {attempt: {count: 3}}}", [0, 2000, 6000, 14_000]),
        ("{delay: PT2S, backoff: {exponential: {}}, limit: {attempt: {count: 0}}}", [0]),
        ("{delay: PT2S, backoff: {linear: {}}, limit: {attempt: {count: 1}}}", [0, 2000]),
        ("{delay: PT2S, limit: {duration: PT5S}}", [0, 2000, 4000]),
        ("{delay: PT2S, limit: {duration: PT4S}}", [0, 2000]),
        ("{delay: PT2S, limit: {duration: PT5S, attempt: {count: 1}}}", [0, 2000]),
        ("{delay: PT1M, backoff: {exponential: {}}, limit: {attempt: {count: 2}}}", [0, 60_000, 180_000]),
        ("{delay: '${ .pause }', limit: {attempt: {count: 1}}}", [0, 3000]),
    ],
)
def test_when_attempts_are_made_and_that_the_last_error_goes_upward(retry, at, by):
    ran = ran_with(retry, DOWN, by=by, input={"pause": "PT3S"})
    assert starts(ran) == at
    assert fault_of(ran) == ("communication", 503, "/do/0/t/try/0/a")
    assert ran.end == at[-1]


@both
def test_time_that_attempts_take_counts_towards_the_total(by):
    assert starts(ran_with("{delay: PT1S, limit: {duration: PT10S}}", After(3000, DOWN), by=by)) == [0, 4000, 8000]


@both
def test_success_after_failures_gives_the_output(by):
    ran = ran_with("{delay: PT1S, limit: {attempt: {count: 5}}}", [DOWN, DOWN, "ok"], by=by, tasks=", b: {set: {got: '${ . }'}}")
    assert (ran.output, starts(ran)) == ({"got": "ok"}, [0, 1000, 2000])


@both
def test_attempts_have_the_same_key(by):
    ran = ran_with("{limit: {attempt: {count: 2}}}", DOWN, by=by)
    assert (len(ran.started), len({one.key for one in ran.started})) == (3, 1)


@both
def test_each_failed_attempt_is_told_once_in_order(by):
    ran = ran_with("{delay: PT1S, limit: {attempt: {count: 5}}}", [failing("communication", 500), DOWN, "ok"], by=by)
    told = [(one.data["attempt"], one.data["error"]["status"]) for one in ran.notices if one.kind == "retried"]
    assert told == [(1, 500), (2, 503)]


@both
def test_exhausted_the_handler_runs_with_the_last_error(by):
    ran = ran_with(
        "{delay: PT1S, limit: {attempt: {count: 1}}}",
        [failing("communication", 500), DOWN],
        more=", do: [h: {set: {status: '${ $error.status }'}}]",
        by=by,
    )
    assert (ran.output, ran.end) == ({"status": 503}, 1000)


@both
def test_an_error_that_the_filter_does_not_mean_is_not_retried(by):
    ran = ran_with("{delay: PT1S}", [DOWN, custom("https://example.com/e", 418)], more=", errors: {with: {status: 503}}", by=by)
    assert (ran.problem["status"], starts(ran)) == (418, [0, 1000])


@both
def test_a_retry_named_in_use(by):
    second = ", s: {set: '${ . }'}" if by == "engine" else ""
    use = "{retries: {twice: {delay: PT4S, limit: {attempt: {count: 2}}}}}"
    ran = World({"a": DOWN}).run(flow(f"[t: {{try: [a: CALL{second}], catch: {{retry: twice}}}}]", use=use))
    assert starts(ran) == [0, 4000, 8000]


@both
def test_a_name_that_use_does_not_have_is_a_configuration_error_of_the_try(by):
    assert fault_of(ran_with("absent", DOWN, by=by)) == ("configuration", 400, "/do/0/t")


@both
def test_an_outer_retry_retries_what_an_inner_one_gave_up(by):
    second = ", s: {set: '${ . }'}" if by == "engine" else ""
    inner = f"i: {{try: [a: CALL{second}], catch: {{retry: {{delay: PT1S, limit: {{attempt: {{count: 1}}}}}}}}}}"
    text = f"[o: {{try: [{inner}], catch: {{retry: {{delay: PT10S, limit: {{attempt: {{count: 1}}}}}}}}}}]"
    ran = World({"a": DOWN}).run(flow(text))
    assert starts(ran) == [0, 1000, 11_000, 12_000]


@both
def test_an_outer_retry_retries_what_an_inner_one_did_not_mean(by):
    second = ", s: {set: '${ . }'}" if by == "engine" else ""
    inner = f"i: {{try: [a: CALL{second}], catch: {{errors: {{with: {{status: 418}}}}, retry: {{delay: PT1S}}}}}}"
    text = f"[o: {{try: [{inner}], catch: {{retry: {{delay: PT10S, limit: {{attempt: {{count: 1}}}}}}}}}}]"
    assert starts(World({"a": DOWN}).run(flow(text))) == [0, 10_000]


@both
def test_a_policy_that_cannot_be_evaluated_matters_only_when_it_is_needed(by):
    fine = ran_with("{delay: '${ .absent }'}", "ok", by=by)
    assert fine.output == "ok"
    unmeant = ran_with("{delay: '${ .absent }'}", DOWN, more=", errors: {with: {status: 418}}", by=by)
    assert fault_of(unmeant) == ("communication", 503, "/do/0/t/try/0/a")
    needed = ran_with("{delay: '${ .absent }'}", DOWN, by=by)
    assert fault_of(needed) == ("expression", 400, "/do/0/t")


@both
def test_a_timeout_around_it_ends_it_between_attempts(by):
    second = ", s: {set: '${ . }'}" if by == "engine" else ""
    text = f"[t: {{timeout: {{after: PT5S}}, try: [a: CALL{second}], catch: {{retry: {{delay: PT3S}}}}}}]"
    ran = World({"a": [DOWN, DOWN, "late"]}).run(flow(text))
    assert (fault_of(ran), ran.end) == (("timeout", 408, "/do/0/t"), 5000)


@both
def test_output_and_export_of_the_call_happen_once(by):
    second = ", s: {set: '${ . }'}" if by == "engine" else ""
    call = "{call: http, with: {method: get, endpoint: 'https://example.com'}, export: {as: '{ n: (($context.n // 0) + 1) }'}, output: {as: '{ got: . }'}}"
    text = f"[t: {{try: [a: {call}{second}], catch: {{retry: {{}}}}}}]"
    ran = World({"a": [DOWN, DOWN, "ok"]}).run(flow(text))
    assert (ran.output, ran.context) == ({"got": "ok"}, {"n": 1})


def test_an_error_after_the_call_in_the_same_task_is_retried_by_the_engine():
    call = "{call: http, with: {method: get, endpoint: 'https://example.com'}, output: {as: 'if . == 1 then error else . end'}}"
    ran = World({"a": [DOWN, 1, 2]}).run(
        flow(f"[t: {{try: [a: {call}], catch: {{retry: {{delay: PT1S, limit: {{attempt: {{count: 2}}}}}}}}}}]")
    )
    assert (ran.output, starts(ran)) == (2, [0, 1000, 2000])


@pytest.mark.parametrize(
    ("member", "status", "at"),
    [
        ("when: .status == 503", 503, [0, 1000]),
        ("when: .status == 500", 503, [0]),
        ("when: $error.status == 503", 503, [0, 1000]),
        ("exceptWhen: .status == 503", 503, [0]),
        ("exceptWhen: $error.status == 500", 503, [0, 1000]),
    ],
)
def test_the_conditions_of_a_retry_see_the_error(member, status, at):
    ran = ran_with(f"{{{member}, delay: PT1S, limit: {{attempt: {{count: 1}}}}}}", failing("communication", status), by="activity")
    assert starts(ran) == at


def test_when_a_retrys_condition_says_no_the_handler_runs():
    ran = ran_with("{when: 'false'}", DOWN, more=", do: [h: {set: {n: 1}}]", by="activity")
    assert (ran.output, starts(ran)) == ({"n": 1}, [0])


def test_jitter_is_added_and_the_same_on_every_replay():
    def once() -> list[int]:
        return starts(
            ran_with(
                "{delay: PT1S, jitter: {from: {milliseconds: 100}, to: {milliseconds: 900}}, limit: {attempt: {count: 4}}}",
                DOWN,
                by="engine",
            )
        )

    at = once()
    pauses = [later - earlier for earlier, later in pairwise(at)]
    assert all(1100 <= pause < 1900 for pause in pauses)
    assert len(set(pauses)) > 1
    assert once() == at


def test_each_attempt_runs_the_whole_list_again_with_the_input_of_the_try():
    text = "[t: {input: {from: .payload}, try: [x: {set: {n: '${ .n + 1 }'}}, a: CALL], catch: {retry: {}}}]"
    ran = World({"a": [DOWN, DOWN, "ok"]}).run(flow(text), {"payload": {"n": 1}})
    assert ran.order() == ["t", "x", "a", "x", "a", "x", "a"]
    assert {notice.data["output"]["n"] for notice in ran.notices if notice.kind == "completed" and notice.name == "x"} == {2}


def test_what_an_attempt_exported_stays():
    text = "[t: {try: [x: {set: {n: 1}, export: {as: '{ n: (($context.n // 0) + 1) }'}}, a: CALL], catch: {retry: {}}}]"
    assert World({"a": [DOWN, DOWN, "ok"]}).run(flow(text)).context == {"n": 3}


# When the activity makes the retries itself


def policies(text: str, answers=DOWN, use: str = "{}"):
    seen = []

    def answer(effect):
        seen.append(effect.arguments.get("retry"))
        return answers

    World({"a": answer}).run(flow(text, use=use), {})
    return seen


def pushes(text: str, **more) -> bool:
    return policies(text, "ok", **more)[0] is not None


PUSHED = "[t: {try: [a: CALL], catch: {retry: {delay: PT1S, limit: {attempt: {count: 3}}}}}]"


def test_the_policy_goes_with_the_call():
    retry = "{delay: PT1S, backoff: {exponential: {}}, jitter: {from: PT0S, to: PT1S}, limit: {attempt: {count: 3}, duration: PT1H}}"
    (policy,) = policies(f"[t: {{try: [a: CALL], catch: {{errors: {{with: {{status: 503}}}}, retry: {retry}}}}}]", "ok")
    assert policy == {
        "errors": {"status": 503},
        "count": 3,
        "delay": 1000,
        "backoff": "exponential",
        "jitter": [0, 1000],
        "limit": 3_600_000,
        "start": 1_767_225_600_000,
    }


@pytest.mark.parametrize(
    ("text", "pushed"),
    [
        (PUSHED, True),
        (PUSHED.replace("{delay", "{when: 'true', delay"), False),
        (PUSHED.replace("{delay", "{exceptWhen: 'false', delay"), False),
        (PUSHED.replace("{retry", "{when: 'true', retry"), False),
        (PUSHED.replace("{retry", "{exceptWhen: 'false', retry"), False),
        (PUSHED.replace("[a: CALL]", "[a: CALL, b: {set: {n: 1}}]"), False),
        (PUSHED.replace("[a: CALL]", "[d: {do: [a: CALL]}]"), False),
        (PUSHED.replace("PT1S", "PT61S"), False),
        (PUSHED.replace("PT1S", "PT60S"), True),
        (PUSHED.replace("PT1S", "PT40S, backoff: {linear: {}}"), False),
        (PUSHED.replace("PT1S", "PT20S, backoff: {linear: {}}"), True),
        (PUSHED.replace("PT1S", "PT20S, backoff: {exponential: {}}"), False),
        (PUSHED.replace("PT1S", "PT15S, backoff: {exponential: {}}"), True),
        (PUSHED.replace("PT1S", "PT59S, jitter: {from: PT0S, to: PT2S}"), False),
        (PUSHED.replace("count: 3", "count: 3, duration: PT1S"), False),
        (PUSHED.replace("count: 3", "count: 101"), False),
        ("[t: {try: [a: CALL], catch: {}}]", False),
        (f"[o: {{try: {PUSHED}, catch: {{retry: {{}}}}}}]", True),
    ],
)
def test_a_retry_is_left_to_the_activity_where_nothing_about_it_needs_the_engine(text, pushed):
    assert pushes(text) is pushed
