"""What a server keeps of a run with authentication: the recording of the sample, made on a real one."""

from __future__ import annotations

import base64
import json

import pytest

from samples.service import CLIENT
from tests.replay.recording import read, recording_of

RUNS = read(recording_of("authentication"))


def _told(value):
    """Every text of a history; payloads, which are bytes in base64, as they are and as what they hold."""
    match value:
        case dict():
            for item in value.values():
                yield from _told(item)
        case list():
            for item in value:
                yield from _told(item)
        case str():
            yield value
            try:
                yield base64.b64decode(value, validate=True).decode()
            except ValueError:
                return


TOLD = [text for run in RUNS for text in _told(run.history)]


def test_it_tells_what_was_called_and_what_went_wrong():
    assert any("$secrets.shop.secret" in text for text in TOLD)
    assert any('"pots":3' in text for text in TOLD)
    assert any("invalid_client" in text for text in TOLD)


@pytest.mark.parametrize(
    "secret",
    [
        CLIENT[1],
        CLIENT[1].replace(" ", "+"),
        "open barley",
        "open+barley",
        base64.b64encode(b"flows:open+sesame").decode(),
        "Bearer t-",
        '"t-1"',
    ],
)
def test_it_tells_no_secret(secret):
    assert [text for text in TOLD if secret in text or json.dumps(secret)[1:-1] in text] == []
