"""A policy as an operator writes it.

rules:
  - kinds: [call.*, emit]                # for every document
    hosts: [public, "*.internal:8443", 10.1.0.0/16]
    secrets: ["*"]
  - queues: [reports]                    # for one document, by its hash, on one queue
    documents: [9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08]
    kinds: [run.container]
    images: ["alpine:*"]
    volumes: [/srv/reports]
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import yaml

from activities.policy import ANY, Policy, Rule, harmless, split_port

_MEMBERS = tuple(field.name for field in fields(Rule))
_HASH = re.compile(r"[0-9a-f]{64}|\*")
_NUMBERS = re.compile(r"(?=.*\d)[\d.*?\[\]!-]+")
"""A pattern of nothing but numbers is meant for addresses, but would be one of names."""


def policy_of(file: str | None, hosts: Iterable[str]) -> Policy:
    """The policy in a file; without one, what is harmless, and these hosts. `ValueError`, worded for people, where that cannot be."""
    allowed = tuple(hosts)
    for host in allowed:
        _check_host(host, "--allow")
    if file is None:
        return Policy((harmless(allowed),))
    if allowed:
        raise ValueError("with a policy, hosts are allowed by its rules, under 'hosts'; leave --allow out")
    try:
        return read(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"the policy {file} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"the policy {file}: {error}") from None


def read(text: str) -> Policy:
    """The policy in a YAML text; `ValueError` says what is wrong and where (`rules[1].kinds`)."""
    try:
        found = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f"no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(found, dict) or set(found) != {"rules"} or not isinstance(found["rules"], list):
        raise ValueError("expected one member, 'rules', with a list of rules")
    return Policy(tuple(_rule(raw, f"rules[{at}]") for at, raw in enumerate(found["rules"])))


def _rule(raw: Any, where: str) -> Rule:
    if not isinstance(raw, dict):
        raise ValueError(f"{where}: expected an object with any of {', '.join(_MEMBERS)}")  # noqa: TRY004  one kind of error for a file
    for name in raw:
        if name not in _MEMBERS:
            raise ValueError(f"{where}: there is no '{name}'; expected any of {', '.join(_MEMBERS)}")
    rule = Rule(**{name: _texts(value, f"{where}.{name}") for name, value in raw.items()})
    for member in ("documents", "carries"):
        for text in getattr(rule, member):
            if not _HASH.fullmatch(text):
                raise ValueError(f"{where}.{member}: {text!r} is no hash (64 hexadecimal digits, as 'swtemporal validate --hash' prints)")
    if rule.carries and ANY in rule.documents:
        raise ValueError(
            f"{where}.carries: say under 'documents' whose runs may carry it; a rule for every document holds whatever runs carry"
        )
    for host in rule.hosts:
        _check_host(host, f"{where}.hosts")
    return rule


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ValueError(f"{where}: expected a list of texts")
    return tuple(value)


def _check_host(host: str, where: str) -> None:
    bare, _ = split_port(host)
    if any(sign in bare for sign in "*?[") and (_NUMBERS.fullmatch(bare) or bare.count(":") > 1):
        raise ValueError(f"{where}: {host!r} would be a pattern of names; addresses are written as a network{_network(bare)}")
    if "/" in host:
        try:
            ip_network(re.sub(r"(?<=/)(\d+):\d+$", r"\1", host), strict=False)
        except ValueError:
            raise ValueError(f"{where}: {host!r} is no network such as 10.0.0.0/8; a host is a name, not an address of the Web") from None


def _network(pattern: str) -> str:
    """The network that a pattern of numbers stands for, as the end of a sentence: `10.1.*` for 10.1.0.0/16; any where it is not so simple."""
    parts = pattern.split(".")
    known = [part for part in parts if part.isdigit()]
    if parts[: len(known)] != known or len(parts) > _BYTES or not all(part == ANY for part in parts[len(known) :]):
        return ", such as fd00::/8" if ":" in pattern else ", such as 10.0.0.0/8"
    return f": {'.'.join([*known, *'0000'][:_BYTES])}/{8 * len(known)}"


_BYTES = 4
"""Numbers in an IPv4 address."""
