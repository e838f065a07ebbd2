from __future__ import annotations

import pytest

from activities.policy import Policy, Rule
from interpreter.effects import FUNCTION_ACTIVITY, FUNCTION_PYTHON
from tests.activities.performing import arguments, perform, problem
from tests.settings import Settings


def called(module: str, function: str, given, **settings):
    return perform(FUNCTION_PYTHON, arguments({"module": module, "function": function, "arguments": given}), **settings)


def failed(module: str, function: str, given):
    found = problem(FUNCTION_PYTHON, arguments({"module": module, "function": function, "arguments": given}))
    return found["type"].rpartition("/")[2], found["detail"]


def test_arguments_one_by_one_or_by_name():
    assert called("operator", "add", [2, 3]) == 5
    assert called("statistics", "quantiles", {"data": [1, 2, 3], "n": 2}) == [2.0]
    assert called("math", "factorial", [25]) == 15511210043330985984000000
    assert called("json", "loads", ['{"b": ["\\u2603", null], "a": 1}']) == {"b": ["☃", None], "a": 1}


def test_an_async_function_is_awaited():
    assert called("asyncio", "sleep", {"delay": 0, "result": "rested"}) == "rested"


def test_what_it_prints_is_not_its_result():
    assert called("builtins", "print", ["hello"]) is None


@pytest.mark.parametrize(
    ("module", "function", "given", "said"),
    [
        ("nobody_has_this", "f", [], "No module named 'nobody_has_this'"),
        ("math", "nothing", [], "has no attribute 'nothing'"),
        ("math", "sqrt", [-1], "ValueError"),
        ("math", "sqrt", [], "TypeError"),
        ("builtins", "set", [], "not JSON serializable"),
        ("builtins", "float", ["nan"], "not JSON compliant"),
    ],
)
def test_what_goes_wrong_is_a_runtime_error_with_the_end_of_its_words(module: str, function: str, given, said: str):
    kind, detail = failed(module, function, given)
    assert kind == "runtime"
    assert said in detail


def test_it_sees_nothing_of_the_worker_s_environment(monkeypatch):
    monkeypatch.setenv("SWTEMPORAL_SECRET_KEY", "swordfish")
    assert called("os", "getenv", ["SWTEMPORAL_SECRET_KEY", "none"]) == "none"


@pytest.mark.parametrize("kind", [FUNCTION_PYTHON, FUNCTION_ACTIVITY])
def test_a_worker_does_it_for_nobody_unless_its_policy_says_so(kind: str):
    asked = arguments({"module": "operator", "function": "add", "arguments": [1, 2], "type": "Charge", "attempts": 1})
    found = problem(kind, asked, settings=Settings(policy=Policy((Rule(kinds=("call.http",)),))))
    assert found["type"].endswith("/authorization")
    assert kind in found["detail"]
