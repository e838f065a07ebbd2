"""`swtemporal validate`: everything that is wrong with documents, with the place."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import terminal
from cli.exits import Code, Stop
from cli.flags import Catalog


def validate(
    paths: Annotated[
        list[str], typer.Argument(metavar="FILE|FOLDER|-...", help="Documents, folders of documents, or - for stdin.", show_default=False)
    ],
    catalog: Catalog = None,
    hashes: Annotated[
        bool, typer.Option("--hash", help="Print the hashes, by which policies name them, of documents and of what their runs carry.")
    ] = False,
    format: Annotated[
        str, typer.Option("-o", "--output", "--format", metavar="text|json|sarif|github", help="How findings are written.")
    ] = "text",
) -> None:
    """Check documents: structure, references, expressions. Exits 3 when there is an error, 0 when there are only warnings."""
    from cli.bundle import hashes_of
    from cli.catalogs import Collected, collect, folders
    from cli.checking import checked
    from cli.documents import folder_of
    from cli.files import documents
    from cli.reports import REPORTS

    report = REPORTS.get(format)
    if report is None:
        raise typer.BadParameter(f"'{format}' is none of {', '.join(REPORTS)}", param_hint="--output")
    given, texts = folders(catalog or []), list(documents(paths))
    loaded = checked(texts, given)
    findings = [finding for one in loaded for finding in one.findings]
    named: dict[str, str] = {}
    for (name, _), one in zip(texts, loaded, strict=True):
        if one.definition is not None:
            functions = Collected()
            collect(one.definition, name, folder_of(name), given, functions)
            findings += [finding for finding in functions.findings if finding not in findings]
            if hashes:
                named |= {one.definition.digest: name} | hashes_of(one.definition, folder_of(name), functions.texts)
    if hashes:
        terminal.write("".join(f"{digest}  {name}\n" for digest, name in named.items()))
    terminal.write(report(findings))
    errors = sum(finding.severity == "error" for finding in findings)
    warnings = len(findings) - errors
    terminal.note(f"{_many(len(loaded), 'document')}: {_many(errors, 'error')}, {_many(warnings, 'warning')}")
    if errors:
        raise Stop(Code.INVALID)


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
