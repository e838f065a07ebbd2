from __future__ import annotations

import base64
from email.parser import BytesParser
from email.policy import HTTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.http.body import parts, written
from activities.http.content import decoded
from interpreter.faults import Fault
from tests.activities.performing import call

PNG = b"\x89PNG\r\n\x1a\n\x00\xff"
PNG_TEXT = base64.b64encode(PNG).decode()


def read(body: bytes, content_type: str):
    """The parts of a multipart body as another implementation reads them: name, file name, media type, bytes."""
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    assert message.is_multipart(), body
    return [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part.get_content_type() if "content-type" in part else None,
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    ]


@pytest.mark.parametrize(
    ("value", "content_type", "body"),
    [
        (PNG_TEXT, "image/png", PNG),
        (PNG_TEXT, "application/octet-stream", PNG),
        (PNG_TEXT[:4] + "\n" + PNG_TEXT[4:], "application/pdf", PNG),
        ("", "application/zip", b""),
        ("text", "text/plain", b"text"),
        ("é", "text/plain; charset=iso-8859-1", b"\xe9"),
        ("é", 'text/plain; charset="UTF-8"', "é".encode()),
        ("<a/>", "image/svg+xml", b"<a/>"),
        ("query { a }", "application/graphql", b"query { a }"),
        ("a: 1", "application/yaml", b"a: 1"),
        ("plain", "application/x-own; charset=utf-8", b"plain"),
        ("--x--", "multipart/mixed; boundary=x", b"--x--"),
        ({"a": 1}, "application/x-own", b'{"a":1}'),
        ([1], "text/plain", b"[1]"),
        ([1], "multipart/form-data; boundary=x", b"[1]"),
    ],
)
def test_a_body_is_written_by_its_media_type(value, content_type, body):
    assert written(value, content_type) == (body, content_type)


def test_what_the_document_calls_a_text_is_one():
    assert written("plain", "application/x-own", text=True) == (b"plain", "application/x-own")


@pytest.mark.parametrize("value", ["plain text", "abc", "é"])
def test_bytes_that_are_no_base64_are_refused_with_the_cure(value):
    with pytest.raises(Fault) as raised:
        written(value, "image/png")
    detail = raised.value.problem.detail
    assert raised.value.problem.type.endswith("expression")
    assert "image/png" in detail
    assert "charset=utf-8" in detail
    assert value not in detail


@pytest.mark.parametrize(("value", "charset"), [("é", "us-ascii"), ("a", "klingon")])
def test_a_charset_that_cannot_be_used_is_refused(value, charset):
    with pytest.raises(Fault, match="Expression") as raised:
        written(value, f"text/plain; charset={charset}")
    assert charset in raised.value.problem.detail


@given(st.binary(min_size=1, max_size=200))
def test_what_came_as_content_can_be_sent_as_it_was(body):
    assert written(decoded(body, "image/png"), "image/png")[0] == body


MEMBERS = {
    "text": "é",
    "number": 1.5,
    "truth": True,
    "none": None,
    "list": ["a", None, 2],
    "object": {"content": "x"},
    "png": {"filename": "a.png", "content": PNG_TEXT},
    "typed": {"contentType": "text/csv", "content": "a,b"},
    "both": {"filename": 'no "te".bin', "contentType": "text/plain; charset=utf-8", "content": "hi"},
    "unknown": {"filename": "x", "content": PNG_TEXT},
    "json": {"filename": "x.json", "content": {"a": 1}},
}

PARTS = [
    ("text", None, None, "é".encode()),
    ("number", None, None, b"1.5"),
    ("truth", None, None, b"true"),
    ("list", None, None, b"a"),
    ("list", None, None, b"2"),
    ("object", None, "application/json", b'{"content":"x"}'),
    ("png", "a.png", "image/png", PNG),
    ("typed", "typed", "text/csv", b"a,b"),
    ("both", "no %22te%22.bin", "text/plain", b"hi"),
    ("unknown", "x", "application/octet-stream", PNG),
    ("json", "x.json", "application/json", b'{"a":1}'),
]


def test_an_object_becomes_the_parts_of_a_form():
    assert read(*written(MEMBERS, "multipart/form-data")) == PARTS
    assert read(*written(MEMBERS, "multipart/form-data; boundary=mine")) == PARTS
    assert b"--mine--" in written(MEMBERS, 'multipart/form-data; boundary="mine"')[0]


def test_two_bodies_never_have_the_same_boundary():
    assert written({}, "multipart/form-data")[1] != written({}, "multipart/form-data")[1]


def test_names_cannot_break_out_of_their_part():
    name = 'a"\r\nX-Evil: 1\r\n\r\n'
    ((found, filename, kind, body),) = read(
        *written({name: {"filename": name, "contentType": f"text/plain{name}", "content": "x"}}, "multipart/form-data")
    )
    assert (found, filename, body) == ("a%22%0D%0AX-Evil: 1%0D%0A%0D%0A",) * 2 + (b"x",)
    assert kind.startswith("text/plaina%22%0d%0a")


def test_a_member_known_to_be_bytes_is_a_file():
    (part,) = parts("photo", PNG_TEXT, binary=True)
    assert (part.filename, part.media, part.body) == ("photo", "application/octet-stream", PNG)
    (part,) = parts("photo", {"content": PNG_TEXT}, "image/png", binary=True)
    assert (part.filename, part.media, part.body) == ("photo", "image/png", PNG)


@pytest.mark.parametrize(
    "value", [{"filename": 1, "content": ""}, {"contentType": [], "content": ""}, {"filename": "a.png", "content": "no base64"}]
)
def test_files_must_be_what_they_say(value):
    with pytest.raises(Fault, match="Expression"):
        written({"file": value}, "multipart/form-data")


def test_a_multipart_body_goes_out_with_its_boundary(counterpart):
    call(counterpart, "/echo", method="POST", body={"a": "b"}, headers={"content-type": "multipart/form-data"})
    (received,) = counterpart.received
    assert read(received.body, received.headers["content-type"]) == [("a", None, None, b"b")]


def test_bytes_go_out_as_they_are(counterpart):
    call(counterpart, "/echo", method="POST", body=PNG_TEXT, headers={"content-type": "image/png"})
    (received,) = counterpart.received
    assert (received.body, received.headers["content-type"]) == (PNG, "image/png")
