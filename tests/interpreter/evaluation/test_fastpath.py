from __future__ import annotations

import json
import random

import jq
import pytest

from interpreter.evaluation.fastpath import BEYOND, compiled
from interpreter.values import encode

KEYS = ["a", "b", "and", "k1", "x y", "é", ""]
SCALARS = [None, False, True, 0, 1, -1, 2, 1.5, 1.0, 0.1, 1e20, 2**53, 2**53 + 1, "", "a", "b", "ab", "é", "𝄞", "￿", "1"]
LITERALS = ["null", "true", "false", "0", "1", "-1", "-0", "1.5", "0.10", "2.0", '"a"', '"é"', '"𝄞"', '"￿"', '""', "999999999999999"]
SIGNS = ["==", "!=", "<", "<=", ">", ">="]


def value(rng: random.Random, depth: int = 3):
    shape = rng.random()
    if depth and shape < 0.35:
        return {rng.choice(KEYS): value(rng, depth - 1) for _ in range(rng.randrange(4))}
    if depth and shape < 0.5:
        return [value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return rng.choice(SCALARS)


def step(rng: random.Random, *, first: bool) -> str:
    key = rng.choice(KEYS)
    dot = "." if first or rng.random() < 0.3 else ""
    kinds = [f".{json.dumps(key, ensure_ascii=False)}", f'{dot}["{key}"]', f"{dot}[{rng.randrange(-3, 4)}]"]
    if key.isascii() and key.isidentifier():
        kinds += [f".{key}"] * 4
    return rng.choice(kinds)


def path(rng: random.Random) -> str:
    root = rng.choice(["", "", "$input", "$context"])
    steps = [step(rng, first=not root and index == 0) for index in range(rng.randrange(4))]
    return (root + "".join(steps)) or "."


def operand(rng: random.Random) -> str:
    return path(rng) if rng.random() < 0.7 else rng.choice(LITERALS)


def clause(rng: random.Random) -> str:
    return f"{operand(rng)} {rng.choice(SIGNS)} {operand(rng)}" if rng.random() < 0.7 else operand(rng)


def joined(rng: random.Random) -> str:
    return rng.choice([" and ", " or "]).join(clause(rng) for _ in range(rng.randrange(2, 4)))


def oracle(expressions, dot, variables):
    names = " | ".join(f".[{index}] as ${name}" for index, name in enumerate(variables))
    program = f"{names} | .[{len(variables)}] | [" + ",\n".join(f"(try [{text}] catch [])" for text in expressions) + "] | tojson"
    return json.loads(jq.compile(program).input_text(encode([*variables.values(), dot])).first())


@pytest.mark.parametrize("kind", [path, operand, clause, joined])
def test_what_it_answers_is_what_jq_answers(kind):
    rng = random.Random(kind.__name__)
    answered = 0
    for _ in range(80):
        expressions = [kind(rng) for _ in range(100)]
        dot, variables = {key: value(rng) for key in KEYS}, {"input": value(rng), "context": value(rng, 4)}
        expected = oracle(expressions, dot, variables)
        for text, by_jq in zip(expressions, expected, strict=True):
            read = compiled(text)
            assert read is not None, text
            found = read(dot, variables)
            if found is BEYOND:
                continue
            answered += 1
            assert [encode(found)] == [encode(json.loads(encode(one))) for one in by_jq], text
    assert answered > 2500


@pytest.mark.parametrize(
    "text",
    [
        *[
            ".a?",
            ".[1:2]",
            "..",
            ".[]",
            ".a | .b",
            ".a + 1",
            ".a // 1",
            "1e3",
            "1.5.a",
            "[.a]",
            "{a: 1}",
            "-.a",
            ".a == .b == .c",
            ". a",
            ".a .b",
        ],
        *[
            '"\\u0041"',
            '"a\\(1)"',
            ".[1.0]",
            ".a and .b or .c",
            ".a and not",
            "not",
            "",
            " ",
            "and",
            ".a and",
            "$ENV",
            "$ENV.PATH",
            "$__loc__",
            "$a::b",
        ],
        *[
            ".a::b",
            "a",
            "null.a",
            "truex",
            '"a""b"',
            "1 2",
            ".a# c",
            ".é",
            "$é",
            ".1",
            '.["a"',
            "12345678901234567890",
            "nan",
            ".a.b.",
            ".a..b",
            "@json",
            '."a"b',
        ],
    ],
)
def test_what_lies_outside_the_little_language_is_left_to_jq(text):
    assert compiled(text) is None


@pytest.mark.parametrize(
    ("text", "dot"),
    [(".a", 1), (".a", []), (".[0]", {}), (".a == .b", {"a": [], "b": []}), (". < 1", 2**53 + 1), ("$missing", None), (".a.b", {"a": "x"})],
)
def test_data_on_which_jq_might_say_something_else_is_left_to_jq(text, dot):
    read = compiled(text)

    assert read is not None
    assert read(dot, {}) is BEYOND


def test_a_container_compares_by_kind_with_a_scalar():
    read = compiled(".a != null")

    assert read is not None
    assert read({"a": {}}, {}) is True


def test_the_second_operand_is_not_looked_at_when_the_first_decides():
    read = compiled(".a and .b.c.d")

    assert read is not None
    assert read({"a": False, "b": 1}, {}) is False
    assert read({"a": True, "b": 1}, {}) is BEYOND
