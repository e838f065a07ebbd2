from __future__ import annotations

import pytest

from interpreter.defaults import Limits
from interpreter.document.load import load
from interpreter.engine import advance, begin
from interpreter.live import live
from interpreter.state import deliver
from tests.fakes import START, After, World
from tests.interpreter.documents import failing, fault_of, flow

DOCUMENT = "document: {endpoint: 'https://example.com/a.yaml'}"


def message(payload, **more):
    return {"payload": payload, **more}


def polled(*payloads, position="p", **more):
    """What one poll brings: messages with their receipts."""
    return {"messages": [{"message": message(one, **more), "receipt": f"r{one}"} for one in payloads], "position": position}


class Broker:
    """Answers polls one after the other with what they bring (`(delay, …)` after a while), and then with nothing as long as they wait."""

    def __init__(self, *polls) -> None:
        self.polls = list(polls)
        self.asked: list = []
        self.ended: list = []

    def answers(self):
        return {"asyncapi.poll": self._poll, "asyncapi.end": self._end}

    def _poll(self, effect):
        self.asked.append(effect.arguments["with"])
        if not self.polls:
            return After(effect.arguments["with"]["wait"], polled())
        found = self.polls.pop(0)
        return After(*found) if isinstance(found, tuple) else found

    def _end(self, effect):
        self.ended.append(effect.arguments["with"])


def subscription(consume: str, more: str = "", before: str = "", arguments: str = "") -> str:
    call = f"{{call: asyncapi, with: {{{DOCUMENT}, operation: hear{arguments}, subscription: {{consume: {consume}{more}}}}}}}"
    return f"[{before}a: {call}]"


def consumed(consume: str, *polls, more: str = "", before: str = "", input=..., **world):
    broker = Broker(*polls)
    ran = World({**broker.answers(), **world.pop("answers", {})}, **world).run(flow(subscription(consume, more, before)), input)
    return ran, broker


def payloads(messages):
    return [one["payload"] for one in messages]


# Publishing


def published(arguments: str, input=..., answer=None, **root):
    text = f"[a: {{call: asyncapi, with: {{{DOCUMENT}, {arguments}}}}}]"
    ran = World({"call.asyncapi": answer}).run(flow(text, **root), input)
    return ran, ran.started[0] if ran.started else None


def test_a_message_is_published_and_is_the_output():
    sent = {"payload": {"petId": 7}, "headers": {"kind": "dog"}}
    ran, started = published(
        "operation: add, message: {payload: {petId: '${ .id }'}, headers: {kind: dog}}",
        {"id": 7},
        lambda effect: effect.arguments["with"]["message"],
    )
    assert ran.output == sent
    assert started.kind == "call.asyncapi"
    assert started.arguments["with"] == {"document": {"uri": "https://example.com/a.yaml"}, "operation": "add", "message": sent}


def test_all_arguments_are_evaluated_and_handed_on():
    given = (
        "channel: '${ .room }', server: {name: '${ .server }', variables: {port: '${ .port }'}}, protocol: ws, message: {payload: {}},"
        " authentication: {bearer: {token: '${ .token }'}}"
    )
    _, started = published(given, {"room": "/a", "server": "s", "port": "80", "token": "t"})
    assert started.arguments["with"] == {
        "document": {"uri": "https://example.com/a.yaml"},
        "channel": "/a",
        "server": {"name": "s", "variables": {"port": "80"}},
        "protocol": "ws",
        "message": {"payload": {}},
        "authentication": {"bearer": {"token": "t"}},
    }


def test_secrets_stay_expressions_wherever_they_stand():
    given = "operation: add, message: {payload: {key: '${ $secrets.key }'}}, authentication: {basic: {username: u, password: '${ $secrets.key }'}}"
    _, started = published(given, use={"secrets": ["key"]})
    assert set(started.arguments["deferred"]) == {"/message/payload/key", "/authentication/basic/password"}
    assert started.arguments["secrets"] == ["key"]
    assert started.arguments["with"]["message"]["payload"]["key"] == "${ $secrets.key }"


def test_a_document_has_credentials_of_its_own():
    text = (
        "[a: {call: asyncapi, with: {document: {endpoint: {uri: 'https://example.com/a.yaml', authentication: {bearer: {token: '${ $secrets.key }'}}}},"
        " operation: add, message: {}}}]"
    )
    ran = World({"call.asyncapi": None}).run(flow(text, use={"secrets": ["key"]}))
    assert set(ran.started[0].arguments["deferred"]) == {"/document/authentication/bearer/token"}


