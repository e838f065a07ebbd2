from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.http.content import decoded, excerpt
from interpreter.faults import Fault

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def plain(text):
    return text


@given(JSON)
def test_json_comes_back_as_it_is(value):
    assert decoded(json.dumps(value).encode(), "application/json") == value


@pytest.mark.parametrize(
    "media", ["application/json", "Application/JSON; charset=utf-8", "application/problem+json", "application/vnd.a.b+json;x=y"]
)
def test_json_goes_by_many_names(media):
    assert decoded(b'\xef\xbb\xbf{"a": 1}', media) == {"a": 1}


@pytest.mark.parametrize(
    "media", ["text/html", "text/csv; header=present", "application/xml", "application/atom+xml", "application/x-www-form-urlencoded"]
)
def test_text_is_text(media):
    assert decoded("a=é".encode(), media) == "a=é"


def test_the_charset_counts():
    assert decoded("é".encode("latin-1"), "text/plain; charset=ISO-8859-1") == "é"
    assert decoded("é".encode("utf-16"), 'text/plain; charset="utf-16"') == "é"


@pytest.mark.parametrize("charset", ["nonsense", "zlib", "base64", "undefined", "idna"])
def test_a_charset_that_is_none_is_taken_for_utf_8(charset):
    assert decoded(b"plain", f"text/plain; charset={charset}") == "plain"


def test_undecodable_text_is_replaced():
    assert decoded(b"a\xffb", "text/plain") == "a\ufffdb"


@pytest.mark.parametrize("media", ["image/png", "application/octet-stream", "", None, "nonsense"])
def test_anything_else_is_base64(media):
    assert base64.b64decode(decoded(b"\x00\xff", media)) == b"\x00\xff"


@pytest.mark.parametrize("media", ["application/json", "text/plain", "image/png", None])
def test_nothing_is_null(media):
    assert decoded(b"", media) is None


@pytest.mark.parametrize("body", [b"{", b"NaN", b"[Infinity]", b"1e999", b"\xff", b"[" * 100_000, b"[" * 300 + b"]" * 300, b"1" * 5000])
def test_what_is_no_json_is_a_communication_error(body):
    with pytest.raises(Fault) as caught:
        decoded(body, "application/json")
    problem = caught.value.problem
    assert (problem.type.rpartition("/")[2], problem.status) == ("communication", 500)


@given(st.binary(), st.text(max_size=30))
def test_no_body_breaks_it(body, media):
    if "json" not in media.lower():
        assert isinstance(decoded(body, media), str | None)
    assert isinstance(excerpt(body, media, plain), str)


def test_an_excerpt_is_one_short_line():
    assert excerpt(b" a\n\n b\t", "text/plain", plain) == "a b"
    assert len(excerpt(b"x" * 10_000, "text/plain", plain)) == 501
    assert excerpt(b"", None, plain) == "(no content)"


def test_an_excerpt_is_redacted_before_it_is_cut():
    assert "hunter2" not in excerpt(b"x" * 497 + b"hunter2", "text/plain", lambda text: text.replace("hunter2", "***"))
    assert "hun" not in excerpt(b"x" * 497 + b"hunter2", "text/plain", lambda text: text.replace("hunter2", "***"))
