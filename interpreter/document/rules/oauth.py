"""Tokens that nobody could be asked for."""

from __future__ import annotations

from collections.abc import Iterator

from interpreter.defaults import CLIENT_AUTHENTICATIONS, GRANTS
from interpreter.document.findings import Problem
from interpreter.document.model import OAuth2Client, OidcProperties
from interpreter.document.rules.source import Source
from interpreter.values import join


def incomplete_oauth(source: Source) -> Iterator[Problem]:
    """Properties that stand in the document say whom to ask, for which grant, and what that grant and the client's authentication take; T47b, 148, 150."""
    for pointer, properties in source.of(OidcProperties):
        yield from _missing(pointer, properties, ("authority", "grant"), "")
        yield from _missing(pointer, properties, GRANTS.get(properties.grant or "", ()), f" for the grant '{properties.grant}'")
        if properties.client is not None:
            method = properties.client.authentication
            yield from _missing(join(pointer, "client"), properties.client, CLIENT_AUTHENTICATIONS[method], f" for '{method}'")


def _missing(pointer: str, node: OidcProperties | OAuth2Client, names: tuple[str, ...], why: str) -> Iterator[Problem]:
    for name in names:
        if getattr(node, name) is None:
            owner = pointer.rpartition("/")[2]
            yield Problem(code="missing", pointer=pointer, message=f"'{owner}' needs '{name}'{why}", at="key", expected=name)
