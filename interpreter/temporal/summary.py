"""Summaries: the line that timelines and lists show."""

from __future__ import annotations

SUMMARY_LENGTH = 100
SUMMARY_BYTES = 350
"""Newer servers refuse a summary by the bytes of its JSON."""


def shortened(summary: str) -> str:
    """A summary that fits a timeline and every server: 100 characters, and 350 bytes as ASCII JSON."""
    if len(summary) > SUMMARY_LENGTH:
        summary = summary[: SUMMARY_LENGTH - 1] + "…"
    while len(ascii(summary)) > SUMMARY_BYTES:
        summary = summary[:-2] + "…"
    return summary
