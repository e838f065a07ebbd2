from __future__ import annotations

import pytest

from cli.opening import differences

ENVELOPE = {"root": "a", "documents": {"a": "A", "b": "B"}, "resources": {"file://x": "X"}, "options": {}, "engine": {"product": "1"}}


@pytest.mark.parametrize(
    ("input", "changes", "found"),
    [
        ({"x": 1, "y": 2}, {}, []),
        ({"y": 2, "x": 1}, {"engine": {"product": "2"}, "options": {"limits": {}}}, []),
        ({"x": 1}, {}, ["another input"]),
        ({"x": True, "y": 2}, {}, ["another input"]),
        ({"x": 1, "y": 2}, {"root": "c", "documents": {"c": "C", "b": "B"}}, ["another document"]),
        ({"x": 1, "y": 2}, {"documents": {"a": "A"}}, ["other sub-workflows"]),
        ({"x": 1, "y": 2}, {"resources": {"file://x": "Y"}}, ["other contents of its files"]),
        (None, {"root": "b"}, ["another input", "another document", "other sub-workflows"]),
    ],
)
def test_differences(input: object, changes: dict[str, object], found: list[str]) -> None:
    assert differences(({"x": 1, "y": 2}, ENVELOPE), (input, ENVELOPE | changes)) == found
