"""The words that stand under the classes and members of the model, read from its source when they are asked for."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from types import ModuleType
from typing import Any


def summary(node: type[Any]) -> str:
    """What a class of the model is: the first paragraph of its docstring."""
    return paragraphs(node)[0]


def paragraphs(node: type[Any]) -> list[str]:
    """The paragraphs of a class's own docstring: what it is, the address of its section in the specification, and what there is to know besides."""
    return _texts(inspect.getmodule(node))[node.__name__][""].split("\n\n")


def member_texts(node: type[Any]) -> dict[str, str]:
    """What is written under the fields of a class of the model and of the classes it inherits from, by field."""
    found: dict[str, str] = {}
    for base in reversed(node.__mro__[:-1]):
        found |= _texts(inspect.getmodule(base))[base.__name__]
    return {name: text for name, text in found.items() if name}


@cache
def _texts(module: ModuleType) -> dict[str, dict[str, str]]:
    """By class, by field; the class itself stands under the empty name."""
    tree = ast.parse(inspect.getsource(module))
    return {item.name: _of_class(item) for item in tree.body if isinstance(item, ast.ClassDef)}


def _of_class(node: ast.ClassDef) -> dict[str, str]:
    found = {"": ast.get_docstring(node) or ""}
    for statement, following in zip(node.body, node.body[1:], strict=False):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as text)):
                found[name] = inspect.cleandoc(text)
    return found
