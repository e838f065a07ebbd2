"""`swtemporal new`: a small document to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import terminal
from cli.exits import fail, refuse

SAMPLE = """\
# A Serverless Workflow document: https://serverlessworkflow.io
# Run it:    swtemporal run {file} -i name=Ada
# Check it:  swtemporal validate {file}
document:
  dsl: 1.0.3
  namespace: default
  name: {name}
  version: 0.1.0
do:
  # Every task has a name. What it gives out is the next task's input.
  - greet:
      set:
        greeting: Hello, ${{ .name // "world" }}!
  # Time is durable: kill the process here, type the same again (with --id), and it goes on.
  - pause:
      wait:
        seconds: 2
  # A case without "when" is the default.
  - choose:
      switch:
        - short:
            when: .greeting | length < 20
            then: finish
        - long:
            then: shorten
  - shorten:
      set:
        greeting: ${{ .greeting[:17] + "..." }}
  - finish:
      set:
        greeting: ${{ .greeting }}
        length: ${{ .greeting | length }}
"""


def new(
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="Where to write it.")] = "flow.yaml",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a small commented document to start from."""
    path = Path(file)
    name = _name(path.name.split(".")[0])
    if path.exists() and not force:
        refuse(f"'{path}' is there already: name another file, or replace it with --force")
    try:
        path.write_text(SAMPLE.format(file=path, name=name), encoding="utf-8")
    except OSError as error:
        fail(f"cannot write '{path}': {error.strerror}")
    terminal.line(str(path))
    terminal.note(f"run it with: swtemporal run {path} -i name=Ada")


def _name(text: str) -> str:
    """The file's name as a workflow's: letters, digits and hyphens."""
    kept = "".join(one if one.isascii() and one.isalnum() else "-" for one in text).strip("-")[:63].strip("-")
    return kept.lower() or "flow"
