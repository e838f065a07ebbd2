"""Documents are fetched once a minute, by address and credentials."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from activities.authentication import Authorization
from activities.documents import KEPT_BYTES, KEPT_SECONDS, Documents, parsed
from activities.http.client import Answer
from activities.redact import Redaction
from interpreter.faults import Fault

pytestmark = pytest.mark.anyio


class Web:
    """Answers every request, and remembers it."""

    def __init__(self, body: bytes = b"text", status: int = 200) -> None:
        self.body, self.status, self.requests = body, status, []

    async def exchange(self, request, *, within):
        self.requests.append(request)
        return Answer(status=self.status, accepted=self.status == 200, headers={}, body=self.body, sent={})


def reading(uri="http://a.example/doc", header=None, **more):
    found = {"/document/authentication": Authorization("Bearer", header)} if header else {}
    document = {"uri": uri, **more}
    return SimpleNamespace(
        with_={"document": document},
        shown={"document": document},
        authorizations=found,
        certificate=None,
        within=1,
        redaction=Redaction(),
    )


async def test_what_the_run_carries_is_not_fetched():
    web = Web()
    assert await Documents(web).text(reading(content="carried")) == "carried"
    assert web.requests == []


async def test_it_is_fetched_once_a_minute_for_each_address_and_credentials():
    now = [0.0]
    web = Web()
    documents = Documents(web, lambda: now[0])
    for _ in range(2):
        await documents.text(reading())
        await documents.text(reading(header="token"))
    assert [request.authorization for request in web.requests] == [None, Authorization("Bearer", "token")]
    now[0] = KEPT_SECONDS
    await documents.text(reading())
    assert len(web.requests) == 3


async def test_what_was_kept_longest_goes_when_there_is_too_much():
    web = Web(b"x" * (KEPT_BYTES // 2))
    documents = Documents(web)
    for uri in ("http://a/1", "http://a/2", "http://a/3", "http://a/3", "http://a/1"):
        await documents.text(reading(uri))
    assert [request.uri[-1] for request in web.requests] == ["1", "2", "3", "1"]


@pytest.mark.parametrize("web", [Web(b"\xff"), Web(status=404)])
async def test_what_cannot_be_read_is_a_communication_fault(web):
    with pytest.raises(Fault) as raised:
        await Documents(web).text(reading())
    assert raised.value.problem.type.endswith("communication")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, "x"]}', {"a": [1, "x"]}),
        ("a:\n  200: yes\n  on: 'off'\n", {"a": {"200": "yes", "on": "off"}}),
        ("{a: 1, b: 2024-01-01}", {"a": 1, "b": "2024-01-01"}),
    ],
)
def test_json_and_yaml_are_read(text, value):
    assert parsed(text, "") == value


@pytest.mark.parametrize(
    ("text", "place"),
    [("a: [1,", "line 2"), ('{"a": }\n]', "line 2"), ("", "line 1"), ("[" * 100_000, "line 1"), ('{"a":' * 9_000, "line 1")],
)
def test_what_is_neither_is_a_communication_fault_that_names_the_place(text, place):
    with pytest.raises(Fault) as raised:
        parsed(text, "http://a/doc")
    problem = raised.value.problem
    assert (problem.type.rpartition("/")[2], problem.title) == ("communication", "Resource not understood")
    assert "http://a/doc" in problem.detail
    assert place in problem.detail