def test_a_name_that_is_none_is_an_expression_error():
    ran, _ = published("operation: '${ .n }', message: {payload: {}}", {"n": 7})
    assert fault_of(ran) == ("expression", 400, "/do/0/a")


def test_a_broken_call_faults_at_the_task():
    ran, _ = published("operation: add, message: {payload: {}}", answer=failing("communication"))
    assert fault_of(ran) == ("communication", 500, "/do/0/a")


# How much is consumed


def test_an_amount_over_several_polls():
    ran, broker = consumed("{amount: 3}", polled(1, 2, position="x"), polled(3, position="y"))
    assert payloads(ran.output) == [1, 2, 3]
    assert [(one["most"], one["position"], one["receipts"]) for one in broker.asked] == [(3, None, []), (1, "x", ["r1", "r2"])]
    assert [(one["position"], one["receipts"]) for one in broker.ended] == [("y", ["r3"])]


def test_a_poll_brings_no_more_than_a_hundred():
    ran, broker = consumed("{amount: 150}", polled(*range(100)), polled(*range(50)))
    assert len(ran.output) == 150
    assert [one["most"] for one in broker.asked] == [100, 50]


@pytest.mark.parametrize("amount", [0, -1])
def test_no_amount_at_all_asks_nobody(amount):
    ran, broker = consumed(f"{{amount: {amount}}}")
    assert (ran.output, broker.asked, broker.ended) == ([], [], [])


def test_polls_that_bring_nothing_are_followed_by_others():
    ran, broker = consumed("{amount: 1}", (60_000, polled()), (60_000, polled()), polled(1))
    assert (payloads(ran.output), ran.end, len(broker.asked)) == ([1], 120_000, 3)


def test_while_is_asked_after_each_message():
    ran, broker = consumed("{while: '${ length < 2 }'}", polled(1, 2, 3))
    assert payloads(ran.output) == [1, 2]
    assert broker.ended[0]["receipts"] == ["r1", "r2"], "what nobody looked at is not acknowledged"


def test_while_never_true_takes_one():
    ran, _ = consumed("{while: '${ false }'}", polled(1, 2))
    assert payloads(ran.output) == [1]


def test_until_is_asked_before_the_first_message_too():
    ran, broker = consumed("{until: '${ length == 0 }'}")
    assert (ran.output, broker.asked, broker.ended) == ([], [], [])


def test_until_is_asked_after_each_message():
    ran, _ = consumed("{until: '${ .[-1].payload == 2 }'}", polled(1, 2, 3))
    assert payloads(ran.output) == [1, 2]


def test_a_condition_may_look_at_the_context_that_foreach_fills():
    more = ", foreach: {export: {as: '{ sum: (($context.sum // 0) + .payload) }'}}"
    ran, _ = consumed("{while: '${ $context.sum < 6 }'}", polled(1, 2), polled(3, 4), more=more)
    assert payloads(ran.output) == [1, 2, 3]


def test_a_condition_sees_messages_and_not_what_foreach_made_of_them():
    more = ", foreach: {output: {as: .payload}}"
    ran, _ = consumed("{until: '${ map(.payload) | add >= 3 }'}", polled(1, 2, 3), more=more)
    assert ran.output == [1, 2]


def test_for_ends_with_what_was_got_and_without_an_error():
    ran, broker = consumed("{amount: 5, for: {seconds: 90}}", (10_000, polled(1)), (60_000, polled()))
    assert (payloads(ran.output), ran.end) == ([1], 90_000)
    assert [one["wait"] for one in broker.asked] == [60_000, 60_000, 20_000]
    assert broker.ended[0]["receipts"] == []


def test_for_may_be_an_expression():
    ran, _ = consumed("{while: '${ true }', for: '${ .period }'}", input={"period": "PT2S"})
    assert (ran.output, ran.end) == ([], 2000)


def test_what_came_in_time_is_handled_after_the_period():
    more = ", foreach: {do: [w: {wait: {seconds: 10}}]}"
    ran, broker = consumed("{while: '${ true }', for: {seconds: 15}}", polled(1, 2, 3), more=more)
    assert (len(ran.output), ran.end, len(broker.asked)) == (3, 30_000, 1)


