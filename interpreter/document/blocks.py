"""What the model is written with: the class decorator and the markers that say how a value of the DSL may be written.

A marker stands in an `Annotated` type. It tells Pydantic how to read the value, and keeps the words (`expected`) with which
findings, reference and the editor's schema speak of it. A finding's code is the `type` of the `PydanticCustomError` raised here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, Optional, TypeVar, dataclass_transform, get_args

from pydantic_core import PydanticCustomError, core_schema

from interpreter.values import Json

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler

T = TypeVar("T")
Extra = Literal["forbid", "ignore"]

if TYPE_CHECKING:
    Maybe = Optional[T]  # noqa: UP045  # an alias that takes a parameter
else:

    class Maybe:
        """`Maybe[T]` is a member that may be absent (`None`), yet never a written `null`: for Pydantic it is plain `T`."""

        def __class_getitem__(cls, item: object) -> object:
            return item


def wire(name: str) -> str:
    """The DSL's spelling of a member: `except_when` is `exceptWhen`, `for_` is `for`."""
    head, *rest = name.rstrip("_").split("_")
    return head + "".join(part.capitalize() for part in rest)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def node(*, extra: Extra = "forbid") -> Callable[[type[T]], type[T]]:
    """A class of the model: a frozen, slotted, keyword-only dataclass; `extra="ignore"` leaves it open to other members."""

    def decorate(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        made.__pydantic_config__ = {"extra": extra, "alias_generator": wire}  # type: ignore[attr-defined]
        return made

    return decorate


@dataclass(frozen=True, slots=True)
class Expr:
    """Role: the whole text is an expression, with or without `${ }`."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Role: a text in which every `${ }` is an expression."""


@dataclass(frozen=True, slots=True)
class Data:
    """Role: free data in which every `${ }` of every text is an expression."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Role: notes of the author, in which this product's own stand under its name; `hints` is what they are looked at as."""

    hints: type


@dataclass(frozen=True, slots=True)
class Says:
    """Words for what should stand at a place, where its type says too little."""

    expected: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text that one of the patterns matches as a whole; `code` is the finding's code, `expected` what should stand there."""

    code: str
    expected: str
    patterns: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """All patterns as one, anchored, in the dialect that Python and JSON Schema share."""
        return "^(?:" + "|".join(self.patterns) + ")$"

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        fits = re.compile("|".join(self.patterns)).fullmatch

        def check(text: str) -> str:
            if not fits(text):
                raise PydanticCustomError("pattern", "{code}", {"code": self.code, "expected": self.expected})
            return text

        return core_schema.no_info_after_validator_function(check, core_schema.str_schema(strict=True))


@dataclass(frozen=True, slots=True)
class Word:
    """A text out of a closed list; `means` are words that authors write for one of them."""

    choices: tuple[str, ...]
    means: tuple[tuple[str, str], ...] = ()

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def check(text: str) -> str:
            if text not in self.choices:
                raise PydanticCustomError("choice", "one of a list")
            return text

        return core_schema.no_info_after_validator_function(check, core_schema.str_schema(strict=True))


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds; `3.0` is read as 3, texts and booleans are refused."""

    minimum: int | None = None
    maximum: int | None = None

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def read(raw: Json) -> int:
            whole = isinstance(raw, int) and not isinstance(raw, bool)
            if not whole and not (isinstance(raw, float) and raw.is_integer()):
                raise PydanticCustomError("whole", "a whole number")
            number = int(raw)
            if (self.minimum is not None and number < self.minimum) or (self.maximum is not None and number > self.maximum):
                raise PydanticCustomError("range", "out of range")
            return number

        return core_schema.no_info_plain_validator_function(read)


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`, nothing that merely looks like it."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.bool_schema(strict=True)


@dataclass(frozen=True, slots=True)
class NotEmpty:
    """An object or a list with at least one member, asked before its members are looked at."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def check(raw: Json) -> Json:
            if raw in ({}, []):
                raise PydanticCustomError("empty", "at least one member")
            return raw

        return core_schema.no_info_before_validator_function(check, handler(source))


@dataclass(frozen=True, slots=True)
class ReadAs:
    """A raw object that is checked as a class of the model, and kept raw; the innermost marker, as it decides what is read."""

    type: type

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        def check(raw: Json, inner: core_schema.ValidatorFunctionWrapHandler) -> Json:
            inner(raw)
            return raw

        return core_schema.no_info_wrap_validator_function(check, handler.generate_schema(self.type))


class Choice:
    """A union whose member is chosen by a look at the raw value, never by trying; locations then hold the member's index."""

    __slots__ = ()

    def choose(self, members: tuple[Any, ...], raw: Json) -> int | None:
        """The index of the member that a value is meant to be; None when nothing says so."""
        raise NotImplementedError

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        members = get_args(source)
        choices = {str(index): handler.generate_schema(member) for index, member in enumerate(members)}

        def pick(raw: Json) -> str | None:
            index = self.choose(members, raw)
            return None if index is None else str(index)

        return core_schema.tagged_union_schema(choices, pick)


@dataclass(frozen=True, slots=True)
class TextOr(Choice):
    """Either a text or an object, chosen by the value's shape."""

    expected: str

    def choose(self, members: tuple[Any, ...], raw: Json) -> int | None:
        """The text for a text, the other member for an object."""
        text = next(index for index, member in enumerate(members) if is_text(member))
        if isinstance(raw, str):
            return text
        return 1 - text if isinstance(raw, dict) else None


@dataclass(frozen=True, slots=True)
class ListOr(Choice):
    """Either a list or an object, the second member of the union, chosen by the value's shape."""

    expected: str

    def choose(self, members: tuple[Any, ...], raw: Json) -> int | None:  # noqa: ARG002  # the shape alone decides
        """The list for a list, the other member for an object."""
        if isinstance(raw, list):
            return 0
        return 1 if isinstance(raw, dict) else None


@dataclass(frozen=True, slots=True)
class UseOr(Choice):
    """Either the properties themselves or `use: name`, the second member of the union, chosen by that key."""

    def choose(self, members: tuple[Any, ...], raw: Json) -> int | None:  # noqa: ARG002  # the shape alone decides
        """The properties for an object without `use`."""
        return int("use" in raw) if isinstance(raw, dict) else None


@dataclass(frozen=True, slots=True)
class OneOf(Choice):
    """A union of classes told apart by the key that names the kind (`KEY` of each class).

    A key with a dot looks one level deeper: `call.http` is `call: http`, `run.shell` is an object with `shell` under `run`;
    `call.function` is any other call. Kinds are asked for in the order of the union. `noun` is what the union is called in
    messages, `deeper` what stands one level deeper.
    """

    noun: str
    deeper: str = ""

    def choose(self, members: tuple[Any, ...], raw: Json) -> int | None:
        """The first member whose key is there."""
        if not isinstance(raw, dict):
            return None
        for index, member in enumerate(members):
            head, _, below = member.KEY.partition(".")
            if head in raw and (below in {"", "function"} or _names(raw[head], below)):
                return index
        return None

    @staticmethod
    def heads(members: tuple[Any, ...]) -> list[str]:
        """The keys that name a kind, each once, in order."""
        return list(dict.fromkeys(member.KEY.partition(".")[0] for member in members))


def _names(value: Json, below: str) -> bool:
    return below in value if isinstance(value, dict) else bool(value == below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(Generic[T]):
    """An entry of a list written `- name: body`."""

    name: str
    body: T


@dataclass(frozen=True, slots=True)
class OneKey:
    """Reads an object with exactly one key as `Named`; `noun` says what stands under the name."""

    noun: str

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        (body,) = get_args(source)

        def read(raw: Json, inner: core_schema.ValidatorFunctionWrapHandler) -> Named[Any]:
            if not isinstance(raw, dict) or len(raw) != 1:
                raise PydanticCustomError("entry", "one name")
            ((name, value),) = inner(raw).items()
            return Named(name=name, body=value)

        entries = core_schema.dict_schema(core_schema.str_schema(strict=True), handler.generate_schema(body))
        return core_schema.no_info_wrap_validator_function(read, entries)


def is_text(kind: Any) -> bool:
    """Whether a type is a text, whatever its markers."""
    return kind is str or (hasattr(kind, "__metadata__") and get_args(kind)[0] is str)


Boolean = Annotated[bool, Flag()]
Integer = Annotated[int, Whole()]
Directive = Annotated[str, Says("the name of a task, continue, exit or end")]
Expression = Annotated[str, Expr()]
Template = Annotated[str, Marked()]
Free = Annotated[Any, Data()]
