from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace

import pytest
from pydantic import ValidationError

from interpreter.document import model
from interpreter.document.adapter import adapter
from interpreter.document.docstrings import member_texts, summary
from interpreter.document.model import Do, DurationParts, For, Named, Set, Task, Wait
from interpreter.document.shapes import classes, shape_of

CLASSES = [one for one in vars(model).values() if isinstance(one, type) and is_dataclass(one) and one is not Named]
HEADER = {"dsl": "1.0.3", "namespace": "test", "name": "x", "version": "1.0.0"}


def read(task):
    return adapter().validate_python({"document": HEADER, "do": [{"a": task}]}).do[0].body


def test_all_that_is_exported_is_there():
    assert set(model.__all__) <= set(vars(model))
    assert {one.__name__ for one in CLASSES} <= set(model.__all__)


@pytest.mark.parametrize("one", CLASSES, ids=lambda one: one.__name__)
def test_every_class_and_every_member_is_described(one):
    assert summary(one)
    assert set(member_texts(one)) == {field.name for field in fields(one)}


def test_nodes_are_plain_values():
    task = Wait(wait=DurationParts(seconds=3), then="end")

    assert replace(task, then=None) == Wait(wait=DurationParts(seconds=3))
    assert pickle.loads(pickle.dumps(task)) == task
    with pytest.raises(FrozenInstanceError):
        task.then = "exit"
    with pytest.raises((AttributeError, TypeError)):
        task.unheard = 1


def test_a_task_is_one_of_21_kinds_each_with_a_key_of_its_own():
    keys = [one.KEY for one in classes(shape_of(Task))]

    assert len(keys) == len(set(keys)) == 21


def test_for_is_told_from_do():
    assert isinstance(read({"do": []}), Do)
    assert isinstance(read({"do": [], "for": {"in": ".x"}}), For)


def test_wire_names_are_those_of_the_dsl():
    task = read({"try": [], "catch": {"exceptWhen": ".x", "as": "problem"}, "if": ".y"})

    assert (task.try_, task.catch.except_when, task.catch.as_, task.if_) == ([], ".x", "problem", ".y")
    with pytest.raises(ValidationError):
        read({"try_": [], "catch": {}})


@pytest.mark.parametrize(
    "task", [{"set": {"x": 1}, "if": None}, {"raise": {"error": {"type": "https://x.io", "status": True}}}, {"wait": {"seconds": "3"}}]
)
def test_nothing_is_bent_to_fit(task):
    with pytest.raises(ValidationError):
        read(task)


def test_a_whole_number_may_be_written_with_a_point():
    assert read({"wait": {"seconds": 3.0}}) == Wait(wait=DurationParts(seconds=3))


def test_free_data_is_kept_as_it_is():
    data = {"if": None, "list": [1, {"x": "${ .y }"}]}

    assert read({"set": data}) == Set(set=data)
    assert read({"emit": {"event": {"with": {"source": "https://x.io", "type": "t", "ext": 1}}}}).emit.event.with_ == {
        "source": "https://x.io",
        "type": "t",
        "ext": 1,
    }