def test_for_ever_keeps_no_list():
    more = ", foreach: {do: [s: {switch: [{x: {when: '${ $item.payload == 9 }', then: end}}, {y: {then: continue}}]}]}"
    ran, broker = consumed("{while: '${ true }'}", polled(*range(6)), polled(*range(6, 12)), more=more)
    assert ran.output == []
    assert broker.ended[0]["receipts"] == ["r6", "r7", "r8", "r9"]


def test_the_task_may_time_out():
    text = f"[a: {{call: asyncapi, timeout: {{after: PT5S}}, with: {{{DOCUMENT}, operation: hear, subscription: {{consume: {{amount: 1}}}}}}}}]"
    ran = World(Broker().answers()).run(flow(text))
    assert (fault_of(ran), ran.end, ran.cancelled) == (("timeout", 408, "/do/0/a"), 5000, ["/do/0/a"])


# Which messages


def test_a_filter_chooses_and_what_it_refuses_is_acknowledged():
    ran, broker = consumed("{amount: 2}", polled(1, 2, 3), polled(4), more=", filter: '${ .payload % 2 == 0 }'")
    assert payloads(ran.output) == [2, 4]
    assert [one["receipts"] for one in (*broker.asked, *broker.ended)] == [[], ["r1", "r2", "r3"], ["r4"]]
    assert [one["most"] for one in broker.asked] == [2, 1]


def test_a_filter_that_fails_on_a_message_refuses_it():
    brought = {"messages": [{"message": message("text"), "receipt": 1}, {"message": message({"n": 1}), "receipt": 2}], "position": 0}
    ran, _ = consumed("{amount: 1}", brought, more=", filter: '${ .payload.n == 1 }'")
    assert payloads(ran.output) == [{"n": 1}]


def test_a_filter_sees_the_message_the_context_and_the_input():
    before = "c: {set: {user: u}, export: {as: '{id: 7}'}}, "
    more = ", filter: '${ .correlationId == $input.user and .payload == $context.id and .headers.h == 1 }'"
    ran, _ = consumed("{amount: 1}", polled(6, 7, correlationId="u", headers={"h": 1}), more=more, before=before)
    assert payloads(ran.output) == [7]


def test_a_filter_may_not_read_secrets():
    loaded = load(
        "document: {dsl: 1.0.3, namespace: n, name: n, version: 1.0.0}\nuse: {secrets: [k]}\ndo: "
        + subscription("{amount: 1}", ", filter: '${ .payload == $secrets.k }'")
    )
    assert [one.code for one in loaded.findings if one.severity == "error"] == ["secret-in-data"]


def test_a_filter_is_not_held_against_what_the_task_gets():
    loaded = load(
        "document: {dsl: 1.0.3, namespace: n, name: n, version: 1.0.0}\ndo: "
        + subscription("{amount: 1}", ", filter: '${ .payload.a == 1 }'", "s: {set: {a: 1}}, ")
    )
    assert loaded.findings == ()


# What is done with each


def test_foreach_runs_tasks_one_message_at_a_time_and_shapes_the_output():
    more = ", foreach: {item: m, at: i, do: [s: {set: {n: '${ $m.payload }', i: '${ $i }'}}, w: {wait: {seconds: 1}}], output: {as: '[.n, .i]'}}"
    ran, broker = consumed("{amount: 3}", polled(5, 6), polled(7), more=more)
    assert (ran.output, ran.end) == ([[5, 0], [6, 1], [7, 2]], 3000)
    assert len(broker.asked) == 2, "the next poll waits until everything has been looked at"


def test_a_call_in_foreach_has_a_key_of_its_own_and_polls_share_theirs():
    more = ", foreach: {do: [c: CALL]}"
    ran, _ = consumed("{amount: 2}", polled(1), polled(2), more=more, answers={"c": 0})
    keys = {kind: [one.key for one in ran.started if one.kind == kind] for kind in ("call.http", "asyncapi.poll", "asyncapi.end")}
    assert len(set(keys["call.http"])) == 2
    assert len({*keys["asyncapi.poll"], *keys["asyncapi.end"]}) == 1


def test_end_in_foreach_ends_the_run_after_what_was_consumed_is_acknowledged():
    more = ", foreach: {do: [s: {set: {a: 1}, then: end}]}"
    ran, broker = consumed("{amount: 3}", polled(1, 2), more=more)
    assert (ran.completed, ran.output, broker.ended[0]["receipts"]) == (True, [{"a": 1}], ["r1"])


