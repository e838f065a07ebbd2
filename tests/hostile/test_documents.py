"""Texts that are no documents, however they are written: one located finding, in bounded time and memory."""

from __future__ import annotations

import tracemalloc

import pytest

from interpreter.document.load import load, parse

HEADER = "document: {dsl: 1.0.3, namespace: tests, name: hostile, version: 1.0.0}\n"
LINES = [f"l{at}: &l{at} [{', '.join([f'*l{at - 1}'] * 10)}]" for at in range(1, 12)]
BOMB = "l0: &l0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n" + "\n".join(LINES)
MERGES = "a: &a {b: 1}\n" + "\n".join(f"m{at}: &m{at} {{<<: [{', '.join(['*a'] * 1000)}]}}" for at in range(200))

TEXTS = {
    "a hundred thousand brackets": "[" * 100_000,
    "a hundred thousand braces": '{"a":' * 100_000,
    "a hundred thousand dashes": "- " * 100_000,
    "a deep text of lines": "\n".join("  " * at + f"a{at}:" for at in range(600)),
    "an alias bomb": BOMB,
    "an alias bomb in a document": HEADER + "do: [a: {set: {n: *l11}}]\n" + BOMB,
    "merges upon merges": MERGES,
    "an alias of itself": "a: &a [*a]",
    "a python object": HEADER + "do: [a: {set: !!python/object/apply:os.system ['id']}]",
    "an included file": HEADER + "do: [a: {set: !include /etc/passwd}]",
    "null bytes": HEADER + "do: [a: {set: {n: '\x00'}}]",
    "half a character": HEADER + "do: [a: {set: {n: '\ud800'}}]",
    "a number of ten thousand digits": HEADER + f"do: [a: {{set: {{n: {'9' * 10_000}}}}}]",
    "a number beyond all numbers": HEADER + "do: [a: {set: {n: 1e999}}]",
    "infinity": HEADER + "do: [a: {set: {n: .inf}}]",
}


@pytest.mark.parametrize("what", TEXTS)
def test_what_is_written_to_harm_is_a_located_finding(what: str):
    tracemalloc.start()
    try:
        loaded = load(TEXTS[what], "hostile.yaml")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert [finding for finding in loaded.findings if finding.severity == "error"]
    assert all(finding.line >= 1 and finding.column >= 1 for finding in loaded.findings)
    assert all(len(finding.message) < 1_000 for finding in loaded.findings)
    assert "root:" not in str(loaded.findings)
    assert most < 200_000_000


def nested(depth: int) -> str:
    task = '{"leaf":{"set":{"n":1}}}'
    for at in range(depth - 1):
        task = f'{{"t{at}":{{"do":[{task}]}}}}'
    return f'{{"document":{{"dsl":"1.0.3","namespace":"tests","name":"deep","version":"1.0.0"}},"do":[{task}]}}'


def test_tasks_may_stand_sixty_four_deep_and_no_deeper():
    assert load(nested(64)).definition is not None
    deeper = load(nested(65))
    assert deeper.definition is None
    assert "64" in deeper.findings[0].message


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"a":' * 5_000 + "1" + "}" * 5_000, nested(1_500), "{", "NaN", "[1]", '"\\ud800"', "9" * 10_000]
)
def test_what_an_envelope_may_carry_that_is_no_document_is_a_value_error(text: str):
    with pytest.raises(ValueError, match=r".+"):
        parse(text)


def test_ten_thousand_wrong_tasks_are_told_in_bounded_length():
    text = HEADER + "do:\n" + "\n".join(f"- t{at}: {{sett: {{n: 1}}}}" for at in range(10_000))

    loaded = load(text)

    assert 1 <= len(loaded.findings) <= 10_000
    assert all(len(finding.message) < 1_000 for finding in loaded.findings)
