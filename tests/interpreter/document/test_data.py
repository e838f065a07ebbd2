from __future__ import annotations

import pytest

from interpreter.document.data import Known, below, either, lost, shaped, written

A = Known("'a'", {"x": None, "o": Known("'a'", {"y": None})})
B = Known("'b'", {"z": None, "o": Known("'b'", {"w": None})})
LIST = Known("'l'", None)


@pytest.mark.parametrize(
    ("path", "name"), [(("x",), None), (("x", "deep"), None), (("o", "y"), None), ((), None), (("q",), "q"), (("o", "q"), "q")]
)
def test_a_step_is_lost_where_it_cannot_be(path, name):
    found = lost(A, path)

    assert (found and found.name) == name


def test_nothing_is_lost_of_what_is_not_known():
    assert lost(None, ("x",)) is None


def test_a_list_has_no_member():
    assert lost(LIST, ("x",)) is not None


def test_by_two_ways_comes_what_either_brings():
    both = either([A, B, A])

    assert both == Known("'a' or 'b'", {"x": None, "o": Known("'a' or 'b'", {"y": None, "w": None}), "z": None})


@pytest.mark.parametrize("ways", [[], [A, None], [A, LIST]])
def test_where_one_way_may_bring_anything_nothing_is_known(ways):
    assert either(ways) is None


def test_what_a_template_makes():
    made = shaped({"all": "${ . }", "part": "${ .o }", "text": "a ${ .o }", "jq": "${ {y: .o.y, n: 1} }", "list": [1]}, A, "'t'")

    assert made == Known(
        "'t'", {"all": A, "part": A.members["o"], "text": None, "jq": Known("'t'", {"y": None, "n": None}), "list": Known("'t'", None)}
    )


@pytest.mark.parametrize("template", [".x + 1", "$context", "${ . } and more", "${ .x"])
def test_what_only_jq_knows(template):
    assert shaped(template, A, "'t'") is None


def test_no_template_leaves_the_data():
    assert shaped(None, A, "'t'") is A


def test_data_as_deep_as_they_like():
    value = "${ " + "{a: " * 500 + "1" + "}" * 500 + " }"
    for _ in range(250):
        value = {"a": value}

    assert below(written(value, None, "'t'"), ("a",) * 8) is not None
    assert lost(written(value, None, "'t'"), ("a",) * 250) is None
