from __future__ import annotations

from hashlib import sha256

import pytest

from interpreter.effects import FETCH
from tests.activities.performing import arguments, perform, problem
from tests.counterparts import Reply


def fetched(uri, **members):
    return perform(FETCH, arguments({"uri": uri, **members}))


def test_a_resource_is_its_text_and_digest(counterpart):
    counterpart.replies["/schema"] = Reply.text("type: é\n", media="application/yaml")
    uri = f"{counterpart.origin}/schema"
    assert fetched(uri) == {"uri": uri, "digest": sha256("type: é\n".encode()).hexdigest(), "content": "type: é\n"}


def test_it_may_need_credentials(counterpart):
    assert "authenticated" in fetched(f"{counterpart.origin}/bearer/t0", authentication={"bearer": {"token": "t0"}})["content"]


@pytest.mark.parametrize(("size", "kept"), [(256_000, True), (256_001, False)])
def test_of_a_large_one_only_the_digest_is_kept(counterpart, size, kept):
    found = fetched(f"{counterpart.origin}/bytes/{size}")
    assert found["digest"] == sha256(b"x" * size).hexdigest()
    assert ("content" in found) is kept


@pytest.mark.parametrize("uri", ["file:///etc/hostname", "FILE:/etc/hostname", "/etc/hostname", "ftp://host/x"])
def test_nothing_but_http_is_read(uri):
    found = problem(FETCH, arguments({"uri": uri}))
    assert (found["type"].rpartition("/")[2], found["status"]) == ("configuration", 400)


def test_what_is_no_text_is_refused(counterpart):
    found = problem(FETCH, arguments({"uri": f"{counterpart.origin}/binary"}))
    assert (found["status"], found["title"]) == (500, "Resource not understood")


def test_what_is_not_there_is_told(counterpart):
    assert problem(FETCH, arguments({"uri": f"{counterpart.origin}/status/404"}))["status"] == 404


def test_a_redirect_is_told_and_not_followed(counterpart):
    found = problem(FETCH, arguments({"uri": f"{counterpart.origin}/redirect/301?to=http://elsewhere/x"}))
    assert found["status"] == 301
    assert "http://elsewhere/x" in found["detail"]
