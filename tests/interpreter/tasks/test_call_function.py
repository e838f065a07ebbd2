from __future__ import annotations

import pytest

from tests.fakes import After, World
from tests.interpreter.documents import CALL, failing, fault_of, flow

HUB = {"catalogs": {"hub": {"endpoint": "https://example.com/catalog"}}}
AT = "https://example.com/catalog/functions/greet/1.0.0/function.yaml"
GREET = "set:\n  hello: ${ .name }\n"


def fetched(text: str = GREET, uri: str = AT):
    return {"uri": uri, "digest": "0", "content": text}


def ran(tasks: str, input=..., answers=None, resources=None, **use):
    return World(answers or {}, resources=resources).run(flow(tasks, **({"use": use} if use else {})), input)


def test_the_arguments_are_the_function_s_input():
    done = ran(
        "[a: {call: greet, with: {name: '${ .n }'}}]", {"n": "Ada"}, functions={"greet": {"set": {"hello": "${ .name }", "all": "${ . }"}}}
    )
    assert done.output == {"hello": "Ada", "all": {"name": "Ada"}}


def test_without_arguments_it_gets_what_the_call_gets():
    done = ran("[a: {call: greet, input: {from: '{name: .n}'}}]", {"n": "Ada"}, functions={"greet": {"set": {"hello": "${ .name }"}}})
    assert done.output == {"hello": "Ada"}


def test_its_own_data_flow_lies_within_the_call_s():
    function = {
        "input": {"schema": {"document": {"required": ["name"]}}, "from": "{ who: .name }"},
        "set": {"hello": "${ .who }"},
        "output": {"as": "{ said: .hello }"},
        "export": {"as": "{ kept: .said }"},
    }
    tasks = "[a: {call: greet, with: {name: Ada}, output: {as: '[.said]'}, then: c}, b: {set: {passed: 1}}, c: {set: {got: '${ . }', kept: '${ $context.kept }'}}]"
    assert ran(tasks, functions={"greet": function}).output == {"got": ["Ada"], "kept": "Ada"}


def test_a_call_that_is_skipped_calls_nothing():
    done = ran("[a: {call: greet, if: .no}]", {"n": 1}, functions={"greet": {"set": {"hello": 1}}})
    assert (done.output, done.order()) == ({"n": 1}, [])


def test_it_sees_no_variable_of_its_caller():
    loop = "[a: {for: {in: '[1]', each: n}, do: [b: {call: f, with: {m: '${ $n }'}}]}]"
    assert ran(loop, functions={"f": {"set": {"n": "${ .m }"}}}).output == {"n": 1}
    assert fault_of(ran(loop, functions={"f": {"set": {"n": "${ $n }"}}})) == ("expression", 400, "/use/functions/f")


def test_a_function_s_error_has_its_own_place():
    done = ran("[a: {call: f}]", functions={"f": {"do": [{"g": {"raise": {"error": {"type": "https://example.com/e", "status": 418}}}}]}})
    assert done.problem["instance"] == "/use/functions/f/do/0/g"
    assert done.told("faulted") == ["g", "f", "a"]


def test_functions_call_functions_and_each_visit_has_a_key_of_its_own():
    functions = {"twice": {"do": [{"one": {"call": "ask"}}, {"two": {"call": "ask"}}]}, "ask": CALL}
    done = ran("[a: {call: twice}, b: {call: twice}]", answers={"ask": 1}, functions=functions)
    assert [one.reference for one in done.started] == ["/use/functions/ask"] * 4
    assert len({one.key for one in done.started}) == 4


@pytest.mark.parametrize(
    ("function", "output"),
    [
        ({"set": {"x": 1}, "then": "exit"}, {"after": True}),
        ({"set": {"x": 1}, "then": "end"}, {"x": 1}),
        ({"do": [{"a": {"set": {"x": 1}, "then": "exit"}}, {"b": {"set": {"x": 2}}}]}, {"after": True}),
        ({"do": [{"a": {"set": {"x": 1}, "then": "end"}}, {"b": {"set": {"x": 2}}}]}, {"x": 1}),
    ],
)
def test_exit_leaves_the_function_and_end_the_workflow(function, output):
    assert ran("[a: {call: f}, b: {set: {after: true}}]", functions={"f": function}).output == output


def test_a_function_leads_to_no_task():
    done = ran("[a: {call: f}, b: {set: {x: 1}}]", functions={"f": {"switch": [{"s": {"then": "b"}}]}})
    assert fault_of(done) == ("configuration", 400, "/do/0/a")


def test_a_circle_of_functions_is_an_error():
    done = ran("[a: {call: f}]", functions={"f": {"do": [{"x": {"call": "g"}}]}, "g": {"call": "f"}})
    assert fault_of(done) == ("configuration", 400, "/use/functions/g")
    assert done.problem["detail"] == "functions call each other in a circle: f → g → f"


def test_functions_are_no_way_around_the_depth_of_tasks():
    functions = {f"f{n}": {"do": [{"a": {"do": [{"b": {"do": [{"c": {"call": f"f{n + 1}"}}]}}]}}]} for n in range(60)}
    assert fault_of(ran("[a: {call: f0}]", functions=functions | {"f60": {"set": {"x": 1}}}))[0] == "configuration"


def test_an_unknown_function_is_an_error():
    assert fault_of(ran("[a: {call: nobody}]")) == ("configuration", 400, "/do/0/a")
    assert fault_of(ran("[a: {call: 'f:1.0.0@nowhere'}]")) == ("configuration", 400, "/do/0/a")
    assert fault_of(ran("[a: {call: 'f:1.0.0@default'}]")) == ("configuration", 400, "/do/0/a")


