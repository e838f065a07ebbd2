from __future__ import annotations

import json

import pytest

from interpreter.dataflow import Both
from interpreter.languages import JQ
from interpreter.values import Json
from tests.fakes import World
from tests.interpreter.documents import fault_of, flow

LOOSE = "{mode: loose}"


def loosely(text: str, input: Json = None) -> Json:
    ran = World().run(flow(json.dumps([{"a": {"set": {"v": text}}}]), evaluate=LOOSE), input)
    assert ran.completed, ran.problem
    return ran.output["v"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (".n", 5),
        ("${ .n }", 5),
        ("n is ${ .n }", "n is 5"),
        ("1 + 1", 2),
        ("hello world", "hello world"),
        ("hello", "hello"),
        ("", ""),
        ("  ", "  "),
        ("Order #5", "Order #5"),
        ("1 } and", "1 } and"),
        ("{ n: .n }", {"n": 5}),
        ("a { b", "a { b"),
        ("}", "}"),
        ("it's", "it's"),
        ("https://example.com/a", "https://example.com/a"),
        ('say "hi', 'say "hi'),
        (".absent", None),
        ("# only a comment", "# only a comment"),
    ],
)
def test_in_loose_mode_every_text_is_tried_and_stays_itself_when_it_is_no_expression(text, value):
    assert loosely(text, {"n": 5}) == value


def test_in_loose_mode_what_is_marked_must_be_an_expression():
    ran = World().run(flow("[a: {set: {v: '${ nonsense }'}}]", evaluate=LOOSE))
    assert fault_of(ran) == ("expression", 400, "/do/0/a")


def test_in_loose_mode_text_from_data_is_still_not_evaluated():
    assert loosely(".given", {"given": "1 + 1"}) == "1 + 1"


def test_in_loose_mode_a_stopped_evaluation_is_not_taken_for_text():
    from interpreter.evaluator import Held
    from tests.fakes import InProcess

    class Holding(InProcess):
        def evaluate(self, expressions, dot, variables, now, place, **_):
            raise Held("stopped", place=place, counted=True)

    with pytest.raises(Held):
        World(evaluator=Holding()).run(flow("[a: {set: {v: .n}}]", evaluate=LOOSE))


def test_in_loose_mode_arguments_of_a_call_are_tried_and_secrets_are_deferred():
    text = "[a: {call: http, with: {method: get, endpoint: 'https://example.com/x', body: {n: .n, s: $secrets.token, c: '$secrets.token # why', t: plain text}}}]"
    ran = World({"a": {}}).run(flow(text, evaluate=LOOSE, use="{secrets: [token]}"), {"n": 5})
    arguments = ran.started[0].arguments
    assert arguments["with"]["uri"] == "https://example.com/x"
    assert arguments["with"]["body"] == {"n": 5, "s": "${$secrets.token}", "c": "${$secrets.token # why\n}", "t": "plain text"}
    assert arguments["deferred"].keys() == {"/body/s", "/body/c"}
    assert JQ.whole(arguments["with"]["body"]["c"]) == "$secrets.token # why"


def test_in_strict_mode_bare_text_is_text():
    assert World().run(flow("[a: {set: {v: .n}}]", evaluate="{mode: strict}"), {"n": 5}).output == {"v": ".n"}


@pytest.mark.parametrize("field", ["if: .n == 5", "if: '${ .n == 5 }'", "if: '  ${ .n == 5 }  '"])
def test_a_field_that_is_an_expression_takes_it_with_or_without_marks(field):
    assert World().run(flow(f"[a: {{{field}, set: {{v: 1}}}}]"), {"n": 5}).output == {"v": 1}


def test_a_marked_expression_with_text_behind_it_is_an_expression_error():
    ran = World().run(flow("[a: {if: '${ .n } == 5', set: {v: 1}}]"), {"n": 5})
    assert fault_of(ran) == ("expression", 400, "/do/0/a")


@pytest.mark.parametrize("shape", ["'{ v: .n, w: [.n] }'", "{v: '${ .n }', w: ['${ .n }']}"])
def test_an_expression_or_an_object_with_expressions_shapes_the_same(shape):
    assert World().run(flow(f"[a: {{input: {{from: {shape}}}, set: '${{ . }}'}}]"), {"n": 5}).output == {"v": 5, "w": [5]}


def test_arguments_laid_over_others_hide_them_and_compute_nothing_unasked():
    class Lazy(dict[str, int]):
        def __getitem__(self, name):
            raise AssertionError(name)

    both = Both({"a": 1}, {"a": 2, "b": 3})
    assert dict(both) == {"a": 1, "b": 3}
    assert len(both) == 2
    assert Both({"a": 1}, Lazy(b=0))["a"] == 1
    with pytest.raises(KeyError):
        both["c"]
