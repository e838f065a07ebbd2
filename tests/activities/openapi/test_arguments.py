from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.activities.openapi.documents import refused, sent, v3

BOTH = v3([{"name": "id", "in": "query"}, {"name": "n", "in": "query"}], path="/go/{id}")


def test_one_name_in_two_places_is_told_apart_by_the_place():
    assert sent(BOTH, **{"path.id": 1, "query.id": 2, "query.n": 3}).uri == "https://api.example/go/1?id=2&n=3"
    assert refused(BOTH, id=1) == ("configuration", "the operation 'go' has several parameters 'id'; write query.id or path.id")


def test_an_unknown_parameter_is_told_with_those_there_are():
    raw = v3([{"name": "a", "in": "query"}], content={"application/json": {"schema": {"properties": {"name": {}}}}})
    assert refused(raw, b=1, c=2) == (
        "configuration",
        "the operation 'go' has no parameter 'b' nor 'c'; it takes a (query), body (the body), name (in the body)",
    )
    assert refused(v3(), b=1)[1].endswith("it takes none")


def test_all_that_is_missing_is_told():
    raw = v3([{"name": "q", "in": "query", "required": True}], path="/{a}", content={"application/json": {}}, required=True)
    assert refused(raw, q=None) == (
        "validation",
        "the operation 'go' needs q (query), a (path), body (the body): absent from the task's parameters, or null",
    )


def test_what_is_not_required_may_be_null_or_absent():
    raw = v3([{"name": "q", "in": "query"}], content={"application/json": {}})
    found = sent(raw, q=None, body=None)
    assert (found.uri, found.content) == ("https://api.example/go", None)


def test_a_parameter_goes_before_a_member_of_the_body_with_its_name():
    raw = v3([{"name": "a", "in": "query"}], content={"application/json": {"schema": {"properties": {"a": {}, "b": {}}}}})
    found = sent(raw, a=1, b=2)
    assert (found.uri, found.content.value) == ("https://api.example/go?a=1", {"b": 2})


def test_a_body_is_given_whole_or_by_its_members_but_not_both():
    raw = v3(content={"application/json": {"schema": {"properties": {"b": {}}}}})
    assert refused(raw, body={}, b=1)[0] == "configuration"


def test_an_operation_without_a_body_takes_none():
    assert refused(v3(), body={})[0] == "configuration"


@given(
    st.dictionaries(
        st.sampled_from(["a", "b", "c", "body", "query.a", "name", "Accept", "other"]), st.none() | st.integers() | st.text(max_size=5)
    )
)
def test_nothing_given_is_ever_lost(parameters):
    """Whatever is given goes out, or is refused."""
    raw = v3(
        [{"name": "a", "in": "query"}, {"name": "b", "in": "header"}, {"name": "c", "in": "cookie"}],
        content={"application/json": {"schema": {"properties": {"name": {}}}}},
    )
    given = {name: value for name, value in parameters.items() if value is not None}
    wrong = "other" in given or {"body", "name"} <= given.keys() or {"a", "query.a"} <= given.keys() or isinstance(given.get("Accept"), int)
    if wrong:
        assert refused(raw, **parameters)[0] == "configuration"
        return
    found = sent(raw, **parameters)
    names = {name.lower() for name, _ in found.headers}
    assert ("?a=" in found.uri) == bool({"a", "query.a"} & given.keys())
    assert ("b" in names, "cookie" in names, "accept" in names) == ("b" in given, "c" in given, bool(given.get("Accept")))
    assert (found.content is not None) == bool({"body", "name"} & given.keys())
