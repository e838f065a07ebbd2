"""The search finds what it is there to find: else finding nothing would mean nothing."""

from __future__ import annotations

import base64
import gzip
import json
import logging
from urllib.parse import quote, quote_plus

import pytest

from tests.canaries import MARK, Listener, canary, found_in, token, told_in, watched

SECRET = canary("x")


@pytest.mark.parametrize(
    "data",
    [
        SECRET.encode(),
        json.dumps({"a": SECRET}).encode(),
        quote(SECRET).encode(),
        quote_plus(SECRET).encode(),
        SECRET.encode().hex().encode(),
        SECRET.encode().hex().upper().encode(),
        gzip.compress(SECRET.encode()),
        b"before" + gzip.compress(b"x" * 100_000 + SECRET.encode()) + b"behind",
        base64.b64encode(gzip.compress(json.dumps([SECRET]).encode())),
        *[base64.b64encode(b"u" * before + f":{SECRET}".encode() + b"z" * behind) for before in range(3) for behind in range(3)],
        *[base64.urlsafe_b64encode(b"\xff" * before + token("y").encode()) for before in range(3)],
    ],
)
def test_a_secret_is_found_in_every_form(data: bytes):
    assert found_in(b'{"data":"' + data + b'"}') == [MARK]


@pytest.mark.parametrize(
    "data", [b"", b"c4n4ry", b"\x1f\x8b\x08 no gzip", b"H4sIAAAAAAAAAAAAAAAAAAAA", base64.b64encode(bytes(range(256)))]
)
def test_nothing_else_is(data: bytes):
    assert found_in(data) == []


def test_a_key_is_found_by_each_of_its_lines(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.canaries._watched", {MARK})
    watched("-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\nAgEGCCqGSM49AwEHBG0w\n-----END PRIVATE KEY-----\n")

    assert found_in(b"x AgEGCCqGSM49AwEHBG0w y") == ["AgEGCCqGSM49AwEHBG0w"]
    assert found_in(b"-----BEGIN PRIVATE KEY-----") == []


def test_what_is_logged_is_heard():
    listener, logger = Listener(), logging.getLogger("tests.canaries")
    logger.addHandler(listener)
    logger.propagate = False  # else the ear of this test session hears it, too
    try:
        logger.warning("with %s", SECRET)
        logger.warning("without")
    finally:
        logger.removeHandler(listener)
        logger.propagate = True
    assert listener.told == told_in([f"with {SECRET}", "without"]) == [f"with {SECRET}"]
