from __future__ import annotations

import json
import random

import jq
import pytest

from interpreter.evaluation.fastpath import compiled
from interpreter.evaluation.operators import BEYOND, UNARY
from interpreter.values import encode

KEYS = ["a", "b", "and", "k1", "x y", "é", ""]
SCALARS = [None, False, True, 0, 1, -1, 2, 1.5, 1.0, 0.1, 1e20, 2**53, 2**53 + 1, "", "a", "b", "ab", "é", "𝄞", "￿", "1"]
LITERALS = ["null", "true", "false", "0", "1", "-1", "-7", "1.5", "0.10", "2.0", '"a"', '"é"', '"𝄞"', '"￿"', '""', "999999999999999"]
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


def number(rng: random.Random) -> str:
    return rng.choice(["1", "2", "0", "-3", "12", "9007199254740992", "$n", "$m", "(.list | length)", ".text", '"x"', "$n", "$m"])


def arithmetic(rng: random.Random, depth: int = 2) -> str:
    if not depth or rng.random() < 0.3:
        return number(rng)
    text = f"{arithmetic(rng, depth - 1)} {rng.choice('+-*/%')} {arithmetic(rng, depth - 1)}"
    return f"({text})" if rng.random() < 0.4 else text


def built(rng: random.Random, depth: int = 3) -> str:
    shape = rng.random()
    if not depth or shape < 0.25:
        return operand(rng)
    one, other = built(rng, depth - 1), built(rng, depth - 1)
    if shape < 0.35:
        return f"[{one}, {other}]" if rng.random() < 0.7 else rng.choice(["[]", f"[{one} | {rng.choice(list(UNARY))}]"])
    if shape < 0.5:
        return f'{{a: ({one}), "x y": [{other}], b, $input, "k1"}}' if rng.random() < 0.7 else rng.choice(["{}", "{and: 1, and: 2}"])
    if shape < 0.6:
        return f"({one} | {rng.choice(list(UNARY))})"
    text = f"{one} {rng.choice([*SIGNS, '+', '+', '//', '//', 'and', 'or', '-', '*'])} {other}"
    return f"({text})" if rng.random() < 0.6 else text


def piped(rng: random.Random) -> str:
    return f"{built(rng, 2)} | {rng.choice(list(UNARY))}"


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


@pytest.mark.parametrize("kind", [arithmetic, built, piped])
def test_what_it_computes_is_what_jq_computes(kind):
    rng = random.Random(kind.__name__)
    answered = 0
    for _ in range(3_000):
        text = kind(rng)
        read = compiled(text)
        if read is None:
            continue
        n, m = rng.choice([0, 1, -1, 6, -4, 2**53, 2**52, 1.5]), rng.choice([0, 1, 3, -2, 10**8])
        dot = {key: value(rng, 2) for key in KEYS} | {"list": [1, 2], "text": "t"}
        variables = {"input": value(rng), "context": value(rng), "n": n, "m": m}
        found = read(dot, variables)
        if found is BEYOND:
            continue
        answered += 1
        assert [encode(found)] == [encode(json.loads(encode(one))) for one in oracle([text], dot, variables)[0]], text
    assert answered > 700


@pytest.mark.parametrize(
    "text",
    [
        *[
            ".a?",
            ".[1:2]",
            "..",
            ".[]",
            ".a | .b",
            "1e3",
            "1.5.a",
            "-.a",
            "-0",
            ".a | .b | .c",
            ".a as $x | $x",
            ".a / -6 / 2",
            ".a //= 1",
            ".a += 1",
            "(.a, .b)",
            "[.a | length, .b]",
            "[.a,]",
            "{a: .b + 1}",
            "{(.a): 1}",
            "{$ENV}",
            "{.a}",
            "{a: 1",
            "(.a",
            "(.a).b",
            "[.a][0]",
            "length(1)",
            "lengths",
            ". + 1 +",
            ". < 1 < 2",
            "(" * 31 + "1" + ")" * 31,
            "1 + " * 300 + "1",
            ".a == .b == .c",
            ". a",
            ".a .b",
        ],
        *[
            '"\\u0041"',
            '"a\\(1)"',
            ".[1.0]",
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
