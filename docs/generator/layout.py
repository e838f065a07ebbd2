"""Which page of the reference holds which class of the model. Every class stands on exactly one page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from interpreter.document import model
from interpreter.document.blocks import OneOf
from interpreter.document.model.hints import DocumentHints, TaskHints
from interpreter.document.shapes import Shape, classes, members, shape_of

MEMBERS = "Members"
"""The heading of a page's only class."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page: the classes that it begins with, by their headings; what it is about, unless its only class says so; pages that tell more; the samples' keyword."""

    name: str
    title: str
    roots: tuple[tuple[str, type[Any]], ...]
    about: str = ""
    more: tuple[str, ...] = ()
    keyword: str = ""

    @property
    def file(self) -> str:
        """Its name in the folder of the reference."""
        return f"{self.name}.md"


@dataclass(frozen=True, slots=True)
class Section:
    """A class of the model on its page: `path` leads to it from the class that the page, or a part of it, begins with; `kind` is its key in a union."""

    page: Page
    heading: str
    node: type[Any]
    path: str = ""
    kind: str = ""

    @property
    def anchor(self) -> str:
        """The address of the heading on the page, as GitHub makes it."""
        return "".join(one for one in self.heading.lower() if one.isalnum() or one in " -_").replace(" ", "-")


_MORE = {
    "call.asyncapi": ("messages.md",),
    "call.function": ("functions.md",),
    "run.script": ("processes.md", "policy.md"),
    "run.shell": ("processes.md", "policy.md"),
    "run.container": ("processes.md", "policy.md"),
}


def _kind(node: type[Any]) -> Page:
    head, _, below = node.KEY.partition(".")
    title = f"`{head}`" if not below else f"`{head}` of a function" if below == "function" else f"`{head}: {below}`"
    name = node.KEY.replace(".", "-")
    return Page(name, title, ((MEMBERS, node),), more=_MORE.get(node.KEY, ()), keyword=name)


KINDS = tuple(_kind(node) for node in get_args(model.AnyTask))

SHARED = (
    Page(
        "document",
        "The document",
        ((MEMBERS, model.Document), ("`document`", model.Header), ("`evaluate`", model.Evaluate), ("`schedule`", model.Schedule)),
        more=("expressions.md",),
    ),
    Page("use", "`use`", ((MEMBERS, model.Use),)),
    Page("task", "What every task may have", ((MEMBERS, model.TaskCommon),)),
    Page(
        "data-flow",
        "`input`, `output` and `export`",
        (
            ("`input`", model.Input),
            ("`output`", model.Output),
            ("`export`", model.Export),
            ("A schema in the document", model.InlineSchema),
            ("A schema elsewhere", model.ExternalSchema),
        ),
        "How data go into a task and the workflow, come out of them, and are kept for later.",
    ),
    Page(
        "timeout",
        "Durations and `timeout`",
        (("Duration", model.DurationParts), ("`timeout`", model.TimeoutParts)),
        "How long something lasts, and how long it may.",
        keyword="timeout",
    ),
    Page(
        "events",
        "Which events are waited for",
        (("`one`", model.OneEvent), ("`any`", model.AnyEvent), ("`all`", model.AllEvents), ("Filter", model.EventFilter)),
        "Which events a `listen` or a schedule waits for, and how many: exactly one of the strategies.",
    ),
    Page("foreach", "`foreach`", ((MEMBERS, model.Iterator),)),
    Page("errors", "Errors", ((MEMBERS, model.Error),)),
    Page("retry", "`retry`", ((MEMBERS, model.RetryPolicy),)),
    Page(
        "authentication",
        "`authentication`",
        (
            ("`basic`", model.Basic),
            ("Properties of `basic`", model.BasicProperties),
            ("`bearer`", model.Bearer),
            ("Properties of `bearer`", model.BearerProperties),
            ("`digest`", model.Digest),
            ("Properties of `digest`", model.DigestProperties),
            ("`oauth2`", model.OAuth2),
            ("Properties of `oauth2`", model.OAuth2Properties),
            ("`oidc`", model.Oidc),
            ("Properties of `oidc`", model.OidcProperties),
            ("Client", model.OAuth2Client),
            ("Token request", model.OAuth2Request),
            ("Token in an exchange", model.OAuth2Token),
            ("Endpoints", model.OAuth2Endpoints),
            ("`use`", model.AuthenticationUse),
            ("Properties in a secret", model.SecretUse),
        ),
        "How a call proves who makes it: exactly one of the policies, or the name of one.",
        ("authentication.md",),
        "authentication",
    ),
    Page(
        "resources",
        "Endpoints and resources",
        (("Endpoint", model.EndpointParts), ("External resource", model.ExternalResource)),
        "What stands elsewhere, and how it is reached.",
    ),
    Page("extension", "Extensions", ((MEMBERS, model.Extension),), more=("functions.md",), keyword="extension"),
    Page("catalog", "Catalogs", ((MEMBERS, model.Catalog),), more=("functions.md",)),
    Page(
        "hints",
        "Hints of this product",
        (("Of a task", TaskHints), ("Of the document", DocumentHints)),
        "What the DSL has no word for, in `metadata.swtemporal`.",
        ("queues.md", "cache.md"),
    ),
)

PAGES = (*SHARED, *KINDS)

ALIASES = {
    shape_of(model.Duration): ("duration", "timeout.md#duration"),
    shape_of(model.Timeout): ("timeout, or the name of one", "timeout.md#timeout"),
    shape_of(model.Endpoint): ("endpoint", "resources.md#endpoint"),
}
"""What may be written as a text or as an object: both are told of where the object is."""

UNIONS = {
    "Task": "task.md",
    "TaskEntry": "task.md",
    "Schema": "data-flow.md",
    "EventStrategy": "events.md",
    "Authentication": "authentication.md",
    "AuthenticationReference": "authentication.md",
}
"""Named unions, and the pages that tell of them."""


@cache
def sections() -> dict[type[Any], Section]:
    """Every class of the model with its place in the reference, in the order of pages, on a page each before what it holds.

    `ValueError` for a class that would stand on two pages.
    """
    roots = {node for page in PAGES for _, node in page.roots}
    found: dict[type[Any], Section] = {}

    def add(section: Section) -> None:
        if section.node in found:
            if section.page is not found[section.node].page:
                raise ValueError(f"{section.node.__name__} is on two pages: give it one of its own in docs/generator/layout.py")
            return
        found[section.node] = section
        for inner in _below(section):
            if inner.node not in roots:
                add(inner)

    for page in PAGES:
        for heading, node in page.roots:
            add(Section(page, heading, node))
    return found


def section_of(node: type[Any]) -> Section:
    """Where a class stands."""
    return sections()[node]


def _below(section: Section) -> Iterator[Section]:
    """The classes that the members of a class are read as."""
    for name, member in members(section.node).items():
        path = f"{section.path}.{name}" if section.path else name
        for node, kind in _nodes(member.shape):
            yield Section(section.page, f"{MEMBERS} of `{path}`" + (f" by `{kind}`" if kind else ""), node, path, kind)


def _nodes(shape: Shape) -> Iterator[tuple[type[Any], str]]:
    """The classes a value may be read as, each with its key where it is one of a union; named unions have pages of their own."""
    if shape.name in UNIONS:
        return
    if shape.marker(OneOf):
        yield from ((node, node.KEY) for node in classes(shape))
    elif shape.kind == "node":
        yield shape.type, ""
    else:
        for inner in shape.inner():
            yield from _nodes(inner)
