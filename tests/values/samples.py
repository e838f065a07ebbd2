"""The values that have to survive, and what tells two of them apart."""

from __future__ import annotations

from interpreter.values import Json

VALUES: dict[str, Json] = {
    "a list": [1, [2, [3]], {"n": 4}, None],
    "an empty list": [],
    "a number": 42,
    "a fraction": 0.1,
    "a number with a point": 3.0,
    "a negative zero": -0.0,
    "a tiny number": 5e-324,
    "a large number": 1.7976931348623157e308,
    "zero": 0,
    "a string": "text",
    "an empty string": "",
    "a string like an expression": "${ .secret }",
    "a string like a number": "1e3",
    "true": True,
    "false": False,
    "null": None,
    "an object": {"z": 1, "a": {"y": None, "b": [False]}},
    "an empty object": {},
    "keys in their order": {"z": 1, "10": 2, "a": 3, "9": 4, "Z": 5, "": 6, "ä": 7},
    "an object like a fault": {"fault": {"type": "x", "status": 500}},
    "an object like an answer": {"value": 1, "attempts": []},
    "an object like a capture": {"v": 1, "state": {"$": 1}, "same": [["/a", "/b"]]},
    "a pointer in keys": {"a/b": {"~": {"~1": 1}}},
    "above 2^53": 2**53 + 1,
    "below -2^53": -(2**53) - 1,
    "a number of a hundred digits": 10**99 + 7,
    "above 2^53 inside": {"id": 9_007_199_254_740_993, "ids": [2**64 + 1]},
    "Unicode": "ä☃🎉\u202e\u0000 e\u0301",
    "Unicode in keys": {"ключ": {"名前": "☃"}, "🎉": 1},
    "half a character": "\ud83d",
    "a line break": 'a\r\nb\tc\\"',
}


def told_apart(value: Json) -> str:
    """What must be the same: the kind of every part (1 is not 1.0, not true), every digit, the order of keys."""
    return repr(value)