def test_a_fault_in_foreach_leaves_the_message_with_the_broker():
    more = ", foreach: {do: [r: {raise: {error: {type: 'https://example.com/t', status: 500}}}]}"
    ran, broker = consumed("{amount: 3}", polled(1), more=more)
    assert (ran.problem["instance"], broker.ended) == ("/do/0/a/with/subscription/foreach/do/0/r", [])


def test_an_output_schema_of_foreach_is_held():
    more = ", foreach: {output: {as: .payload, schema: {document: {type: string}}}}"
    ran, _ = consumed("{amount: 1}", polled(1), more=more)
    assert fault_of(ran)[0] == "validation"


# Trouble


def test_a_broken_poll_faults_and_a_try_begins_anew():
    text = f"[t: {{try: {subscription('{amount: 1}')}, catch: {{errors: {{with: {{type: https://serverlessworkflow.io/spec/1.0.0/errors/communication}}}}, retry: {{delay: PT1S, limit: {{attempt: {{count: 3}}}}}}}}}}]"
    polls = [failing("communication"), polled(1)]
    ran = World({"asyncapi.poll": polls, "asyncapi.end": None}).run(flow(text))
    assert (payloads(ran.output), ran.end) == ([1], 1000)


def test_a_last_acknowledgement_that_fails_is_told():
    ran = World({"asyncapi.poll": polled(1), "asyncapi.end": failing("communication")}).run(flow(subscription("{amount: 1}")))
    assert fault_of(ran) == ("communication", 500, "/do/0/a")


def test_what_is_consumed_is_bounded():
    broker = Broker(*(polled(f"{at}" * 3000) for at in range(10)))
    ran = World(broker.answers(), limits=Limits(total_bytes=20_000)).run(flow(subscription("{amount: 10}")))
    assert fault_of(ran)[0] == "validation"


def test_without_end_the_state_does_not_grow():
    more = ", foreach: {do: [s: {switch: [{x: {when: '${ $index == 500 }', then: end}}, {y: {then: continue}}]}]}"
    broker = Broker(*(polled(*(f"{at}/{n}" * 20 for n in range(50))) for at in range(11)))
    ran = World(broker.answers(), limits=Limits(total_bytes=30_000)).run(flow(subscription("{while: '${ true }'}", more)))
    assert ran.completed


@pytest.mark.parametrize("every", [1, 2, 3])
def test_a_state_may_be_captured_at_every_step(every):
    more = (
        ", filter: '${ .payload != 2 }', foreach: {do: [w: {wait: {seconds: 1}}, c: CALL], output: {as: '{n: $item.payload, i: $index}'},"
        " export: {as: '{last: .n}'}}"
    )
    text = subscription("{until: '${ length == 4 }', for: {minutes: 5}}", more)

    def run(interrupt):
        broker = Broker((1000, polled(1, 2, 3)), (90_000, polled(4)), polled(5, 6))
        ran = World({**broker.answers(), "c": 0}).run(flow(text), interrupt=interrupt)
        return ran.output, ran.context, ran.end, broker.asked, broker.ended

    assert run(lambda step: step % every == 0) == run(lambda _: False)


# What is seen of it


def in_progress(*answers) -> list[str]:
    """What is in progress after the subscription's effects had these answers."""
    more = ", foreach: {do: [w: {wait: {seconds: 1}}]}"
    definition, host = flow(subscription("{amount: 3}", more)), World().host()
    state = begin({}, id="run-1", seed="seed-1", now=START)
    for answer in (*answers, None):
        done = advance(definition, state, START, host)
        for effect in done.wanted if answer is not None else ():
            deliver(state, effect.id, {"value": answer})
    return ["  " * one.depth + one.name + "".join(f"[{n}]" for n in one.index) + f": {one.waiting}" for one in live(definition, state)]


def test_a_subscription_tells_what_it_waits_for():
    assert in_progress() == ["a: messages of hear"]
    assert in_progress(polled()) == ["a: messages of hear"]


def test_what_is_done_with_a_message_is_in_progress_beneath_it():
    assert in_progress(polled(1)) == ["a: None", "  w[0]: 2026-01-01T00:00:01.000Z"]
