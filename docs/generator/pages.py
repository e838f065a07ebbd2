"""The pages of the reference, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs.generator.layout import KINDS, PAGES, SHARED, Page, Section, sections
from docs.generator.words import words
from interpreter.document.docstrings import member_texts, paragraphs, summary
from interpreter.document.model import TaskCommon
from interpreter.document.shapes import Member, is_open, members
from interpreter.document.wording import quoted
from interpreter.faults import PREFIX, STATUS, TITLES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference"
SPECIFICATION = "https://github.com/serverlessworkflow/specification/"

_MADE = "<!-- made by `make reference` from interpreter/document/model: change the words there -->"
_COMMON = tuple(members(TaskCommon))


def written() -> dict[str, str]:
    """Every page by its file name."""
    return {page.file: _page(page) for page in PAGES} | {"README.md": _index()}


def samples(page: Page) -> list[Path]:
    """The samples of a keyword, the plainest first."""
    folder = ROOT / "samples"
    if not page.keyword:
        return []
    return [*folder.glob(f"{page.keyword}.yaml"), *sorted(folder.glob(f"{page.keyword}-*.yaml"))]


def _page(page: Page) -> str:
    lines = [_MADE, f"# {page.title}", "", *_about(page)]
    for section in sections().values():
        if section.page is page:
            lines += _section(section)
    if page.name == "errors":
        lines += _standard_errors()
    if page.more:
        lines += ["## More", "", *(f"- [docs/{name}](../{name})" for name in page.more), ""]
    for index, sample in enumerate(samples(page)):
        if not index:
            lines += ["## Samples", "", "The tests run them.", ""]
        lines += [f"[samples/{sample.name}](../../samples/{sample.name})", "```yaml", sample.read_text().rstrip(), "```", ""]
    return "\n".join(lines).rstrip() + "\n"


def _about(page: Page) -> Iterator[str]:
    """What stands above the first heading: the page's own words, or those of its first class."""
    if page.about:
        yield from [page.about, ""]
    else:
        yield from _told(page.roots[0][1])


def _told(node: type[Any]) -> Iterator[str]:
    """A class's docstring."""
    first, *rest = paragraphs(node)
    links = [text for text in rest if text.startswith(SPECIFICATION)]
    yield " ".join([_plain(first), *(f"[Specification]({link})" for link in links)])
    yield ""
    for text in rest:
        if text not in links:
            yield from [text, ""]


def _section(section: Section) -> Iterator[str]:
    node = section.node
    yield from ["##" + ("#" if section.path else "") + f" {section.heading}", ""]
    if section.page.about or node is not section.page.roots[0][1]:
        yield from _told(node)
    yield from _exclusions(node)
    own = [
        member for member in members(node).values() if node is TaskCommon or not issubclass(node, TaskCommon) or member.name not in _COMMON
    ]
    if own:
        texts = member_texts(node)
        yield from ["| Member | What it is | Default | Meaning |", "| --- | --- | --- | --- |"]
        yield from (_row(member, texts[member.field], section.page) for member in own)
        yield ""
    if node is not TaskCommon and issubclass(node, TaskCommon):
        yield from ["Besides, [what every task may have](task.md): " + ", ".join(f"`{name}`" for name in _COMMON) + ".", ""]
    if is_open(node):
        yield from ["Other members may stand beside these.", ""]


def _row(member: Member, text: str, page: Page) -> str:
    default = "**required**" if member.required else "" if member.default is None else f"`{_default(member.default)}`"
    meaning = "<br>".join(_plain(paragraph) for paragraph in text.split("\n\n"))
    cells = [f"`{member.name}`", words(member.shape, page), default, meaning]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _default(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _exclusions(node: type[Any]) -> Iterator[str]:
    for group in getattr(node, "ONE_OF", ()):
        yield from [f"Exactly one of {_code(group)} stands there.", ""]
    for group in getattr(node, "AT_LEAST_ONE_OF", ()):
        yield from [f"At least one of {_code(group)} stands there.", ""]


def _code(names: tuple[str, ...]) -> str:
    return quoted(names).replace("'", "`")


def _standard_errors() -> list[str]:
    rows = [f"| `{PREFIX}{name}` | {status} | {TITLES[name]} |" for name, status in STATUS.items()]
    return ["## The errors of the language", "", "| Type | Status | Title |", "| --- | --- | --- |", *rows, ""]


def _index() -> str:
    lines = [_MADE, "# Reference", ""]
    lines += [
        "Every word of Serverless Workflow DSL 1.0.3 as this product reads it, made from the model with which it reads documents;",
        "`swtemporal schema` gives the same to editors. [docs/conformance.md](../conformance.md) tells how it stands to each rule of the DSL.",
        "",
        "In the tables *expression* is jq, or the language that [`evaluate`](document.md#evaluate) names, with or without `${ }`; *`${ }` in it* means that every",
        "`${ }` in a text is evaluated, at any depth of a value; anything else is taken as it stands. A duration is [an object or a text](timeout.md).",
        "",
    ]
    lines += ["## Tasks", "", *(_entry(page) for page in KINDS if "-" not in page.name), ""]
    lines += ["## Calls", "", *(_entry(page) for page in KINDS if page.name.startswith("call-")), ""]
    lines += ["## Runs", "", *(_entry(page) for page in KINDS if page.name.startswith("run-")), ""]
    lines += ["## What they share", "", *(_entry(page) for page in SHARED), ""]
    return "\n".join(lines).rstrip() + "\n"


def _entry(page: Page) -> str:
    return f"- [{page.title}]({page.file}): {page.about or _plain(summary(page.roots[0][1]))}"


def _plain(text: str) -> str:
    return " ".join(text.split())
