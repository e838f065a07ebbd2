from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.http.origins import mapped, parse


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        ("https://a.example=http://localhost:8080", {"https://a.example": "http://localhost:8080"}),
        ("HTTPS://A.example:443/=http://[::1]:80", {"https://a.example": "http://[::1]"}),
    ],
)
def test_a_mapping_is_read(text, mapping):
    assert parse([text]) == mapping


@pytest.mark.parametrize(
    "text",
    [
        "https://a",
        "a=b",
        "https://a=ftp://b",
        "https://a/path=http://b",
        "https://a=",
        "https://u@a=http://b",
        "http://[=http://b",
        "http://a:x=http://b",
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError, match=r"such as|is no origin"):
        parse([text])


def test_only_the_origin_is_replaced():
    origins = parse(["https://a.example=http://localhost:8080"])
    assert mapped("https://A.example:443/x/y?z=%20#f", origins) == "http://localhost:8080/x/y?z=%20#f"
    assert mapped("https://a.example:444/x", origins) == "https://a.example:444/x"
    assert mapped("http://a.example/x", origins) == "http://a.example/x"
    assert mapped("https://b.example/https://a.example", origins) == "https://b.example/https://a.example"


@given(st.from_regex(r"(/[a-z0-9%.~-]{0,5}){0,3}(\?[a-z=&]{0,9})?", fullmatch=True))
def test_the_rest_of_a_uri_stays(rest):
    origins = parse(["https://a.example=http://localhost:8080"])
    assert mapped(f"https://a.example{rest}", origins) == f"http://localhost:8080{rest.removesuffix('?')}"
