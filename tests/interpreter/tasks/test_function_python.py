from __future__ import annotations

import pytest

from tests.fakes import World
from tests.interpreter.documents import fault_of, flow


def ran(arguments: str, answer=None, input=...):
    return World({"function.python": answer}).run(flow(f"[a: {{call: 'python:1.0.0@default', with: {arguments}}}]"), input)


@pytest.mark.parametrize(
    ("arguments", "sent"), [("", []), (", arguments: ['${ .n }', 2]", [7, 2]), (", arguments: {n: '${ .n }'}", {"n": 7})]
)
def test_module_function_and_arguments(arguments: str, sent):
    done = ran(f"{{module: shop.prices, function: total{arguments}}}", 5, {"n": 7})
    assert (done.output, done.started[0].arguments["with"]) == (5, {"module": "shop.prices", "function": "total", "arguments": sent})


@pytest.mark.parametrize(
    "arguments",
    [
        "{module: shop}",
        "{function: total}",
        "{module: 'shop; rm', function: total}",
        "{module: ../shop, function: total}",
        "{module: shop, function: total, arguments: 5}",
        "{module: shop, function: 5}",
    ],
)
def test_what_makes_no_sense_is_an_error(arguments: str):
    assert fault_of(ran(arguments)) == ("validation", 400, "/do/0/a")
