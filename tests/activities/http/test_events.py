from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.http.events import Event, events

pytestmark = pytest.mark.anyio


async def came(*pieces: bytes) -> list[Event]:
    async def coming():
        for piece in pieces:
            yield piece

    return [event async for event in events(coming())]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
async def test_events_end_with_an_empty_line(end):
    text = end.join(["data: one", "", "event: named", "data: two", "data:  more", "", ": a comment", "", "data: not ended"])
    assert await came(text.encode()) == [Event("message", "one", "", None), Event("named", "two\n more", "", None)]


async def test_ids_and_delays_stay_until_they_change():
    found = await came(b"id: 1\nretry: 20\ndata\n\ndata: x\n\nid: 2\nid: a\x00b\nretry: soon\n\n")
    assert found == [Event("message", "", "1", 20), Event("message", "x", "1", 20), Event("message", "", "2", 20)]


async def test_what_is_no_utf_8_is_replaced_and_a_mark_at_the_beginning_left_out():
    assert await came(b"\xef\xbb\xbfdata: \xff\n\n") == [Event("message", "\ufffd", "", None)]


@given(st.lists(st.sampled_from([b"data: a\xc3\xa4", b"\r", b"\n", b"\r\n", b"id: 7", b":", b"x"])), st.lists(st.integers(0, 60)))
async def test_it_does_not_matter_in_which_pieces_they_come(parts, cuts):
    whole = b"".join(parts)
    places = sorted(min(cut, len(whole)) for cut in cuts)
    pieces = [whole[start:end] for start, end in zip([0, *places], [*places, len(whole)], strict=True)]
    assert await came(*pieces) == await came(whole)
