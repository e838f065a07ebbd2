"""Where secrets may be read, and which; what must not stand in a document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from interpreter.defaults import CLIENT_CERTIFICATE, METADATA
from interpreter.document.findings import Problem
from interpreter.document.hints import METADATA_HINTS, hints_in
from interpreter.document.model import (
    BasicProperties,
    BearerProperties,
    DigestProperties,
    OAuth2Client,
    OAuth2Token,
    OidcProperties,
    TaskCommon,
)
from interpreter.document.rules.expressions import sources_of
from interpreter.document.rules.source import Source
from interpreter.document.shapes import members
from interpreter.document.spelling import nearest
from interpreter.document.texts import Found
from interpreter.document.wording import found as described
from interpreter.languages import JQ, Language
from interpreter.values import join

_CREDENTIALS: dict[type[Any], tuple[str, ...]] = {
    BasicProperties: ("password",),
    DigestProperties: ("password",),
    BearerProperties: ("token",),
    OAuth2Client: ("secret", "assertion"),
    OAuth2Token: ("token",),
    OidcProperties: ("password",),
}
_HIDDEN = ("secrets", "authorization")


def secrets_in_data(source: Source) -> Iterator[Problem]:
    """`$secrets` and `$authorization` stay out of what is recorded: only calls, authentication and processes may name them; T7.

    `metadata.swtemporal.secretsInData: true` allows it, knowing that the values then stand in the history.
    """
    if hints_in(source.document.document.metadata).get("secretsInData") is True:
        return
    for found in source.texts:
        named = [name for name in _HIDDEN if name in _names(found, source)]
        if named and not found.deferred:
            message = (
                f"'${named[0]}' may only stand in the arguments of calls, in authentication and in processes: here its value would be "
                f"recorded. To allow that, set document.metadata.{METADATA}.secretsInData: true"
            )
            yield Problem(code="secret-in-data", pointer=found.pointer, message=message)


def unknown_secret(source: Source) -> Iterator[Problem]:
    """A secret that an expression reads is declared in `use.secrets`; checklist 21, 22."""
    declared = source.use.secrets or []
    for found in source.texts:
        for text in _sources(found, source):
            for name in sorted(_read_as(source).fields("secrets", text) or ()):
                if name not in declared:
                    near = nearest(name, declared)
                    hint = f"; did you mean '{near}'?" if near else f"; add '{name}' to it"
                    yield Problem(code="unknown-secret", pointer=found.pointer, message=f"use.secrets has no '{name}'{hint}", nearest=near)


def client_certificate(source: Source) -> Iterator[Problem]:
    """`metadata.swtemporal.clientCertificate` of a task names a secret that is declared."""
    declared = source.use.secrets or []
    for pointer, task in source.of(TaskCommon):
        name = hints_in(task.metadata).get(CLIENT_CERTIFICATE)
        if name is None or name in declared:
            continue
        at = join(pointer, *METADATA_HINTS, CLIENT_CERTIFICATE)
        if not isinstance(name, str):
            wanted = "the name of the secret that holds the certificate"
            yield Problem(
                code="wrong-type", pointer=at, message=f"'{CLIENT_CERTIFICATE}' must be {wanted}, found {described(name)}", expected=wanted
            )
            continue
        near = nearest(name, declared)
        hint = f"; did you mean '{near}'?" if near else f"; add '{name}' to it"
        yield Problem(code="unknown-secret", pointer=at, message=f"use.secrets has no '{name}'{hint}", nearest=near)


def literal_credential(source: Source) -> Iterator[Problem]:
    """Whoever reads the document, or the history of a run, reads what stands in it."""
    for pointer, node in source.nodes:
        for kind, names in _CREDENTIALS.items():
            for name in names if isinstance(node, kind) else ():
                value = getattr(node, members(kind)[name].field)
                if value is not None and "${" not in value:
                    message = f"'{name}' stands in the document for all to read; take it from a secret: ${{ $secrets.NAME }}, or use: NAME"
                    yield Problem(code="literal-credential", pointer=join(pointer, name), message=message, severity="warning")


def _read_as(source: Source) -> Language:
    """The language of expressions; what cannot run is read as if it were in the default one."""
    return source.language or JQ


def _names(found: Found, source: Source) -> frozenset[str]:
    return frozenset[str]().union(*(_read_as(source).names(text) for text in _sources(found, source)))


def _sources(found: Found, source: Source) -> list[str]:
    """What may be evaluated of a text; in loose mode that is every text. What cannot be read is another rule's business."""
    try:
        texts = sources_of(found, _read_as(source))
    except ValueError:
        return [found.text]
    loose = source.document.evaluate is not None and source.document.evaluate.mode == "loose"
    return [found.text] if loose and not texts else texts
