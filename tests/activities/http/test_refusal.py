from __future__ import annotations

from tests.activities.performing import trouble
from tests.counterparts import Reply


def test_an_error_quotes_little(counterpart):
    counterpart.replies["/long"] = Reply.text("word " * 100_000, 500)
    assert len(trouble(counterpart, "/long")[3]) < 1_000


def test_an_error_does_not_quote_binary(counterpart):
    counterpart.replies["/binary"] = Reply(500, b"\x00\x01", {"Content-Type": "image/png"})
    assert "binary content, image/png" in trouble(counterpart, "/binary")[3]
