from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.document.model import DurationParts
from interpreter.durations import LONGEST, milliseconds

DAY = 86_400_000


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("PT30S", 30_000),
        ("PT0.5S", 500),
        ("PT1H2M3S", 3_723_000),
        ("P1D", DAY),
        ("P1W", 7 * DAY),
        ("P1M", 30 * DAY),
        ("PT1M", 60_000),
        ("P1Y", 365 * DAY),
        ("P1Y2M3W4DT5H6M7.008S", (365 + 60 + 21 + 4) * DAY + 5 * 3_600_000 + 6 * 60_000 + 7_008),
        ("P0.5D", DAY // 2),
        ("PT0S", 0),
        (" PT1S ", 1_000),
        (DurationParts(seconds=3), 3_000),
        (DurationParts(days=1, hours=2, minutes=3, seconds=4, milliseconds=5), DAY + 7_384_005),
        (DurationParts(seconds=2, milliseconds=-500), 1_500),
    ],
)
def test_length(duration, expected):
    assert milliseconds(duration) == expected


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "30s", "P30S", "PT30", "-PT3S", "PT-3S", "${ .x }", "pt3s", "PT1S\nx", "PT" + "1" * 200 + "S"]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="is no duration: write ISO 8601"):
        milliseconds(text)


@pytest.mark.parametrize(
    ("duration", "says"),
    [
        (DurationParts(seconds=-1), "negative"),
        (DurationParts(seconds=10**26), "thousand years"),
        ("P1001Y", "thousand years"),
    ],
)
def test_absurd_lengths_are_refused(duration, says):
    with pytest.raises(ValueError, match=says):
        milliseconds(duration)


@given(st.integers(0, 900), st.integers(0, 40), st.integers(0, 10**6))
def test_text_and_parts_agree(days, hours, seconds):
    assert milliseconds(f"P{days}DT{hours}H{seconds}S") == milliseconds(DurationParts(days=days, hours=hours, seconds=seconds)) <= LONGEST
