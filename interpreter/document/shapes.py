"""The model's types, unwrapped once: what may stand at a place, for findings, rules and the editor's schema."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, ForwardRef, Literal, TypeAlias, TypeVar, cast, get_args, get_origin, get_type_hints

from typing_extensions import TypeAliasType

from interpreter.document import model
from interpreter.document.blocks import Choice, Named, ReadAs, wire

Kind: TypeAlias = Literal["node", "list", "map", "entry", "choice", "text", "integer", "boolean", "any"]
M = TypeVar("M")

_PLAIN: dict[Any, Kind] = {str: "text", int: "integer", bool: "boolean", Any: "any"}
_HOLDING: dict[Any, Kind] = {list: "list", dict: "map", Named: "entry"}


@dataclass(frozen=True, slots=True)
class Shape:
    """What may stand at a place.

    `type` is the class of a node; `name` that of a named union. `parts` are the types of a list's items, a map's values,
    an entry's body (one) or of a union's members (several).
    """

    kind: Kind
    type: Any
    markers: tuple[object, ...] = ()
    parts: tuple[Any, ...] = ()
    name: str | None = None

    def marker(self, kind: type[M]) -> M | None:
        """The outermost marker of a kind."""
        return next((marker for marker in reversed(self.markers) if isinstance(marker, kind)), None)

    def inner(self) -> list[Shape]:
        """The shapes of the parts."""
        return [shape_of(part) for part in self.parts]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a node, by its name in the DSL."""

    name: str
    field: str
    shape: Shape
    required: bool
    default: Any


def shape_of(kind: Any) -> Shape:
    """The shape of an annotation of the model."""
    return _shape(kind)


@cache
def _shape(kind: Any) -> Shape:
    markers: list[object] = []
    name: str | None = None
    while True:
        if isinstance(kind, ForwardRef):
            kind = getattr(model, kind.__forward_arg__)
        elif isinstance(kind, TypeAliasType):
            name, kind = kind.__name__, kind.__value__
        elif get_origin(kind) is Annotated:
            markers[:0] = kind.__metadata__
            kind = kind.__origin__
        else:
            break
    read = next((marker for marker in markers if isinstance(marker, ReadAs)), None)
    if read:
        return Shape("node", read.type, tuple(markers))
    if any(isinstance(marker, Choice) for marker in markers):
        return Shape("choice", kind, tuple(markers), get_args(kind), name)
    if is_dataclass(kind):
        return Shape("node", kind, tuple(markers))
    if kind in _PLAIN:
        return Shape(_PLAIN[kind], kind, tuple(markers))
    origin: Any = get_origin(kind)
    return Shape(_HOLDING[origin], kind, tuple(markers), get_args(kind)[-1:], name)


UNKNOWN = Shape("any", None)
"""What stands where the DSL knows no member."""


def members(node: type[Any]) -> dict[str, Member]:
    """The members of a class of the model, by their names in the DSL, in their order."""
    return _members(cast("Any", node))


@cache
def _members(node: Any) -> dict[str, Member]:
    hints = get_type_hints(node, include_extras=True)
    found = [
        Member(
            name=wire(field.name),
            field=field.name,
            shape=shape_of(hints[field.name]),
            required=field.default is MISSING,
            default=None if field.default is MISSING else field.default,
        )
        for field in fields(node)
    ]
    return {member.name: member for member in found}


def classes(shape: Shape) -> list[type[Any]]:
    """The classes that a value of a shape may be read as, itself and not what it holds."""
    if shape.kind == "node":
        return [shape.type]
    if shape.kind == "choice":
        return [one for inner in shape.inner() for one in classes(inner)]
    return []


def is_open(node: type[Any]) -> bool:
    """Whether objects of a class may have members that the DSL does not know."""
    return bool(node.__pydantic_config__["extra"] == "ignore")
