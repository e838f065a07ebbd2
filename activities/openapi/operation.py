"""An operation in one form, whichever version of OpenAPI describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Place: TypeAlias = Literal["path", "query", "header", "cookie"]
Style: TypeAlias = Literal["matrix", "label", "simple", "form", "spaceDelimited", "pipeDelimited", "tabDelimited", "deepObject"]

PLACES: tuple[Place, ...] = ("path", "query", "header", "cookie")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How a value becomes text: by a style, or as JSON."""

    style: Style
    explode: bool
    reserved: bool = False
    """Whether reserved characters (`/`, `?` …) stay as they are."""
    array: bool = False
    """Whether a single value stands for an array of one."""
    json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something that is sent beside the body."""

    name: str
    place: Place
    required: bool
    written: Written

    @property
    def shown(self) -> str:
        """How messages name it."""
        return f"{self.name} ({self.place})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A member of a body that is a form, or of one that is given member by member."""

    required: bool = False
    written: Written = Written(style="form", explode=True)
    media: str | None = None
    """The media type of a part of a multipart body, where the document says one or it follows from the member's type."""
    binary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One of the forms that a body may have."""

    type: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    text: bool = False
    """Whether the document says that the body is a text, whatever its type lets one think."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The body: what the task's parameters call it, and the forms it may have, the preferred one first."""

    name: str
    required: bool
    media: tuple[Media, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is called. `server` is absolute and has no slash at its end; `accepts` are media types of its answers."""

    id: str
    method: str
    server: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    body: Body | None = None
    accepts: tuple[str, ...] = ()
