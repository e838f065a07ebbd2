"""What a task with `metadata.swtemporal.cache` asks of the result cache, and what a run tells of the answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.engine import advance, begin
from interpreter.state import deliver
from interpreter.values import canonical
from tests.fakes import START, World
from tests.interpreter.documents import HEADER, failing, fault_of, flow
from tests.interpreter.test_values import VALUES

HOUR = 3_600_000
GET = "{call: http, with: {method: get, endpoint: 'https://example.com/%s'}, metadata: {swtemporal: {cache: %s}}%s}"


def task(hint: str = "{ttl: PT1H}", path: str = "things", more: str = "") -> str:
    return GET % (path, hint, more)


def asked(text: str, input=..., **root):
    """The `cache` of the arguments of the only effect."""
    return World({"a": "given"}).run(flow(f"[a: {text}]", **root), input).started[0].arguments.get("cache")


def varying(text: str, input=..., **root) -> str:
    return asked(text, input, **root)["varies"]


def own(key: str) -> str:
    return f"{{ttl: PT1H, key: {key}}}"


def test_without_the_hint_nothing_is_asked():
    effect = World({"a": "given"}).run(flow("[a: CALL]")).started[0]
    assert set(effect.arguments) == {"task", "reference", "key", "with"}


def test_the_least_one_can_say():
    found = asked(task())
    assert len(found.pop("varies")) == 64
    assert found == {"ttl": HOUR, "scope": ["workflow", "test", "flow"]}


@pytest.mark.parametrize("ttl", ["PT1H", "{hours: 1}", "'PT${ .n }H'", "'${ {hours: .n} }'"])
def test_a_time_is_written_or_computed(ttl):
    assert asked(task(f"{{ttl: {ttl}}}"), {"n": 1})["ttl"] == HOUR


@pytest.mark.parametrize("ttl", ["${ null }", "${ 5 }", '${ "PT0S" }', '${ "soon" }'])
def test_a_computed_time_that_is_none_is_a_fault(ttl):
    ran = World({"a": "given"}).run(flow(f"[a: {task(f'{{ttl: {ttl!r}}}')}]"))
    assert fault_of(ran) == ("expression", 400, "/do/0/a")


def test_a_namespace_shares():
    assert asked(task("{ttl: PT1H, scope: namespace}"))["scope"] == ["namespace", "test"]


def test_a_run_may_want_everything_anew():
    world = World()
    definition = flow(f"[a: {task()}]")
    state = begin({}, id="run-1", seed="seed-1", now=START)
    (effect,) = advance(definition, state, START, replace(world.host(), anew=True)).wanted
    assert effect.arguments["cache"]["anew"] is True


def test_the_evaluated_task_and_its_input_vary():
    same = varying(task(path="{id}"), {"id": 1, "b": {"x": 1, "y": 2}})
    assert same == varying(task(path="{id}"), {"b": {"y": 2, "x": 1}, "id": 1})
    assert same != varying(task(path="{id}"), {"id": 2, "b": {"x": 1, "y": 2}})
    assert same != varying(task(path="{id}"), {"id": 1})
    assert same != varying(task(path="{id}s"), {"id": 1, "b": {"x": 1, "y": 2}})


def test_neither_the_tasks_name_nor_its_place_nor_the_text_around_it_vary():
    first = varying(task(more=", timeout: {after: PT5S}"), {})
    ran = World({"b": "given"}).run(flow(f"[z: {{wait: PT0S}}, b: {task()}]"), {})
    assert ran.started[0].arguments["cache"]["varies"] == first


def test_what_is_left_to_the_activity_varies_by_what_it_sees():
    call = "call: http, with: {method: get, endpoint: https://a.example, headers: {K: '${ $secrets.k + $n }'}}"
    text = "{input: {from: '${ {} }'}, " + call + ", metadata: {swtemporal: {cache: {ttl: PT1H}}}}"
    loop = "{for: {each: n, in: '${ .all }'}, do: [a: " + text + "]}"
    ran = World({"a": [1, 2, 3]}).run(flow(f"[l: {loop}]", use="{secrets: [k]}"), {"all": ["x", "x", "y"]})
    first, second, third = [one.arguments["cache"]["varies"] for one in ran.started]
    assert first == second != third


def test_kinds_differ_though_their_arguments_do_not():
    script = "{run: {script: {language: js, code: x}}, metadata: {swtemporal: {cache: {ttl: PT1H}}}}"
    shell = "{run: {shell: {command: x}}, metadata: {swtemporal: {cache: {ttl: PT1H}}}}"
    assert varying(script) != varying(shell)


def test_a_key_of_ones_own_stands_for_task_and_input():
    keyed = task(own("'${ .id }'"), path="{other}")
    found = asked(keyed, {"id": 1, "other": "a"})
    assert found["own"] is True
    assert found["varies"] == varying(keyed, {"id": 1, "other": "b"})
    assert found["varies"] != varying(keyed, {"id": 2, "other": "a"})


def test_a_key_of_ones_own_holds_for_this_text_only():
    """Whoever brings another document, under whatever name, cannot put a result where this one looks."""
    keyed = task(own("fixed"))
    assert varying(keyed) == varying(keyed)
    assert varying(keyed) != varying(keyed, document={**HEADER, "version": "1.0.1"})
    two = World({"a": 1, "b": 2}).run(flow(f"[a: {keyed}, b: {task(own('fixed'), path='more')}]")).started
    assert two[0].arguments["cache"]["varies"] != two[1].arguments["cache"]["varies"]


def test_a_key_is_not_taken_for_a_task():
    assert varying(task(own("{evaluated: true}"))) != varying(task())


def test_a_key_that_gives_nothing_is_a_fault():
    """Else all whose id is missing would share what the first of them got."""
    ran = World({"a": "given"}).run(flow(f"[a: {task(own(chr(39) + '${ .id }' + chr(39)))}]"), {"name": "x"})
    assert fault_of(ran) == ("expression", 400, "/do/0/a")


@pytest.mark.parametrize(
    "call", ["run: {container: {image: alpine}}", "call: 'http-container:1.0.0@default', with: {image: alpine}"], ids=["run", "call"]
)
def test_whose_container_it_is_does_not_vary(call):
    made = "{" + call + ", metadata: {swtemporal: {cache: {ttl: PT1H, scope: namespace}}}}"
    two = World({"a": {}, "b": {}}).run(flow(f"[a: {made}, b: {made}]"), {}).started
    other = World({"a": {}}).run(flow(f"[a: {made}]", document={**HEADER, "name": "other"}), {}).started
    assert [one.arguments["with"]["of"]["task"] for one in two] == ["a", "b"]
    assert two[0].arguments["cache"] == two[1].arguments["cache"] == other[0].arguments["cache"]


def test_a_key_that_fails_is_the_tasks_fault():
    ran = World({"a": "given"}).run(flow(f"[a: {task(own(chr(39) + '${ error }' + chr(39)))}]"))
    assert fault_of(ran)[0] == "expression"


def test_the_functions_task_is_what_is_kept():
    ran = World({"f": "given"}).run(flow("[a: {call: f, with: {id: 1}}]", use=f"{{functions: {{f: {task(path='{id}')}}}}}"))
    assert ran.started[0].arguments["cache"]["ttl"] == HOUR


@pytest.mark.parametrize(
    "unchecked",
    [
        "{emit: {event: {with: {type: t, source: 'https://a.example'}}}, metadata: {swtemporal: {cache: {ttl: PT1H}}}}",
        "{run: {await: false, shell: {command: x}}, metadata: {swtemporal: {cache: {ttl: PT1H}}}}",
        task("{}"),
        task("PT1H"),
        task("{ttl: PT1H, scope: all}"),
    ],
)
def test_a_document_that_nobody_has_validated_is_refused_at_the_task(unchecked):
    assert fault_of(World({"a": "given"}).run(flow(f"[a: {unchecked}]"))) == ("configuration", 400, "/do/0/a")


def test_what_is_fetched_for_a_task_is_not_what_is_kept():
    script = "{run: {script: {language: js, source: {endpoint: https://a.example/x.js}}}, metadata: {swtemporal: {cache: {ttl: PT1H}}}}"
    ran = World({"a": "given", "resource.fetch": {"uri": "https://a.example/x.js", "content": "x", "digest": "0"}}).run(
        flow(f"[a: {script}]")
    )
    assert [one.kind for one in ran.started if "cache" in one.arguments] == ["run.script"]


def told(answer):
    definition = flow(f"[a: {task()}]")
    world = World()
    state = begin({}, id="run-1", seed="seed-1", now=START)
    (effect,) = advance(definition, state, START, world.host()).wanted
    deliver(state, effect.id, answer)
    done = advance(definition, state, START, world.host())
    return done.outcome, [(one.data["level"], one.data["message"]) for one in done.notices if one.kind == "logged"]


def test_an_answer_from_the_cache_says_so():
    outcome, said = told({"value": 1, "cached": START, "trouble": None})
    assert outcome.output == 1
    assert said == [("info", "answered from the result cache, where it was put at 2026-01-01T00:00:00.000Z")]


def test_trouble_with_the_cache_is_told_and_changes_nothing():
    outcome, said = told({"value": 1, "cached": None, "trouble": "no disk"})
    assert outcome.output == 1
    assert said == [("warning", "no disk")]


def test_nothing_is_told_of_a_cache_that_did_nothing():
    assert told({"value": 1, "cached": None, "trouble": None})[1] == []


def test_a_fault_is_a_fault():
    assert fault_of(World({"a": failing("timeout")}).run(flow(f"[a: {task()}]")))[0] == "timeout"


def _shuffled(value):
    if isinstance(value, dict):
        return {name: _shuffled(value[name]) for name in reversed(value)}
    return [_shuffled(item) for item in value] if isinstance(value, list) else value


@given(VALUES)
def test_the_order_of_members_does_not_vary(value):
    assert canonical(value) == canonical(_shuffled(value))


@given(VALUES, VALUES)
def test_different_values_do(one, other):
    def written(value):
        if isinstance(value, dict):
            return ("object", frozenset((name, written(item)) for name, item in value.items()))
        return ("array", tuple(map(written, value))) if isinstance(value, list) else (type(value), repr(value))

    assert (canonical(one) == canonical(other)) == (written(one) == written(other))


@given(st.dictionaries(st.text(max_size=5), st.integers(), min_size=1, max_size=4), st.integers())
def test_the_key_varies_if_and_only_if_the_input_does(input, more):
    changed = {**input, "more": more}
    assert (varying(task(), input) == varying(task(), changed)) == (input == changed)
