"""Names of functions, and where catalogs keep them.

https://github.com/serverlessworkflow/specification/blob/main/dsl.md#catalogs
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

DEFAULT = "default"
"""The product's own catalog, unless a document has one of that name."""

HTTP_CONTAINER = "http-container:1.0.0"
"""The function of the default catalog whose arguments may name secrets."""

FILE = "function.yaml"
GITHUB, GITHUB_RAW, GITLAB = ("github.com", "www.github.com"), "https://raw.githubusercontent.com", "gitlab.com"

_REFERENCE = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.-]*):([A-Za-z0-9_][A-Za-z0-9_.+-]*)@([^@/:]+)")
_DEFAULT_BRANCHES = ("main", "HEAD")
_PAGES = ("tree", "blob")


class Arguments(NamedTuple):
    """What a function of the default catalog takes."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


BUILT_IN: Mapping[str, Arguments] = {
    "log:1.0.0": Arguments(("message",), ("level",)),
    "activity:1.0.0": Arguments(
        ("type",), ("queue", "arguments", "attempts", "startToClose", "scheduleToClose", "scheduleToStart", "heartbeat")
    ),
    "map:1.0.0": Arguments(("items", "each"), ("concurrency", "tolerate")),
    "python:1.0.0": Arguments(("module", "function"), ("arguments",)),
    HTTP_CONTAINER: Arguments(("image",), ("input", "port", "path", "command", "environment", "files", "pullPolicy", "startWithin")),
}
"""The functions of the default catalog."""


class Reference(NamedTuple):
    """`name:version@catalog`."""

    name: str
    version: str
    catalog: str

    @property
    def path(self) -> str:
        """Where the function stands below the catalog's root."""
        return f"functions/{self.name}/{self.version}/{FILE}"

    @property
    def carried(self) -> str:
        """The name under which a run carries the function's text, where the command line read it from a folder."""
        return f"catalog:{self.catalog}/{self.path}"


def reference(call: str) -> Reference | None:
    """The parts of `name:version@catalog`; None for anything else."""
    found = _REFERENCE.fullmatch(call)
    return Reference(*found.groups()) if found else None


def written(carried: str) -> str:
    """How documents write the function that a run carries under this name; empty for another resource."""
    found = re.fullmatch(r"catalog:([^/]+)/functions/([^/]+)/([^/]+)/function\.yaml", carried)
    return f"{found[2]}:{found[3]}@{found[1]}" if found else ""


def catalogued(root: str, found: Reference) -> tuple[str, ...]:
    """The addresses at which a function of the catalog at `root` may stand, the likeliest first."""
    return tuple(f"{base}/{found.path}" for base in _raw(root) or (root.rstrip("/"),))


def addressed(url: str) -> tuple[str, ...]:
    """The addresses at which the function that is called by a URL may stand.

    A page of GitHub or GitLab stands for the file it shows, one of a folder (also `owner/repo/path@tag`) for the `function.yaml` in it.
    """
    raw = _raw(url)
    if not raw:
        return (url,)
    is_file = urlsplit(url).path.endswith((".yaml", ".yml", ".json"))
    return raw if is_file else tuple(f"{base}/{FILE}" for base in raw)


def _raw(url: str) -> tuple[str, ...]:
    """The raw addresses of a page of GitHub or GitLab; none for any other."""
    scheme, host, path, _, _ = urlsplit(url)
    parts = [part for part in path.split("/") if part]
    if host in GITHUB and len(parts) > 1:
        owner, repository, *rest = parts
        base = f"{GITHUB_RAW}/{owner}/{repository.removesuffix('.git')}"
        return tuple("/".join([base, *way]) for way in _on_github(rest))
    if "-" in parts and parts[parts.index("-") + 1 :][:1] and parts[parts.index("-") + 1] in _PAGES:
        at = parts.index("-")
        return (urlunsplit((scheme, host, "/".join(["", *parts[:at], "-", "raw", *parts[at + 2 :]]), "", "")),)
    if host == GITLAB and "-" not in parts and len(parts) > 1:
        project = "/".join(parts).removesuffix(".git")
        return tuple(f"{scheme}://{host}/{project}/-/raw/{branch}" for branch in _DEFAULT_BRANCHES)
    return ()


def _on_github(rest: list[str]) -> list[list[str]]:
    """The ways below a repository's raw root: a branch by its full name first, since a tag may have the same."""
    if rest[:1] and rest[0] in _PAGES:
        return [["refs", "heads", *rest[1:]], rest[1:]]
    if rest and "@" in rest[-1]:
        last, _, tag = rest[-1].rpartition("@")
        return [["refs", "tags", tag, *rest[:-1], last], [tag, *rest[:-1], last]]
    return [["refs", "heads", "main", *rest], ["HEAD", *rest]]
