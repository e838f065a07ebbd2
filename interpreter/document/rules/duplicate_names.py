"""Names that stand for two things."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.document.findings import Problem
from interpreter.document.model import Switch
from interpreter.document.rules.source import Source
from interpreter.values import join


def duplicate_names(source: Source) -> Iterator[Problem]:
    """A task's name is unique in its list, else `then` could mean either; T50."""
    for pointer, entries in source.lists:
        seen: set[str] = set()
        for index, entry in enumerate(entries):
            if entry.name in seen:
                message = f"there is another task '{entry.name}' in this list; give one of them another name"
                yield Problem(code="duplicate-name", pointer=join(pointer, index, entry.name), message=message, at="key")
            seen.add(entry.name)


def two_defaults(source: Source) -> Iterator[Problem]:
    """At most one case of a switch has no `when`; checklist 122."""
    for pointer, task in source.of(Switch):
        defaults = [(index, case.name) for index, case in enumerate(task.switch) if case.body.when is None]
        for index, name in defaults[1:]:
            message = f"a switch has at most one case without 'when', found '{defaults[0][1]}' and '{name}'"
            yield Problem(code="two-defaults", pointer=join(pointer, "switch", index, name), message=message, at="key")
