"""The text of JavaScript expressions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.javascript import fields, names, truthy
from interpreter.languages import JAVASCRIPT, LANGUAGES, Expression


@pytest.mark.parametrize(
    "source",
    [
        "$.a",
        "{a: {b: 1}}",
        "'}'",
        '"}"',
        "'it\\'s }'",
        "`}`",
        "`a ${$.b} }`",
        "`a ${ {b: `${'}'}`}.b } }`",
        "`\\${ } \\` }`",
        "`$ { $} }`",
        "/}/.test($.a)",
        "$.a.replace(/[/}]/g, '}')",
        "/\\/}/.exec('x')",
        "[/}/]",
        "($.a) / 2 + 3 / $.b",
        "$.a / $.b / $.c",
        "$.in / 2 + '/}'.length",
        "typeof /}/",
        "$.a++ / 2",
        "[$.a-- / 2, '}/']",
        "-- $.a / 2 + '}/'.length",
        "1 + + /}/.test('x')",
        "1 // }\n + 2",
        "1 /* } */ + 2",
        "$.a.map(x => ({...x, n: 1}))",
        "(() => { const o = {a: 1}; return o })()",
        "'\\u007d'",
        "$.größe",
    ],
)
def test_a_brace_in_a_text_a_comment_or_a_regular_expression_closes_nothing(source):
    assert JAVASCRIPT.split(f"a ${{ {source}\n}} b ${{ 1 }}") == ("a ", Expression(source), " b ", Expression("1"))
    assert JAVASCRIPT.whole(f"${{ {source}\n}}") == source
    assert JAVASCRIPT.balanced(source)


@pytest.mark.parametrize(
    "text", ["${ $.a", "${ 'a }", "${ `a }", "${ `a ${ }", "${ /* }", "${ // }", "${ {a: 1 }", "${ (1 }", "${ [} ]", "${ /a }", "${ [/[} ]"]
)
def test_an_expression_that_is_never_closed_is_told(text):
    with pytest.raises(ValueError, match=r"never closed|has to come first"):
        JAVASCRIPT.split(text)


@pytest.mark.parametrize("piece", ["[/", "/[a", "`${", "'\\", "/*", "(", "${", "a++/[", "?/[\\"])
def test_looking_for_an_end_that_is_not_there_takes_a_text_s_length_and_not_its_square(piece):
    """It would take minutes otherwise."""
    with pytest.raises(ValueError, match=r"never closed|has to come first"):
        JAVASCRIPT.split("${ " + piece * (200_000 // len(piece)) + " }")


def test_a_field_that_is_an_expression_takes_it_with_and_without_marks():
    assert JAVASCRIPT.source("$.a > 1") == JAVASCRIPT.source("${ $.a > 1 }") == "$.a > 1"
    with pytest.raises(ValueError, match="goes on after"):
        JAVASCRIPT.source("${ $.a } > 1")


@pytest.mark.parametrize("source", ["$.a", "$.a // why", "'//'", "({a: 1})", "`${$.a}`"])
def test_a_marked_expression_can_be_found_again(source):
    assert JAVASCRIPT.whole(JAVASCRIPT.marked(source)) == source


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("$", set()),
        ("$.a", set()),
        ("$input.a + $context.b", {"input", "context"}),
        ("`${$secrets.key}`", {"secrets"}),
        ("{$item}", {"item"}),
        ("[...$items]", {"items"}),
        ("a$secrets + $.x", set()),
        ("'$secrets'", {"secrets"}),
        ("$größe", {"größe"}),
    ],
)
def test_the_arguments_that_are_named(source, named):
    assert names(source) == named


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("$context.a + $context.b.c", {"a", "b"}),
        ("$context?.a", {"a"}),
        ("$context['a b'] + $context[\"c\"]", {"a b", "c"}),
        ("$context?.['a']", {"a"}),
        ("$input.context", set()),
        ("$context", None),
        ("f($context)", None),
        ("$context[$.key]", None),
        ("$context .a", None),
        ("$context['a\\u0062']", None),
        ("$context.f\\u006fo", None),
        ("$context.hasOwnProperty('a')", None),
        ("$context.constructor", None),
        ("$context.a + Object.keys($context)", None),
    ],
)
def test_the_members_of_an_argument_that_are_read(source, read):
    assert fields("context", source) == read


@pytest.mark.parametrize("value", [None, False, 0, 0.0, -0.0, ""])
def test_what_is_false(value):
    assert not truthy(value)


@pytest.mark.parametrize("value", [True, 1, -1, 0.5, "0", "false", " ", [], {}, [0]])
def test_what_is_true(value):
    assert truthy(value)


@given(st.text(alphabet="${}()[]'\"`/\\*+ \na1.", max_size=40))
def test_any_text_is_split_or_refused_and_loses_nothing(text):
    try:
        parts = JAVASCRIPT.split(text)
    except ValueError:
        return
    at = 0
    for part in parts:
        at = text.index(part if isinstance(part, str) else part.source, at)
    assert "${" in text or parts == (text,)


def test_both_spellings_are_one_language():
    assert LANGUAGES["js"] is LANGUAGES["javascript"] is JAVASCRIPT
