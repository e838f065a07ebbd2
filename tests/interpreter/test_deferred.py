from __future__ import annotations

import copy

import pytest

from interpreter.deferred import masked, part, resolve, rest, secrets_named
from interpreter.faults import Fault, fault


def evaluate(expressions, dot, variables):
    """Stands in for jq: `$name.a.b`, `.a.b`, or `error`, which fails as jq does, quoting values."""
    return [_evaluated(expression, dot, variables) for expression in expressions]


def _evaluated(expression, dot, variables):
    if expression == "error":
        raise fault("expression", f"jq: error: {variables['secrets']} cannot be added")
    head, *path = expression.split(".")
    value = variables[head[1:]] if head else dot
    for name in path:
        value = value[name]
    return value


class Asked(dict):
    """Secrets that remember which were read, and fault for one they do not have."""

    def __init__(self, *args, **members):
        super().__init__(*args, **members)
        self.names = []

    def __getitem__(self, name):
        self.names.append(name)
        if name not in self:
            raise fault("authorization", f"no secret {name}")
        return super().__getitem__(name)


def arguments(with_, **deferred):
    return {"task": "t", "reference": "/do/0/t", "key": "k", "with": with_, "deferred": deferred["deferred"] if deferred else None}


PLAIN = {"variables": {}}


def test_without_deferred_texts_with_is_as_it_was():
    assert resolve({"with": {"uri": "${ .x }"}}, evaluate, {}) == {"uri": "${ .x }"}


def test_a_whole_expression_keeps_its_type():
    given = arguments({"body": "${ $secrets.port }"}, deferred={"/body": PLAIN})
    assert resolve(given, evaluate, {"port": 8080}) == {"body": 8080}


def test_parts_of_a_text_are_spliced():
    given = arguments({"headers": {"A": "Bearer ${ $secrets.token }/${ $secrets.n }"}}, deferred={"/headers/A": PLAIN})
    assert resolve(given, evaluate, {"token": "t0", "n": 7}) == {"headers": {"A": "Bearer t0/7"}}


def test_an_expression_sees_its_dot_and_variables():
    given = arguments(
        {"query": {"a": "${ .user }-${ $context.tenant }-${ $secrets.key }"}},
        deferred={"/query/a": {"dot": {"user": "ada"}, "variables": {"context": {"tenant": "x"}}}},
    )
    assert resolve(given, evaluate, {"key": "k"}) == {"query": {"a": "ada-x-k"}}


def test_an_expression_sees_the_authorization():
    given = arguments({"body": ["${ $authorization.parameter }"]}, deferred={"/body/0": PLAIN})
    assert resolve(given, evaluate, {}, {"scheme": "Bearer", "parameter": "p"}) == {"body": ["p"]}


def test_pointers_are_unescaped_and_lead_through_lists():
    given = arguments({"body": [{"a/b": "${ $secrets.x }", "c": 1}, "y"]}, deferred={"/body/0/a~1b": PLAIN})
    assert resolve(given, evaluate, {"x": "s"}) == {"body": [{"a/b": "s", "c": 1}, "y"]}


def test_an_empty_pointer_is_the_whole_value():
    assert resolve({"with": "${ $secrets.x }", "deferred": {"": PLAIN}}, evaluate, {"x": {"a": 1}}) == {"a": 1}


def test_the_arguments_stay_as_they_are():
    given = arguments({"body": ["${ $secrets.x }"]}, deferred={"/body/0": PLAIN})
    before = copy.deepcopy(given)
    resolve(given, evaluate, {"x": "s"})
    assert given == before


def test_only_the_secrets_named_are_read():
    secrets = Asked(used="u", other="o")
    resolve(arguments({"body": "${ $secrets.used }"}, deferred={"/body": PLAIN}), evaluate, secrets)
    assert secrets.names == ["used"]


def test_an_expression_on_all_secrets_reads_all():
    given = arguments({"body": "${ $secrets }"}, deferred={"/body": PLAIN})
    assert resolve(given, evaluate, {"a": 1, "b": 2}) == {"body": {"a": 1, "b": 2}}


def test_a_secret_that_is_not_given_is_the_givers_fault():
    with pytest.raises(Fault) as caught:
        resolve(arguments({"body": "${ $secrets.nope }"}, deferred={"/body": PLAIN}), evaluate, Asked())
    assert caught.value.problem.status == 403


def test_a_failure_quotes_neither_jq_nor_a_value():
    given = arguments({"body": "${ error }"}, deferred={"/body": PLAIN})
    with pytest.raises(Fault) as caught:
        resolve(given, evaluate, {"x": "hunter2"})
    problem = caught.value.problem
    assert problem.type.endswith("/expression")
    assert "/body" in problem.detail
    assert "hunter2" not in str(problem.as_json())
    assert "jq:" not in str(problem.as_json())
    assert caught.value.__cause__ is None


def test_a_part_can_be_resolved_before_the_rest():
    given = arguments(
        {"uri": "http://x", "authentication": {"bearer": {"token": "${ $secrets.t }"}}, "body": "${ $authorization.parameter }"},
        deferred={"/authentication/bearer/token": PLAIN, "/body": PLAIN},
    )
    assert resolve(part(given, "/authentication"), evaluate, {"t": "s"}) == {"bearer": {"token": "s"}}
    remaining = resolve(rest(given, "/authentication"), evaluate, {}, {"scheme": "Bearer", "parameter": "s"})
    assert remaining == {"uri": "http://x", "body": "s"}


def test_a_part_that_is_absent_is_null():
    given = arguments({"uri": "${ $secrets.u }"}, deferred={"/uri": PLAIN})
    assert resolve(part(given, "/authentication"), evaluate, Asked()) is None


def test_what_is_shown_has_a_placeholder_for_each_expression():
    given = arguments(
        {"uri": "http://h/${ $secrets.a }/${ .x }?y=1", "body": {"a": "${ $secrets.a }", "b": "*"}},
        deferred={"/uri": PLAIN, "/body/a": PLAIN},
    )
    assert masked(given, "?") == {"uri": "http://h/?/??y=1", "body": {"a": "?", "b": "*"}}


@pytest.mark.parametrize(
    ("texts", "named"),
    [
        ([], set()),
        (["${ $secrets.a }", "x ${ $secrets.b.c } y ${ .d }"], {"a", "b"}),
        (["${ $authorization.parameter }"], set()),
        (['${ $secrets["a-b"] }'], {"a-b"}),
        (["${ $secrets | keys }"], {"a", "declared"}),
        (["${ $secrets.undeclared }"], {"undeclared"}),
    ],
)
def test_what_will_be_read_is_known_before(texts, named):
    given = arguments({"texts": texts, "plain": "${ $secrets.data }"}, deferred={f"/texts/{at}": PLAIN for at in range(len(texts))})
    assert secrets_named(given, ["a", "declared"]) == named
