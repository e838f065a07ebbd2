from __future__ import annotations

import pytest

from activities.http.pairs import pairs
from interpreter.faults import Fault


@pytest.mark.parametrize(
    ("members", "found"),
    [
        (None, []),
        ({"a": "x", "b": 1, "c": True, "d": None}, [("a", "x"), ("b", "1"), ("c", "true")]),
        ({"a": ["x", None, 2], "b": []}, [("a", "x"), ("a", "2")]),
    ],
)
def test_an_object_becomes_names_with_texts(members, found):
    assert list(pairs(members, "query")) == found


@pytest.mark.parametrize("members", ["secret", {"name": {"secret": 1}}, {"name": [["secret"]]}])
def test_what_is_not_flat_is_refused_by_its_name(members):
    with pytest.raises(Fault) as raised:
        list(pairs(members, "query"))
    assert "'query'" in raised.value.problem.detail
    assert "secret" not in raised.value.problem.detail
