"""Findings as text for people, and in the forms that editors, CI and code scanning read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version

from interpreter.defaults import PRODUCT
from interpreter.document.findings import Finding
from interpreter.values import Json

SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


def text(findings: Sequence[Finding]) -> str:
    """One line per finding, `file:line:column: severity[code] message`, with pointer, expectation and nearest name below it."""
    return "".join(f"{one}\n" for finding in findings for one in lines(finding))


def lines(finding: Finding) -> list[str]:
    """The lines of one finding."""
    said = [f"{finding.file}:{finding.line}:{finding.column}: {finding.severity}[{finding.code}] {finding.message}"]
    extras = {"at": finding.pointer, "expected": finding.expected, "nearest": finding.nearest}
    said += [f"    {name}: {value}" for name, value in extras.items() if value]
    return said


def as_json(findings: Sequence[Finding]) -> str:
    """A list of objects; stable."""
    return json.dumps([_object(finding) for finding in findings], ensure_ascii=False, indent=2) + "\n"


def github(findings: Sequence[Finding]) -> str:
    """Workflow commands of GitHub Actions, which become annotations beside the lines."""
    return "".join(
        f"::{one.severity} file={_property(one.file)},line={one.line},col={one.column},title={_property(one.code)}::{_data(one.message)}\n"
        for one in findings
    )


def sarif(findings: Sequence[Finding]) -> str:
    """One run of SARIF 2.1.0, for code scanning."""
    rules = [{"id": code} for code in sorted({finding.code for finding in findings})]
    driver = {"name": PRODUCT, "version": version(PRODUCT), "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [_result(finding) for finding in findings]}
    return json.dumps({"$schema": SARIF, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


REPORTS: Mapping[str, Callable[[Sequence[Finding]], str]] = {"text": text, "json": as_json, "sarif": sarif, "github": github}


def _object(finding: Finding) -> dict[str, Json]:
    members = ("severity", "code", "message", "file", "line", "column", "pointer", "expected", "nearest")
    return {name: getattr(finding, name) for name in members if getattr(finding, name) is not None}


def _result(finding: Finding) -> dict[str, Json]:
    region = {"startLine": finding.line, "startColumn": finding.column}
    place = {"physicalLocation": {"artifactLocation": {"uri": finding.file}, "region": region}}
    logical = {"logicalLocations": [{"fullyQualifiedName": finding.pointer}]} if finding.pointer else {}
    return {
        "ruleId": finding.code,
        "level": finding.severity,
        "message": {"text": finding.message},
        "locations": [place | logical],
    }


def _data(value: str) -> str:
    """GitHub's escapes in a command's text."""
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
