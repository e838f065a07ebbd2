from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.expressions import constructed, fields, names, needed, path
from interpreter.languages import JQ, Expression

source, split, whole = JQ.source, JQ.split, JQ.whole

JQ = [
    ".a",
    "{a: {b: [1]}}",
    '"}"',
    '"a\\"}" + "{"',
    '"x\\(.a + "}" + "\\({b: 1} | .b)")}"',
    "[.[] | {(.k): .v}]",
    ".a # }\n| .b",
    ".a # \\\n } still a comment\n| .b",
    ".a # \\\r\n } still a comment\n| .b",
    '@base64 "}\\(.a)}"',
    '"\\u0028"',
]


@pytest.mark.parametrize("jq", JQ)
def test_one_marked_expression_is_found_whatever_its_strings_and_comments_hold(jq):
    assert split("${ " + jq + " }") == (Expression(jq),)
    assert whole(" ${" + jq + "\n} ") == jq
    assert source("${" + jq + "}") == source(jq) == jq


@given(st.lists(st.one_of(st.sampled_from(JQ).map(Expression), st.text().filter(lambda text: text and "$" not in text)), max_size=6))
def test_a_string_splits_into_the_parts_it_was_put_together_from(parts):
    merged: list[str | Expression] = []
    for part in parts:
        if merged and isinstance(part, str) and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    text = "".join("${ " + part.source + " }" if isinstance(part, Expression) else part for part in merged)

    found = split(text)

    assert found == (tuple(merged) or ("",))
    assert all(text[part.start :].startswith(part.source) for part in found if isinstance(part, Expression))


@given(st.text().filter(lambda text: "${" not in text))
def test_a_text_without_mark_is_itself(text):
    assert split(text) == (text,)
    assert whole(text) is None
    assert source(text) == text.strip()


def test_two_expressions_are_not_a_whole_one():
    assert split("${ .a }-${ .b }") == (Expression(".a"), "-", Expression(".b"))
    assert whole("${ .a }-${ .b }") is None


def test_a_dollar_before_the_mark_stays():
    assert split("$${ .a }") == ("$", Expression(".a"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a ${ .b", "`${` at character 3 of `a ${ .b` is never closed"),
        ("${ (.a }", "`}` at character 8 of `${ (.a }`, where `)` has to come first"),
        ("${ .a) }", "`)` at character 6 of `${ .a) }`, where `}` has to come first"),
        ('${ "} }', "is never closed"),
        ("${ .a # }", "is never closed"),
        ("${ {a: 1 }", "is never closed"),
    ],
)
def test_what_is_out_of_balance_is_refused_in_words(text, said):
    with pytest.raises(ValueError, match=r"has to come first|never closed") as caught:
        split(text)

    assert said in str(caught.value)


@given(st.text(alphabet='${}()[]"\\#\n a.x'))
def test_any_text_splits_or_is_refused(text):
    try:
        parts = split(text)
    except ValueError:
        return
    assert sum(len(part) if isinstance(part, str) else len(part.source) for part in parts) <= len(text)


def test_an_expression_field_is_marked_as_a_whole_or_not_at_all():
    with pytest.raises(ValueError, match="mark the whole expression"):
        source("${ .a } == 1")


@pytest.mark.parametrize(
    ("jq", "expected"),
    [
        ("$context.a + $input", {"context", "input"}),
        ('"$context \\($task.name) \\("\\($x)")"', {"task", "x"}),
        (". # $no\n| $yes", {"yes"}),
        ("{$item}", {"item"}),
        (". as $own | $own", {"own"}),
        ("$__loc__", {"__loc__"}),
        ('$a) | "', {"a"}),
        (".a", set()),
    ],
)
def test_the_names_an_expression_mentions(jq, expected):
    assert names(jq) == expected


@given(st.text(alphabet='${}()[]"\\#\n a.x'))
def test_names_never_fails(text):
    names(text)
    fields("context", text)


@pytest.mark.parametrize(
    ("jq", "expected"),
    [
        ('$context.a + $context."b c" + $context["d"] + $context.["e"]', {"a", "b c", "d", "e"}),
        ("$context.a.b[0]", {"a"}),
        (".x", set()),
        ("$context", None),
        ("$context.a + ($context | length)", None),
        ("{$context}", None),
        ("$context[.k]", None),
        ('$context."\\(.k)"', None),
        ("$context.[]", None),
        ("$contextual", set()),
    ],
)
def test_the_members_of_the_context_an_expression_reads(jq, expected):
    assert fields("context", jq) == expected


@pytest.mark.parametrize(
    ("jq", "whole_path", "first_path"),
    [
        (".", (), ()),
        (".a", ("a",), ("a",)),
        ('.a."b c".["d"]["e"]', ("a", "b c", "d", "e"), ("a", "b c", "d", "e")),
        (".a + .b", None, ("a",)),
        (".a[0].b", None, ("a",)),
        (".a == 2", None, ("a",)),
        (".a // 1", None, ()),
        (".a?", None, ()),
        (".a = 2", None, ()),
        (".a | .b |= 2", None, ()),
        ("..", None, ()),
        (".[0].a", None, ()),
        ('["a"]', None, ()),
        ("$a.b", None, ()),
        ("", None, ()),
    ],
)
def test_the_path_an_expression_is_and_the_one_it_cannot_do_without(jq, whole_path, first_path):
    assert path(jq) == whole_path
    assert needed(jq) == first_path


@pytest.mark.parametrize(
    ("jq", "expected"),
    [
        ("{}", {}),
        (' { a: .b, "c d": [1, 2], e, $f, "g h", } ', {"a": ".b", "c d": "[1, 2]", "e": ".e", "f": "$f", "g h": '."g h"'}),
        ('{a: {b: 1, c: 2}, d: "x, } y"}', {"a": "{b: 1, c: 2}", "d": '"x, } y"'}),
        ("{a: 1} + {b: 2}", None),
        ("{(.a): 1}", None),
        ('{"a\\(.b)": 1}', None),
        ("{a: if .b then 1, 2 else 3 end}", None),
        (".a", None),
        ("{", None),
    ],
)
def test_the_members_of_an_object_that_is_constructed(jq, expected):
    assert constructed(jq) == expected