def test_a_function_of_a_catalog_is_fetched_once():
    done = ran(
        "[a: {call: 'greet:1.0.0@hub', with: {name: Ada}}, b: {call: 'greet:1.0.0@hub', with: {name: Grace}}]",
        answers={"a": After(500, fetched())},
        **HUB,
    )
    assert done.output == {"hello": "Grace"}
    assert [(one.kind, one.arguments["with"]) for one in done.started] == [("resource.fetch", {"uri": AT})]


def test_a_catalog_s_credentials_go_with_the_fetch_and_stay_out_of_history():
    endpoint = {"uri": "https://example.com/catalog", "authentication": {"bearer": {"token": "${ $secrets.key }"}}}
    done = ran(
        "[a: {call: 'greet:1.0.0@hub', with: {name: Ada}}]",
        answers={"a": fetched()},
        catalogs={"hub": {"endpoint": endpoint}},
        secrets=["key"],
    )
    assert done.completed
    sent = done.started[0].arguments
    assert sent["with"] == {"uri": AT, "authentication": {"bearer": {"token": "${ $secrets.key }"}}}
    assert (list(sent["deferred"]), sent["secrets"]) == (["/authentication/bearer/token"], ["key"])


def test_where_a_branch_is_not_there_the_next_address_is_asked():
    catalog = {"catalogs": {"hub": {"endpoint": "https://github.com/acme/functions"}}}
    call = "call: 'greet:1.0.0@hub', with: {name: Ada}"
    done = ran(f"[a: {{{call}}}, b: {{{call}}}]", answers={"a": [failing("communication", 404), fetched()]}, **catalog)
    assert done.output == {"hello": "Ada"}
    raw = "https://raw.githubusercontent.com/acme/functions"
    path = "functions/greet/1.0.0/function.yaml"
    assert [one.arguments["with"]["uri"] for one in done.started] == [f"{raw}/refs/heads/main/{path}", f"{raw}/HEAD/{path}"]


@pytest.mark.parametrize("answers", [[failing("communication", 503)], [failing("communication", 404), failing("communication", 404)]])
def test_a_catalog_that_does_not_answer_is_an_error_of_the_call(answers):
    done = ran(
        "[a: {call: 'greet:1.0.0@hub'}]", answers={"a": answers}, catalogs={"hub": {"endpoint": "https://github.com/acme/functions"}}
    )
    assert fault_of(done)[0] == "communication"
    assert fault_of(done)[2] == "/do/0/a"


def test_a_function_at_a_url():
    done = ran("[a: {call: 'https://example.com/greet.yaml', with: {name: Ada}}]", answers={"a": fetched()})
    assert done.output == {"hello": "Ada"}
    assert done.started[0].arguments["with"] == {"uri": "https://example.com/greet.yaml"}
    assert [notice.reference for notice in done.notices if notice.kind == "started"][
        -1
    ] == "/use/functions/https:~1~1example.com~1greet.yaml"


def test_what_the_command_line_read_from_a_folder_is_not_fetched():
    carried = {"catalog:mine/functions/greet/1.0.0/function.yaml": GREET}
    done = ran("[a: {call: 'greet:1.0.0@mine', with: {name: Ada}}]", resources=carried)
    assert (done.output, done.started) == ({"hello": "Ada"}, [])


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("set: {a: 1\n", ":"),
        ("set: {a: 1}\nwth: {}\n", ":2:1: "),
        ("[1, 2]", ":1:1: "),
        ("do:\n  - a: {cal: http}\n", ":2:"),
        ("set: {a: 1}\nset: {a: 2}\n", ":2:1: "),
    ],
)
def test_a_text_that_holds_no_function_is_an_error_with_its_place(text: str, place: str):
    done = ran("[a: {call: 'greet:1.0.0@hub'}]", answers={"a": fetched(text)}, **HUB)
    assert fault_of(done) == ("configuration", 400, "/do/0/a")
    assert done.problem["detail"].startswith(f"the function 'greet:1.0.0@hub' cannot be read: {AT}{place}")


def test_a_catalog_s_function_calls_those_of_the_document_and_of_catalogs():
    text = (
        "do:\n  - own: {call: ours}\n  - ask: {call: http, with: {method: get, endpoint: 'https://example.com/${ .x }', headers: {a: b}}}\n"
    )
    done = ran("[a: {call: 'greet:1.0.0@hub'}]", answers={"a": fetched(text), "ask": 3}, functions={"ours": {"set": {"x": 5}}}, **HUB)
    assert done.output == 3
    asked = done.started[-1]
    assert (asked.reference, asked.arguments["with"]["uri"]) == (
        "/use/catalogs/hub/functions/greet/1.0.0/do/1/ask",
        "https://example.com/5",
    )
    assert asked.arguments["with"]["headers"] == {"a": "b"}


def test_its_tasks_describe_themselves():
    text = "set: {me: '${ $task }', it: '${ $workflow.definition.use }'}\n"
    done = ran("[a: {call: 'greet:1.0.0@hub'}]", answers={"a": fetched(text)}, **HUB)
    assert done.output["me"]["definition"] == {"set": {"me": "${ $task }", "it": "${ $workflow.definition.use }"}}
    assert done.output["it"] == HUB


def test_a_catalog_of_the_document_s_own_may_be_called_default():
    done = ran(
        "[a: {call: 'log:1.0.0@default', with: {name: Ada}}]",
        answers={"a": fetched()},
        catalogs={"default": {"endpoint": "https://example.com"}},
    )
    assert done.output == {"hello": "Ada"}


def test_a_timeout_of_the_call_cuts_the_function_off():
    done = ran("[a: {call: f, timeout: {after: PT1S}}]", functions={"f": {"do": [{"w": {"wait": "PT5S"}}]}})
    assert fault_of(done) == ("timeout", 408, "/do/0/a")
    assert done.told("cancelled") == ["w", "f"]
