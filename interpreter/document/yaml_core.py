"""What a plain scalar means: the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema), less what is no JSON."""

from __future__ import annotations

import math
import re

from interpreter.values import Json

LONGEST_NUMBER = 4300
"""Digits of a whole number, at most: what Python turns into text and back."""

_NULL = {"", "~", "null", "Null", "NULL"}
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_PREFIXED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_TAG = "tag:yaml.org,2002:"
_NUMBER_START = frozenset("-+.0123456789")
_TOO_LONG = 10**LONGEST_NUMBER


def plain(text: str) -> Json:
    """The value of a scalar without quotes and tag; `ValueError`, worded for the author, for a number that JSON cannot hold."""
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    return _number(text) if text[0] in _NUMBER_START else text


def tagged(text: str, tag: str) -> Json:
    """The value of a scalar with a tag of the core schema; `ValueError` for any other tag, or where the two disagree."""
    kind = tag.removeprefix(_TAG)
    if tag == "!" or kind == "str":
        return text
    value = plain(text)
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    names = {"null": type(None), "bool": bool, "int": int, "float": float}
    if kind not in names or not tag.startswith(_TAG):
        raise ValueError(f"the tag '{tag}' is not known; remove it")
    if type(value) is not names[kind]:
        raise ValueError(f"'{text}' is no value of the tag '!!{kind}'")
    return value


def _number(text: str) -> Json:
    if _DECIMAL.fullmatch(text):
        digits = text.lstrip("-+0")  # leading zeros would count as digits for Python
        if len(digits) > LONGEST_NUMBER:
            raise ValueError(f"a number has at most {LONGEST_NUMBER} digits; put it in quotes to make it a text")
        return int(("-" if text[0] == "-" else "") + (digits or "0"))
    if _PREFIXED.fullmatch(text):
        value = int(text, 0)
        if value >= _TOO_LONG:
            raise ValueError(f"a number has at most {LONGEST_NUMBER} digits; put it in quotes to make it a text")
        return value
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise ValueError(f"the number {text[:40]} is too large")
        return number
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is no value of JSON; put it in quotes to make it a text")
    return text
