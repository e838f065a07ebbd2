"""The examples of the DSL's specification and its use cases: what each needs, what happens to it, and what must come of it.

The examples are read from the folder the specification is kept in beside this repository; nothing of them is copied here. The use cases'
texts are not kept there: those in `use-cases/` are our own, written after what the specification tells of them, and the published ones are
read from a checkout of the specification where one is named. `README.md` describes the members of the tables.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from interpreter.values import Json
from tests.conformance.yaml12 import read_all

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[2] / "shared" / "spec" / "examples"
USE_CASES = HERE / "use-cases"
CHECKOUT = "SWTEMPORAL_SPECIFICATION"
"""The environment variable that names a checkout of the specification's repository."""
PUBLISHED = Path(os.environ[CHECKOUT]).resolve() / "use-cases" if CHECKOUT in os.environ else None
MISSING = None if EXAMPLES.is_dir() else f"the specification's examples are not at hand ({EXAMPLES})"
"""Why the examples cannot be run here, where they cannot."""
TABLES = ("examples.yaml", "use-cases.yaml", *(["published.yaml"] if PUBLISHED else []))
VIRTUAL = HERE / "virtual.yaml"


@dataclass(frozen=True, kw_only=True)
class Example:
    """One course that a document takes."""

    name: str
    path: Path
    counterpart: str | None = None
    """What others wrote and this course needs, or `time`: such a course is no part of `make test`, but for `node`."""
    input: Mapping[str, Json]
    """`{"input": …}`, or empty where the run gets none."""
    secrets: Mapping[str, Json] = field(default_factory=dict)
    others: Sequence[str] = ()
    """Documents that it runs: files beside the table."""
    http: Mapping[str, Sequence[Json]] = field(default_factory=dict)
    needs: Mapping[str, Json] = field(default_factory=dict)
    """Who else is there, by name in `standins.NEEDS`, each with what it is told."""
    events: Sequence[Json] = ()
    until: Mapping[str, int] = field(default_factory=dict)
    """Of a course without an end: what is seen of it when it is cancelled."""
    expect: Mapping[str, Json]

    @property
    def typed(self) -> str | None:
        """The text that the command reads from its input; None where it reads the file."""
        if self.path.suffix == ".md":
            return _repaired(self.path.read_text())
        return self.path.read_text() if "grpc" in self.needs else None


def examples() -> list[Example]:
    """Every course of the tables."""
    return [_example(raw) for name in TABLES for raw in read_all(HERE / name)]


def path_of(raw: Json) -> Path:
    """Where the document of a table's entry is, or would be."""
    if "published" in raw:
        return (PUBLISHED or Path()) / raw["published"] / "README.md"
    return USE_CASES / f"{raw['use_case']}.yaml" if "use_case" in raw else EXAMPLES / f"{raw['example']}.yaml"


def name_of(raw: Json) -> str:
    """What a course is called: the document's file, and why there is another course of it."""
    name = f"{raw['published']}, as it is published" if "published" in raw else raw.get("use_case") or raw["example"]
    return f"{name}: {raw['why']}" if "why" in raw else str(name)


def _repaired(page: str) -> str:
    """The document in a use case's page; one of them is no YAML, as a text behind `as:` holds a colon and is not quoted."""
    document = page.partition("```yaml\n")[2].partition("\n```")[0]
    return re.sub(r"^( *as: )(\$context \+ .*?) *$", r"\1'\2'", document, flags=re.MULTILINE)


def _example(raw: Json) -> Example:
    return Example(
        name=name_of(raw),
        path=path_of(raw),
        counterpart=raw.get("counterpart"),
        input={"input": raw["input"]} if "input" in raw else {},
        secrets=raw.get("secrets", {}),
        others=raw.get("with", ()),
        http={request: answers if isinstance(answers, list) else [answers] for request, answers in raw.get("http", {}).items()},
        needs=raw.get("needs", {}),
        events=raw.get("events", ()),
        until=raw.get("until", {}),
        expect=raw["expect"],
    )
